"""A million passages on one machine: how long a search takes, what it misses, what it holds in memory.

`DONOVAN_BENCH_ROWS=200000` makes fewer. The rows are kept in the folder for temporary files, about 4 GB for a
million, and made anew when it is deleted.
"""

import os
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data, manage
from tests.benchmarks.shares import in_folder

ROWS: Final = 1_000_000
VERSION: Final = 1
RATIO_TARGET, RECALL_TARGET, MEMORY_TARGET, START_TARGET, ADDED_TARGET = 0.25, 0.99, 1500.0, 3.0, 1.0
WITHOUT_THREADS: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def run() -> list[Figure]:
    rows = int(os.environ.get("DONOVAN_BENCH_ROWS", ROWS))
    data = _made(evaluation_data(""), rows)
    starts = [in_folder(data, "tests.benchmarks.million_steps", "first", **WITHOUT_THREADS) for _ in range(3)]
    told = in_folder(data, "tests.benchmarks.million_steps", "all", **WITHOUT_THREADS)
    faiss, words = told["faiss"], told["words"]
    everything = [seconds for some in told["searches"].values() for seconds in some]
    note = f"{told['rows']:,} passages, {told['scope']:,} of them in the scope"
    p95 = _p95(everything)
    return [
        Figure("whole search to bare FAISS, p95", p95 / _p95(faiss), "times", RATIO_TARGET, "at_most", note),
        Figure("whole search to bare FAISS, median", _median(everything) / _median(faiss), "times"),
        Figure("  whole search, p95", 1000 * p95, "ms", note=f"median {1000 * _median(everything):.0f} ms"),
        Figure("  bare FAISS, p95", 1000 * _p95(faiss), "ms", note=f"median {1000 * _median(faiss):.0f} ms"),
        *(
            Figure(f"  {name}, p95", 1000 * _p95(some), "ms", note=f"median {1000 * _median(some):.0f} ms")
            for name, some in told["searches"].items()
        ),
        *(
            Figure(f"recall of the nearest ten, {name}", share, "", RECALL_TARGET)
            for name, share in told["recall"].items()
        ),
        Figure(
            "resident, after all questions", told["resident"] / 1e6, "MB", MEMORY_TARGET, "at_most",
            f"{told['mapped'] / 1e6:.0f} MB of it mapped files, which are given back on demand",
        ),
        Figure(
            "start to first answer", _median([each["seconds"] for each in starts]), "s", START_TARGET,
            "at_most", "the embedding model serves in its own process",
        ),
        *_by_words(words["ours"], words["theirs"]),
        Figure("a document less, until the next answer", told["left"], "s", ADDED_TARGET, "at_most"),
        Figure("a document more, until it is found", max(told["added"]), "s", ADDED_TARGET, "at_most"),
    ]  # fmt: skip


def _by_words(ours: list[float], theirs: list[float]) -> list[Figure]:
    mine = Figure("by words alone, p95", 1000 * _p95(ours), "ms", note=f"mean {1000 * np.mean(ours):.0f} ms")
    if not theirs:
        return [mine, Figure("bm25s", 0, note="not installed, so not compared: pip install bm25s")]
    note = f"means {1000 * np.mean(ours):.1f} and {1000 * np.mean(theirs):.1f} ms"
    ratio = float(np.mean(ours) / np.mean(theirs))
    return [
        mine,
        Figure("by words alone to bm25s, mean", ratio, "times", 1.0, "at_most", note),
        Figure("by words alone to bm25s, p95", _p95(ours) / _p95(theirs), "times", 1.0, "at_most"),
    ]


def _median(values: list[float]) -> float:
    return float(np.median(values))


def _p95(seconds: list[float]) -> float:
    return float(np.percentile(seconds, 95))


def _made(evaluation: Path, rows: int) -> Path:
    """The data folder with so many rows, made where it is not there yet."""
    place = Path(tempfile.gettempdir())
    data = place / f"donovan-bench-million-{VERSION}-{rows}"
    if not (data / "questions.json").exists():
        data.mkdir(exist_ok=True)
        (data / "db.sqlite3").unlink(missing_ok=True)
        manage("migrate", "--no-input", data=data)
        kept = place / f"donovan-bench-million-{VERSION}-vectors.npz"
        in_folder(data, "tests.benchmarks.million_rows", evaluation, str(rows), kept)
    return data
