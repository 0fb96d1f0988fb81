"""What the benchmarks share: the evaluation data, commands of the product, and a running installation."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.deploy.running import ROOT, Running, started

START_SECONDS = 180.0


class SkippedError(Exception):
    """A benchmark that cannot be measured here; the text says why."""


def evaluation_data(folder: str) -> Path:
    """A folder of DONOVAN_EVAL_DATA. Raises SkippedError where it is not set or does not hold the folder."""
    base = os.environ.get("DONOVAN_EVAL_DATA")
    if not base:
        raise SkippedError("DONOVAN_EVAL_DATA is not set; it names the folder of the evaluation data.")
    path = Path(base) / folder
    if not path.is_dir():
        raise SkippedError(f"{path} is not there.")
    return path.resolve()


def manage(*words: str | Path, data: Path | None = None) -> str:
    """Run a command of the product and return what it printed. Raises RuntimeError with its last words."""
    environment = dict(os.environ)
    if data is not None:
        environment["DONOVAN_DATA"] = str(data)
    outcome = subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if outcome.returncode != 0:
        raise RuntimeError(f"manage.py {words[0]} failed: {(outcome.stdout + outcome.stderr)[-2000:]}")
    return outcome.stdout


def manage_json(*words: str | Path, data: Path | None = None) -> dict[str, Any]:
    """The one JSON object that a command prints with --json."""
    told: dict[str, Any] = json.loads(manage(*words, "--json", data=data))
    return told


def load_demo(data: Path) -> None:
    """The whole demonstration in a data folder."""
    manage("migrate", "--no-input", data=data)
    generate = [sys.executable, ROOT / "deploy" / "demo" / "generate.py", "--out", data / "demo"]
    subprocess.run(generate, check=True, capture_output=True, cwd=ROOT)
    manage("load_demo", data / "demo", data=data)


@contextmanager
def installation(data: Path) -> Iterator[Running]:
    """All services on a data folder, as `make run` starts them."""
    with started(data, "deploy.supervisor") as running:
        running.wait_for("Donovan is up", seconds=START_SECONDS)
        yield running
