"""Each making of a document's tables is a new generation; what nobody points to is removed."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.access.models import User
from donovan.insight.errors import InsightError
from donovan.insight.tables import services, storage
from donovan.insight.tables.models import DataTable
from donovan.library import services as library
from donovan.library.callers import Caller
from ingest import blobs
from ingest.models import Document, Status
from tests.insight.tables.conftest import Tables, rows_of

STOCK = "item,quantity\nblanket,5\ntent,7\n"


def files(settings: LazySettings) -> list[Path]:
    return [path for path in Path(settings.TABLE_DIR).rglob("*") if path.is_file()]


def test_making_tables_again_leaves_the_same_and_one_generation(
    tables_of: Tables, settings: LazySettings
) -> None:
    [first] = tables_of(STOCK, "stock.csv")
    sentence = services.extract_tables(first.document_id)
    [second] = DataTable.objects.filter(document=first.document_id)
    assert (second.pk, second.columns, second.row_count) == (first.pk, first.columns, first.row_count)
    assert second.path != first.path and len(files(settings)) == 1
    assert sentence == "1 table with 2 rows."
    assert rows_of(second) == [(2, "blanket", 5), (3, "tent", 7)]


def test_a_making_that_fails_leaves_the_old_tables(
    tables_of: Tables, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    [table] = tables_of(STOCK, "stock.csv")

    def full_disk(path: Path) -> tuple[str, str, int]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "publish", full_disk)
    with pytest.raises(OSError, match="No space"):
        services.extract_tables(table.document_id)
    monkeypatch.undo()
    table.refresh_from_db()
    assert rows_of(table) == [(2, "blanket", 5), (3, "tent", 7)]
    assert len(files(settings)) == 1


def test_an_original_that_is_gone_is_named_and_the_tables_stay(tables_of: Tables) -> None:
    [table] = tables_of(STOCK, "stock.csv")
    blobs.blob_path(table.document.blob_id).unlink()
    with pytest.raises(InsightError, match="original"):
        services.extract_tables(table.document_id)
    assert rows_of(table)


def test_a_document_that_is_not_ready_has_no_tables_made(tables_of: Tables) -> None:
    [table] = tables_of(STOCK, "stock.csv")
    Document.objects.filter(pk=table.document_id).update(status=Status.PENDING)
    with pytest.raises(InsightError, match="not ready"):
        services.extract_tables(table.document_id)


@pytest.mark.django_db(transaction=True)
def test_removing_a_document_removes_its_tables_and_files(
    transactional_db: None, ana: User, tables_of: Tables, settings: LazySettings
) -> None:
    [table] = tables_of(STOCK, "stock.csv")
    assert files(settings)
    library.remove(Caller.named(ana, source="test"), table.document_id)
    assert not DataTable.objects.exists() and files(settings) == []


def test_files_of_documents_that_are_gone_are_swept(tables_of: Tables, settings: LazySettings) -> None:
    [table] = tables_of(STOCK, "stock.csv")
    orphan = Path(settings.TABLE_DIR) / "00000000-0000-4000-8000-000000000000" / "abc"
    orphan.mkdir(parents=True)
    (orphan / "1.parquet").write_bytes(b"left over")
    assert services.sweep_files() == 1
    assert not orphan.parent.exists() and rows_of(table)


def test_a_path_that_points_elsewhere_is_not_followed(tables_of: Tables, tmp_path: Path) -> None:
    [table] = tables_of(STOCK, "stock.csv")
    outside = tmp_path / "outside.parquet"
    outside.write_bytes(storage.verified(table.path, table.digest).read_bytes())
    with pytest.raises(InsightError, match="missing or has changed"):
        storage.verified("../outside.parquet", table.digest)
    storage.erase("../outside.parquet")
    assert outside.exists()
