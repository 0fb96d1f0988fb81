"""What stands behind one point of a trend: the documents, opened at the words, or the rows of the table."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from donovan.insight.trends.columns import rows_behind
from donovan.insight.trends.counting import found_documents
from donovan.insight.trends.measures import Measure
from donovan.insight.trends.periods import Interval, last_day, start_of
from donovan.library.reading import address_at
from retrieval.scope import AccessScope

MOST_DOCUMENTS = 200


@dataclass(frozen=True)
class BehindDocument:
    title: str
    label: str
    day: date
    amount: int
    address: str


@dataclass(frozen=True)
class Behind:
    """Documents, or rows of a table: `titles` over `rows`, whose first value is the row number."""

    documents: list[BehindDocument]
    titles: list[str]
    rows: list[tuple[object, ...]]
    table: str
    table_address: str
    total: int
    labels: frozenset[str]


def behind(
    scope: AccessScope,
    measure: Measure,
    at: date,
    *,
    part: str,
    group: str | None,
    interval: Interval,
    collection: str | None,
    start: date | None,
    end: date | None,
) -> Behind:
    """What was counted in the period of `at` for the group value `part`, the most telling first."""
    first = max(start_of(at, interval), start or date.min)
    last = min(last_day(start_of(at, interval), interval), end or date.max)
    if measure.what == "column":
        table, titles, rows, total = rows_behind(
            scope, measure, group=group, part=part, start=first, end=last
        )
        address = reverse("library:document", args=[table.document_id])
        return Behind([], titles, rows, table.name, address, total, frozenset({table.document.label}))
    found = [
        one
        for one in found_documents(scope, measure, group=group, collection=collection)
        if one.day is not None and first <= one.day <= last and one.group == part
    ]
    found.sort(key=lambda one: (-one.amount, one.day or date.min, one.title, str(one.document)))
    shown = [
        BehindDocument(
            one.title,
            one.label,
            one.day or at,
            one.amount,
            address_at(one.document, *(one.place or (1, 0, 0))),
        )
        for one in found[:MOST_DOCUMENTS]
    ]
    labels = frozenset(label for one in found for label in (one.label, *one.labels))
    return Behind(shown, [], [], "", "", len(found), labels)
