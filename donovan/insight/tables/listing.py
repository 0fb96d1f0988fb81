"""The tables that a person may read, as they asked for them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from donovan.access.models import Collection
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.selectors import readable_tables
from retrieval.scope import AccessScope

ROWS_ON_A_PAGE = 50
MOST_ROWS = 2000
LONGEST_FILTER = 200
SORTS = {
    "newest": ("newest first", ("-made_at", "document_id", "ordinal")),
    "name": ("name", ("name", "pk")),
    "document": ("document", ("document__title", "document__name", "document_id", "ordinal")),
    "rows": ("most rows", ("-row_count", "pk")),
}
KINDS = {"sheet": "Sheet", "csv": "CSV", "json": "JSON", "table": "Table in a document"}


@dataclass(frozen=True)
class Wanted:
    text: str = ""
    collection: str = ""
    document: str = ""
    sort: str = "newest"
    page: int = 1

    @classmethod
    def from_address(cls, asked: QueryDict) -> "Wanted":
        number = asked.get("page", "1")
        return cls(
            text=asked.get("text", "").strip()[:LONGEST_FILTER],
            collection=asked.get("collection", ""),
            document=asked.get("document", ""),
            sort=asked.get("sort", "") if asked.get("sort") in SORTS else "newest",
            page=int(number) if number.isdecimal() and len(number) < 7 else 1,
        )

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.collection or self.document)

    def address(self, page: int) -> str:
        query = QueryDict(mutable=True)
        given = {
            "text": self.text,
            "collection": self.collection,
            "document": self.document,
            "sort": self.sort,
        }
        for name, value in given.items():
            if value and (name, value) != ("sort", "newest"):
                query[name] = value
        query["page"] = str(page)
        return query.urlencode()


@dataclass(frozen=True)
class Listing:
    tables: list[DataTable]
    total: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        return (self.page - 1) * ROWS_ON_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.tables) - 1


def list_tables(scope: AccessScope, wanted: Wanted) -> Listing:
    """One page of the tables in the scope; every count is of what may be read."""
    found = _found(scope, wanted)
    total = found.count()
    pages = max(1, -(-min(total, MOST_ROWS) // ROWS_ON_A_PAGE))
    page = min(max(wanted.page, 1), pages)
    start = (page - 1) * ROWS_ON_A_PAGE
    shown = found.order_by(*SORTS[wanted.sort][1]).defer("profile")[start : start + ROWS_ON_A_PAGE]
    return Listing(list(shown), total, page, pages)


def _found(scope: AccessScope, wanted: Wanted) -> QuerySet[DataTable]:
    known = {collection.slug for collection in Collection.objects.all()}
    collection = wanted.collection if wanted.collection in known else None
    found = readable_tables(scope, document_id=wanted.document or None, collection=collection)
    for word in wanted.text.split():
        found = found.filter(
            Q(name__icontains=word) | Q(document__name__icontains=word) | Q(document__title__icontains=word)
        )
    return found
