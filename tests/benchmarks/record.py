"""Tamperings of the record and its checkpoints by somebody who holds both and not the key: all are found.

Ways and victims come of a seed (`tests.audit.tampering`): edits, deletions, cut ends with and without
their checkpoints, heads made of old lines, an emptied record, lines that are lost or forged. Each starts from
the same honest record. Zero missed in n bounds the rate of missed ones below 3 in n.

DONOVAN_BENCH_TAMPERINGS      how many (5,000)
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.shares import in_folder

TAMPERINGS = int(os.environ.get("DONOVAN_BENCH_TAMPERINGS") or 5_000)


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-record-") as folder:
        found: dict[str, Any] = in_folder(Path(folder), "tests.benchmarks.record_steps", str(TAMPERINGS))
    return [
        Figure("tamperings tried", found["tried"], "", note=f"{found['ways']} ways, seed 5"),
        Figure("tamperings not found", found["missed"], "", note=", ".join(found["missed_ways"])),
        Figure("honest records accused", found["accused"], ""),
    ]
