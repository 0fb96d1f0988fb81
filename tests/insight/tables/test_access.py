"""A table exists for a person exactly when its document does."""

import uuid
from collections.abc import Callable

import pytest

from donovan.access.models import User
from donovan.insight.tables.selectors import readable_table, readable_tables
from donovan.library.errors import NotFoundHere
from ingest.models import Document, Status
from retrieval.scope import AccessScope
from tests.insight.tables.conftest import Tables

STOCK = "item,quantity\nblanket,5\ntent,7\n"
SECRET = "item,quantity\ncrate,1\nbarrel,2\n"
Scope = Callable[[User], AccessScope]


def test_each_reads_the_tables_of_the_documents_they_may_read(
    tables_of: Tables, ana: User, ben: User, omar: User, scope_of: Scope
) -> None:
    [stock] = tables_of(STOCK, "stock.csv")
    [secret] = tables_of(SECRET, "secret.csv", marking="SECRET//NOFORN", collection="logistics")
    assert set(readable_tables(scope_of(ana))) == {stock, secret}
    assert list(readable_tables(scope_of(ben))) == [stock]
    assert list(readable_tables(scope_of(omar))) == []
    assert list(readable_tables(scope_of(ana), collection="logistics")) == [secret]
    assert list(readable_tables(scope_of(ana), document_id=stock.document_id)) == [stock]
    assert list(readable_tables(scope_of(ben), document_id=secret.document_id)) == []
    assert readable_table(scope_of(ana), secret.pk) == secret


def test_a_table_that_may_not_be_read_and_one_that_is_not_there_cannot_be_told_apart(
    tables_of: Tables, ben: User, omar: User, scope_of: Scope
) -> None:
    [secret] = tables_of(SECRET, "secret.csv", marking="SECRET//NOFORN")
    for user in (ben, omar):
        told = set()
        for asked in (secret.pk, uuid.uuid4(), "no-id"):
            with pytest.raises(NotFoundHere) as refused:
                readable_table(scope_of(user), asked)
            told.add(str(refused.value))
        assert len(told) == 1


def test_what_a_person_sees_does_not_depend_on_tables_beyond_them(
    tables_of: Tables, ben: User, scope_of: Scope
) -> None:
    tables_of(STOCK, "stock.csv")

    def seen() -> list[object]:
        return list(
            readable_tables(scope_of(ben)).values("name", "row_count", "columns", "notices", "digest")
        )

    before = seen()
    tables_of(SECRET, "secret.csv", marking="SECRET//NOFORN")
    assert before and seen() == before


def test_a_relabelled_document_takes_its_tables_along(tables_of: Tables, ben: User, scope_of: Scope) -> None:
    [stock] = tables_of(STOCK, "stock.csv")
    [secret] = tables_of(SECRET, "secret.csv", marking="SECRET//NOFORN")
    Document.objects.filter(pk=stock.document_id).update(label=secret.document.label)
    assert list(readable_tables(scope_of(ben))) == []


def test_tables_of_a_document_that_is_being_read_again_are_not_shown(
    tables_of: Tables, ana: User, scope_of: Scope
) -> None:
    [stock] = tables_of(STOCK, "stock.csv")
    Document.objects.filter(pk=stock.document_id).update(status=Status.PENDING)
    assert list(readable_tables(scope_of(ana))) == []
