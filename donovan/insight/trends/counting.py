"""Counts over documents: the documents themselves, mentions of an entity, words in the text."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import QuerySet

from donovan.access.labels import split_label
from donovan.insight.anomalies.selectors import readable_findings
from donovan.insight.entities import selectors as entities
from donovan.insight.entities.links import links_in
from donovan.insight.errors import InsightError
from donovan.insight.trends.measures import Measure
from donovan.insight.trends.periods import Interval, start_of
from donovan.insight.trends.tally import ALL, Tally
from donovan.library.media import kind_of, language_name
from donovan.library.selectors import readable_documents
from ingest.models import Document, Page
from retrieval.scope import AccessScope

GROUPS = {
    "collection": "collection",
    "marking": "marking",
    "type": "type of file",
    "language": "language",
}
MOST_PAGES = 20_000


@dataclass(frozen=True)
class Found:
    """A document with how much of the measure it holds, and where that is first found: page, start, end.

    `labels` are those of other documents that it was found with.
    """

    document: UUID
    title: str
    label: str
    day: date | None
    group: str
    amount: int
    place: tuple[int, int, int] | None = None
    labels: frozenset[str] = frozenset()


def tally_documents(
    scope: AccessScope,
    measure: Measure,
    interval: Interval,
    *,
    group: str | None,
    collection: str | None,
    start: date | None,
    end: date | None,
) -> Tally:
    """The measure counted over the documents of the scope by period and group."""
    tally = Tally(title=title_of(scope, measure), unit=_unit(measure))
    for found in found_documents(scope, measure, group=group, collection=collection):
        if found.day is None:
            tally.undated += 1
            continue
        if (start and found.day < start) or (end and found.day > end):
            continue
        tally.add(found.group, start_of(found.day, interval), found.amount)
        tally.labels |= {found.label, *found.labels}
    return tally


def title_of(scope: AccessScope, measure: Measure) -> str:
    """What is counted, in words. Raises NotFoundHere for an entity that the reader knows nothing of."""
    if measure.what == "entity":
        return f"Mentions of {entities.entity(scope, measure.entity).row.name}"
    if measure.what == "words":
        return f"“{measure.words}” in the text"
    if measure.what == "findings":
        return "Anomalies found in documents"
    return "Documents received" if measure.clock == "received" else "Documents by their date"


def _unit(measure: Measure) -> str:
    return {"documents": "documents", "entity": "mentions", "findings": "anomalies"}.get(
        measure.what, "times"
    )


def found_documents(
    scope: AccessScope, measure: Measure, *, group: str | None, collection: str | None
) -> Iterator[Found]:
    """Each document that holds some of the measure."""
    here = readable_documents(entities.narrowed(scope, collection))
    beside: dict[UUID, frozenset[str]] = {}
    if measure.what == "documents":
        amounts: dict[UUID, tuple[int, tuple[int, int, int] | None]] | None = None
    elif measure.what == "entity":
        amounts = _mentions(scope, measure.entity, here)
    elif measure.what == "findings":
        amounts, beside = _findings(scope, collection)
    else:
        amounts = _words(measure.words, here)
    if amounts is not None:
        here = here.filter(pk__in=list(amounts)) if len(amounts) < 900 else here
    fields = ("pk", "title", "name", "label", "document_date", "received_at", "media_type", "languages")
    for pk, title, name, label, dated, received, media, languages in (
        here.order_by().values_list(*fields).iterator()
    ):
        if amounts is not None and pk not in amounts:
            continue
        amount, place = (1, None) if amounts is None else amounts[pk]
        day = dated if measure.clock == "dated" else _day(received)
        for part in _groups(group, label, media, languages):
            yield Found(pk, title or name, label, day, part, amount, place, beside.get(pk, frozenset()))


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _groups(group: str | None, label: str, media: str, languages: list[str]) -> list[str]:
    if not group:
        return [ALL]
    if group in ("collection", "marking"):
        slug, marking = split_label(label)
        return [slug if group == "collection" else marking.canonical]
    if group == "type":
        return [kind_of(media).title]
    if group == "language":
        return [language_name(code) for code in languages] or ["no text"]
    raise InsightError(f"Documents can be grouped by {', '.join(GROUPS.values())}.")


def _mentions(
    scope: AccessScope, entity_id: str, here: QuerySet[Document]
) -> dict[UUID, tuple[int, tuple[int, int, int] | None]]:
    links = links_in(scope)
    shown = entities.entity(scope, entity_id).row.id
    mentions = entities.readable_mentions(scope).filter(links.condition([shown]), document__in=here)
    amounts: dict[UUID, tuple[int, tuple[int, int, int] | None]] = {}
    for document, page, begin, end in mentions.order_by("document_id", "page", "start").values_list(
        "document_id", "page", "start", "end"
    ):
        amount, place = amounts.get(document, (0, (page, begin, end)))
        amounts[document] = (amount + 1, place)
    return amounts


def _findings(
    scope: AccessScope, collection: str | None
) -> tuple[dict[UUID, tuple[int, tuple[int, int, int] | None]], dict[UUID, frozenset[str]]]:
    """How many anomalies each document holds, and the labels of all documents that they rest on."""
    counts: Counter[UUID] = Counter()
    labels: dict[UUID, frozenset[str]] = {}
    found = readable_findings(scope, collection=collection).order_by()
    for document in found.values_list("document_id", flat=True):
        counts[document] += 1
    for document, label in (
        found.exclude(rests_on=None).values_list("document_id", "rests_on__label").distinct()
    ):
        labels[document] = labels.get(document, frozenset()) | {label}
    return {document: (count, None) for document, count in counts.items()}, labels


def _words(words: str, here: QuerySet[Document]) -> dict[UUID, tuple[int, tuple[int, int, int] | None]]:
    """Whole words, in any case; between them any blanks."""
    parts = words.split()
    between = r"\s+".join(re.escape(part) for part in parts)
    pattern = re.compile(rf"(?<!\w){between}(?!\w)", re.IGNORECASE)
    pages = Page.objects.filter(document__in=here, text__icontains=parts[0]).order_by("document_id", "number")
    if pages.count() > MOST_PAGES:
        raise InsightError(
            f"“{words}” may stand on more than {MOST_PAGES:,} pages. Choose rarer words or one collection."
        )
    amounts: dict[UUID, tuple[int, tuple[int, int, int] | None]] = {}
    for document, number, text in pages.values_list("document_id", "number", "text").iterator(chunk_size=200):
        for match in pattern.finditer(text):
            amount, place = amounts.get(document, (0, (number, match.start(), match.end())))
            amounts[document] = (amount + 1, place)
    return amounts
