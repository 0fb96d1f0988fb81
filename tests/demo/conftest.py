"""What the demo collection says of itself, read once for all its tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Json = list[dict[str, Any]]


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
