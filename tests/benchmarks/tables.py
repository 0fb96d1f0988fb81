"""A CSV of five million rows: taken in, opened, profiled; and the same done by hand with DuckDB and with
pandas.

What is measured runs in a process of its own, so that its memory is its own; opening counts from a cold start
of the session (the digest of the file is checked), and imports are a figure by themselves.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import manage
from tests.deploy.running import ROOT

ROWS = 5_000_000
PLACES = ("Lipa", "Jasen", "Hrast", "Sutina outlet", "Port Kalena", "Brezna")
SEED = 11
OPEN_SECONDS = 2.0
PROFILE_SECONDS = 10.0
MEGABYTES = 1000.0
STEP = "tests.benchmarks.tables_steps"


def write_csv(path: Path, rows: int = ROWS) -> None:
    """Numbered readings with a date, a place, a whole number, a decimal and a remark."""
    draw = random.Random(SEED)
    with path.open("w", encoding="utf-8") as out:
        out.write("reading,day,place,litres,temperature_c,remark\n")
        for start in range(0, rows, 100_000):
            out.writelines(
                f"{number},2026-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d},"
                f"{draw.choice(PLACES)},"
                f"{draw.randrange(5000)},{draw.gauss(20, 5):.2f},{'late' if number % 97 == 0 else ''}\n"
                for number in range(start + 1, min(start + 100_000, rows) + 1)
            )


def step(name: str, *words: str | Path, data: Path) -> dict[str, Any]:
    """What one step says of itself, run alone in a fresh process."""
    outcome = subprocess.run(
        [sys.executable, "-m", STEP, name, *words],
        cwd=ROOT,
        env={**os.environ, "DONOVAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "donovan.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        raise RuntimeError(f"{name} failed: {outcome.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(outcome.stdout.splitlines()[-1])
    return told


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        source = Path(folder) / "readings.csv"
        write_csv(source)
        manage("migrate", "--no-input", data=data)
        taken = step("take_in", source, data=data)
        opened = step("open", data=data)
        profiled = step("profile", data=data)
        duckdb = step("duckdb", source, data=data)
        pandas = step("pandas", source, data=data)
        shutil.rmtree(data)
    both = opened["seconds"] + profiled["seconds"]
    return [
        Figure("rows", taken["rows"], target=ROWS),
        Figure("read as a document (text of the first rows)", taken["document_seconds"], "s"),
        Figure("made into a typed table", taken["table_seconds"], "s"),
        Figure("memory while it is made", taken["megabytes"], "MB", target=MEGABYTES, bound="at_most"),
        Figure("import of the engine", opened["import_seconds"], "s"),
        Figure(
            "opened: first 100 rows and count", opened["seconds"], "s", target=OPEN_SECONDS, bound="at_most"
        ),
        Figure("profiled", profiled["seconds"], "s", target=PROFILE_SECONDS, bound="at_most"),
        Figure("memory while profiled", profiled["megabytes"], "MB", target=MEGABYTES, bound="at_most"),
        Figure("DuckDB on the CSV: 100 rows, count, summarize", duckdb["seconds"], "s"),
        Figure("  its memory", duckdb["megabytes"], "MB"),
        Figure("pandas on the CSV: read, count, describe", pandas["seconds"], "s"),
        Figure("  its memory", pandas["megabytes"], "MB"),
        Figure("DuckDB to ours", duckdb["seconds"] / both, "times"),
        Figure("pandas to ours", pandas["seconds"] / both, "times"),
    ]
