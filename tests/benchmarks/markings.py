"""Markings: wholes made of parts against the public rules, and lines as real papers have them.

`DONOVAN_BENCH_COMBINATIONS` sets how many wholes are made (10,000 unless it says otherwise).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
COMBINATIONS = 10_000


def run() -> list[Figure]:
    count = int(os.environ.get("DONOVAN_BENCH_COMBINATIONS", COMBINATIONS))
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.markings_steps", str(count)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "donovan.settings"},
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(told.stdout)
    explained = ", ".join(f"{name} {times}" for name, times in found["reasons"].items())
    lines = f"{found['read']} read, {found['held']} held"
    return [
        Figure(
            f"as the rules or for a reason on record, of {count} wholes",
            1 - found["unexplained_count"] / count,
            "",
            1.0,
            note="; ".join([explained, *found["unexplained"][:3]]),
        ),
        Figure(
            f"read as meant or held, of {found['lines']} lines",
            1 - len(found["wrong"]) / found["lines"],
            "",
            1.0,
            note="; ".join([lines, *found["wrong"][:3]]),
        ),
    ]
