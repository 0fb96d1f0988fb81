"""Documents handed in, read by the real parts, and their tables."""

import io
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.access.models import User
from donovan.insight.tables import storage
from donovan.insight.tables.conversion import convert
from donovan.insight.tables.engine import open_session, open_workshop
from donovan.insight.tables.headers import find_header
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.raw_grids import Grid
from donovan.insight.tables.services import extract_tables
from donovan.library import services as library
from donovan.library.callers import Caller
from ingest import pipeline
from ingest.models import Document, Status

Tables = Callable[..., list[DataTable]]
TableFrom = Callable[[str], DataTable]


@pytest.fixture(autouse=True)
def _tables_apart(settings: LazySettings, tmp_path: Path) -> None:
    settings.TABLE_DIR = tmp_path / "tables"
    settings.TABLE_DIR.mkdir()


@pytest.fixture
def tables_of(ana: User) -> Tables:
    """`tables_of(content, name)` hands a file in as Ana, reads it, and gives its tables in order."""

    def act(
        content: str | bytes, name: str, *, marking: str = "UNCLASSIFIED", collection: str = "relief"
    ) -> list[DataTable]:
        data = content.encode() if isinstance(content, str) else content
        caller = Caller.named(ana, source="test")
        handed_in = library.upload(
            caller, io.BytesIO(data), name=name, collection=collection, marking=marking
        )
        document = pipeline.process(handed_in.document_id)
        assert document.status in (Status.READY, Status.RUNNING), document.error
        # Its passages wait for the index, which these tests do not need.
        Document.objects.filter(pk=document.pk).update(status=Status.READY)
        extract_tables(document.pk)
        return list(DataTable.objects.filter(document=document))

    return act


@pytest.fixture
def table_from(tmp_path: Path) -> TableFrom:
    """`table_from("a;b\\n1;2")` is the table of these cells, typed and stored, without a document."""

    def act(cells: str) -> DataTable:
        work = tmp_path / uuid.uuid4().hex
        work.mkdir()
        grid = Grid(work, "cells", "csv")
        grid.add_rows([(number, line.split(";")) for number, line in enumerate(cells.split("\n"), 1)])
        header = find_header(grid.head, grid.width)
        target = storage.new_generation(uuid.uuid4()) / "1.parquet"
        with open_workshop(seconds=60) as workshop:
            made = convert(workshop, grid, header, target, date(2026, 9, 30))
        path, digest, size = storage.publish(target)
        return DataTable(
            name=grid.name, columns=made.columns, row_count=made.row_count, header_row=header.last_row,
            total_rows=made.total_rows, notices=[*header.notices, *made.notices], path=path, digest=digest,
            size=size,
        )  # fmt: skip

    return act


def rows_of(table: DataTable, sql: str = "SELECT * FROM t") -> list[tuple[object, ...]]:
    """What a query over the one table `t` (raw texts: `t_raw`) gives."""
    with open_session({"t": table}) as session:
        return session.query(sql).rows


def types_of(table: DataTable) -> dict[str, str]:
    """The type of each column, by its name."""
    return {column["name"]: column["type"] for column in table.columns}


def said_of(table: DataTable) -> str:
    """All notices of a table."""
    return "\n".join(table.notices)
