"""Broken, hostile, odd and old files: each must end in a known state, none above limits, none in silence.

What a plain reader of the format finds (pypdfium2, the mail library, BeautifulSoup, python-docx) must be
found by the product, too, in the file or in what came out of it. `DONOVAN_BENCH_MESSY_LIST` names a file for
what became of each, `DONOVAN_BENCH_MESSY_PART` a share of the files ("1/10": every tenth).
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from ingest import limits
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data, manage
from tests.deploy.running import ROOT

STEP = "tests.benchmarks.messy_steps"
KNOWN = frozenset({"ready", "running:embed", "failed", "quarantined", "refused"})
ABOVE = frozenset({"too-slow", "too-much-memory", "reader-crashed", "bad-output", "interrupted"})
# Of the words of a plain reader so many may be missing: running titles and words cut at line ends are
# read otherwise.
MOST_MISSING = 0.3
_NAMED = 4
Row = dict[str, Any]


def rows_of(folder: Path) -> list[Row]:
    """What became of each file of the folder, read by a product with an empty database."""
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as place:
        data = Path(place) / "data"
        data.mkdir()
        listing = Path(os.environ.get("DONOVAN_BENCH_MESSY_LIST") or Path(place) / "list.jsonl").resolve()
        manage("migrate", "--no-input", data=data)
        part = os.environ.get("DONOVAN_BENCH_MESSY_PART", "1/1")
        subprocess.run(
            [sys.executable, "-m", STEP, folder, listing, part],
            cwd=ROOT,
            env={**os.environ, "DONOVAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "donovan.settings"},
            check=True,
            stdin=subprocess.DEVNULL,
        )
        return [json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines()]


def is_silent(row: Row) -> bool:
    """Whether a file counts as read, holds no text, and nobody is told."""
    return row["state"] in {"ready", "running:embed"} and not row["with_what_is_in_it"] and not row["said"]


def is_above(row: Row) -> bool:
    """Whether the file, or one inside it, was stopped at a limit or broke its reader."""
    return row["code"] in ABOVE or any(inner["code"] in ABOVE for inner in row.get("inside", ()))


def is_missed(row: Row) -> bool:
    """Whether a plain reader finds words that the product does not, and nothing is said of it."""
    return row.get("peer_missing", 0) > MOST_MISSING and not row["said"]


def figures(rows: list[Row]) -> list[Figure]:
    unknown = [row["file"] for row in rows if row["state"] not in KNOWN]
    silent = [row["file"] for row in rows if is_silent(row)]
    above = [row["file"] for row in rows if is_above(row)]
    missed = [row["file"] for row in rows if is_missed(row)]
    unread = sum(row["state"] in {"failed", "quarantined", "refused"} for row in rows)
    seconds = sorted(row["seconds"] for row in rows)
    memory = max((row.get("megabytes", 0) for row in rows), default=0)
    return [
        Figure("files", len(rows)),
        Figure("not in a known state", len(unknown), "", 0, "at_most", _named(unknown)),
        Figure("without text and without a word of it", len(silent), "", 0, "at_most", _named(silent)),
        Figure("above their limits", len(above), "", 0, "at_most", _named(above)),
        Figure("read by a plain reader, in silence not here", len(missed), "", 0, "at_most", _named(missed)),
        Figure("not read, with the reason said", unread),
        Figure("read, something said of it", sum(bool(row["said"]) for row in rows) - unread),
        Figure("half of the files read within", median(seconds) if seconds else 0, "s"),
        Figure("the slowest", seconds[-1] if seconds else 0, "s", limits.READER_CPU_SECONDS, "at_most"),
        Figure("memory of the largest reader", memory, "MB", limits.READER_MEMORY_BYTES / 1e6, "at_most"),
    ]


def _named(files: list[str]) -> str:
    return ", ".join(files[:_NAMED]) + (" …" if len(files) > _NAMED else "")


def run() -> list[Figure]:
    return figures(rows_of(evaluation_data("messy")))
