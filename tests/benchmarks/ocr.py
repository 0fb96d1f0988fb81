"""Throughput of the product's OCR beside Tesseract run bare, one process a core, on the same pages."""

import os
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data, manage_json

TARGET_RATIO = 0.9
ROUNDS = 2


def bare(pages: list[Path], output: Path) -> float:
    """Seconds for Tesseract alone over all pages, one process a core."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}

    def one(page: Path) -> None:
        words = ["tesseract", page, output / page.stem, "-l", "eng"]
        subprocess.run(words, check=True, capture_output=True, env=environment)

    started = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(one, pages))
    return time.monotonic() - started


def run() -> list[Figure]:
    source = evaluation_data("scans")
    pages = sorted(path for path in source.glob("*.png") if path.with_suffix(".txt").exists())
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as folder:
        chosen, output = Path(folder) / "pages", Path(folder) / "bare"
        chosen.mkdir()
        output.mkdir()
        for page in pages:
            shutil.copy(page, chosen)
            shutil.copy(page.with_suffix(".txt"), chosen)
        # One after the other, twice, so that a busy minute of the machine does not fall on one side alone.
        bare_seconds, rates, told = 0.0, [], {}
        for _ in range(ROUNDS):
            bare_seconds += bare(pages, output)
            told = manage_json("evaluate", "ocr", chosen)
            rates.append(float(told["pages_per_minute"]))
    bare_rate = 60 * ROUNDS * len(pages) / bare_seconds
    rate = sum(rates) / len(rates)
    return [
        Figure("pages", len(pages)),
        Figure("Tesseract bare", bare_rate, "pages/min"),
        Figure("Donovan", rate, "pages/min"),
        Figure("Donovan to bare", rate / bare_rate, "times", target=TARGET_RATIO),
        Figure("character error rate", float(told["cer"])),
        Figure("word error rate", float(told["wer"])),
    ]
