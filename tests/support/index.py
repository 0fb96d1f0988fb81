"""An index of its own for each test of the rooms whose conftest.py brings this in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from retrieval import opened


@pytest.fixture(autouse=True)
def own_index(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    opened.forget_all()
    yield
    opened.forget_all()
