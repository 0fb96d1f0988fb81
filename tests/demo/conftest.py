"""The demo collection, written once for all its tests by the command a newcomer would run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "deploy" / "demo" / "generate.py"

Json = list[dict[str, Any]]


def run_generator(
    folder: Path, *, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the generator as a newcomer does; the caller looks at what it said."""
    command = [sys.executable, str(GENERATOR), "--out", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the whole collection."""
    folder = tmp_path_factory.mktemp("demo") / "collection"
    result = run_generator(folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="session")
def manifest(demo: Path) -> Json:
    return list(json.loads((demo / "manifest.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def questions(demo: Path) -> Json:
    return list(json.loads((demo / "truth" / "questions.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def anomalies(demo: Path) -> Json:
    return list(json.loads((demo / "truth" / "anomalies.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def truth_of(demo: Path, manifest: Json) -> Callable[[str], str]:
    """`truth_of(path)` is the text a document holds, pages apart by a form feed."""
    truths = {entry["path"]: entry["truth"] for entry in manifest}
    return lambda path: (demo / truths[path]).read_bytes().decode("utf-8")
