"""Making the tables of a document, and removing what is left of those that are gone."""

import shutil
import uuid
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from donovan.insight.errors import InsightError
from donovan.insight.tables import storage
from donovan.insight.tables.conversion import convert
from donovan.insight.tables.engine import Workshop, open_workshop
from donovan.insight.tables.extraction import grids_of
from donovan.insight.tables.headers import find_header
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.profile import compute_profile
from donovan.insight.tables.raw_grids import Grid
from ingest.errors import IngestError
from ingest.models import Document, Status
from ingest.pipeline import scratch
from ingest.work.leases import fenced

CONVERSION_SECONDS = 900.0
_NO_TABLES = "No tables were found in this document."


def extract_tables(document_id: uuid.UUID) -> str:
    """Make the tables of a document again from nothing; a sentence about what was found.

    Run again it leaves the same, and a table that is still there keeps its id. Raises InsightError when the
    document is not ready or its tables cannot be read; the tables that were there stay then.
    """
    document = Document.objects.filter(pk=document_id, status=Status.READY).select_related("blob").first()
    if document is None:
        raise InsightError("The document is not ready. Its tables are read once it is.")
    folder = storage.new_generation(document_id)
    try:
        with scratch() as work:
            made = _make(document, folder, work)
        removed = _keep(document, made)
    except IngestError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InsightError(error.sentence) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    storage.keep_only(document_id, [facts["path"] for facts in made])
    return _sentence(made, removed)


def _make(document: Document, folder: Path, work: Path) -> list[dict[str, Any]]:
    """The fields of each table, its Parquet written and flushed."""
    made: list[dict[str, Any]] = []
    near = document.document_date or document.received_at.date()
    for grid in grids_of(document, work, lambda: None):
        with open_workshop(seconds=CONVERSION_SECONDS) as workshop:
            facts = _table(workshop, grid, folder / f"{len(made) + 1}.parquet", near)
        shutil.rmtree(grid.folder, ignore_errors=True)
        if facts is not None:
            made.append({**facts, "ordinal": len(made) + 1})
    return made


def _table(workshop: Workshop, grid: Grid, target: Path, near: date) -> dict[str, Any] | None:
    header = find_header(grid.head, grid.width, grid.header_rows)
    converted = convert(workshop, grid, header, target, near)
    if not converted.row_count:
        target.unlink(missing_ok=True)
        return None
    path, digest, size = storage.publish(target)
    return {
        "name": grid.name,
        "kind": grid.kind,
        "page": grid.page,
        "columns": converted.columns,
        "row_count": converted.row_count,
        "header_row": header.last_row,
        "total_rows": converted.total_rows,
        "notices": [*header.notices, *grid.notices, *converted.notices],
        "path": path,
        "digest": digest,
        "size": size,
    }


def _keep(document: Document, made: list[dict[str, Any]]) -> int:
    """Point the rows of the database to the new files; how many tables are gone."""
    with fenced():
        # The document may have been removed while its tables were made.
        if not Document.objects.select_for_update().filter(pk=document.pk).exists():
            raise InsightError("The document was removed while its tables were read.")
        for facts in made:
            DataTable.objects.update_or_create(
                document=document,
                ordinal=facts["ordinal"],
                defaults={**facts, "profile": None, "made_at": timezone.now()},
            )
        gone = DataTable.objects.filter(document=document, ordinal__gt=len(made))
        count = gone.count()
        gone.delete()
    return count


def _sentence(made: list[dict[str, Any]], removed: int) -> str:
    if not made:
        return _NO_TABLES
    rows = sum(facts["row_count"] for facts in made)
    told = f"{len(made)} table{'s' if len(made) != 1 else ''} with {rows:,} row{'s' if rows != 1 else ''}."
    return told + (f" {removed} that an earlier reading had found are gone." if removed else "")


def sweep_files() -> int:
    """Remove the files of documents that no longer have any table; how many documents these were."""
    count = 0
    for document_id in storage.document_folders():
        if not Document.objects.filter(pk=document_id).exists():
            storage.keep_only(document_id, [])
            count += 1
    return count


def profile_of(table: DataTable) -> dict[str, Any]:
    """The profile of a table (shape: `profile.compute_profile`), computed once for each making of it.

    The caller has made sure that the table may be read. Raises InsightError.
    """
    if table.profile is None:
        table.profile = compute_profile(table)
        # A newer making of the same table keeps its own.
        DataTable.objects.filter(pk=table.pk, digest=table.digest).update(profile=table.profile)
    profile: dict[str, Any] = table.profile
    return profile
