"""Documents handed in, read by the real parts, and their tables."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.access.models import User
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.services import extract_tables
from ingest.models import Document, Status
from tests.library.conftest import HandIn, hand_in

__all__ = ["hand_in"]
Tables = Callable[..., list[DataTable]]


@pytest.fixture(autouse=True)
def _tables_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.TABLE_DIR = tmp_path / "tables"
    settings.TABLE_DIR.mkdir()


@pytest.fixture
def tables_of(hand_in: HandIn, ana: User) -> Tables:
    """`tables_of(content, name)` hands a file in as Ana, reads it, and gives its tables in order."""

    def act(content: str | bytes, name: str, **how: str) -> list[DataTable]:
        document = hand_in(ana, content, name, **how)
        if document.status != Status.READY:
            # Its passages wait for the index, which these tests do not need.
            assert document.status == Status.RUNNING, document.error
            Document.objects.filter(pk=document.pk).update(status=Status.READY)
        extract_tables(document.pk)
        return list(DataTable.objects.filter(document=document))

    return act
