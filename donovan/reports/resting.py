"""What a report rests on, and whether that is still as it was. Found out at each reading, so nothing is late.

A document may be removed, marked otherwise, or read again with other words. The labels that decide who may
open a report are those it was made under together with those its documents carry now.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from donovan.insight.tables.models import DataTable
from donovan.reports.models import Report, Section, Source, UsedDocument
from donovan.reports.sections.contract import digest_of
from ingest.models import Document, Page

REMOVED = "was removed"
RELABELLED = "is marked otherwise now"
RETABLED = "was read again, and its table is different now"
REREAD = "was read again, and its words there are different now"


def labels_of(reports: Sequence[Report]) -> dict[UUID, frozenset[str]]:
    """For each report the labels of everything it was made from, as they were and as they are."""
    found: dict[UUID, set[str]] = {report.pk: set() for report in reports}
    sections = Section.objects.filter(report__in=found).values_list("report_id", "labels")
    for report_id, labels in sections:
        found[report_id].update(labels)
    for used in changed_documents(found):
        if used.label:
            found[used.report_id].add(used.label)
    return {key: frozenset(labels) for key, labels in found.items()}


@dataclass(frozen=True)
class ChangedUse:
    """A document that the present making of a section read, and its label now ("" when it was removed)."""

    report_id: UUID
    section_id: int
    document_id: UUID
    label: str


def changed_documents(report_ids: Iterable[UUID]) -> list[ChangedUse]:
    """Documents read for these reports whose label is not what it was then."""
    now = Document.objects.filter(pk=OuterRef("document_id")).values("label")[:1]
    rows = (
        UsedDocument.objects.filter(section__report__in=list(report_ids), making=F("section__making"))
        .annotate(now=Subquery(now))
        .filter(Q(now__isnull=True) | ~Q(now=F("label")))
        .values_list("section__report_id", "section_id", "document_id", "now")
    )
    return [ChangedUse(report, section, document, label or "") for report, section, document, label in rows]


@dataclass(frozen=True)
class Change:
    """What happened to the document of a source, and the label it carries now ("" for a removed one)."""

    reason: str
    label: str


def what_changed(sources: Iterable[Source]) -> dict[int, Change]:
    """For each source (by its id) that is no longer as it was, what happened to its document."""
    cited = list(sources)
    documents = {source.document_id for source in cited}
    labels = dict(Document.objects.filter(pk__in=documents).values_list("pk", "label"))
    texts = _page_texts(source for source in cited if source.page is not None)
    tables = _table_digests(source for source in cited if source.table_ordinal is not None)
    changed = {}
    for source in cited:
        reason = _reason(source, labels, texts, tables)
        if reason:
            changed[source.pk] = Change(reason, labels.get(source.document_id, ""))
    return changed


def _reason(
    source: Source,
    labels: dict[UUID, str],
    texts: dict[tuple[UUID, int], str],
    tables: dict[tuple[UUID, int], str],
) -> str:
    label = labels.get(source.document_id)
    if label is None:
        return REMOVED
    if label != source.label:
        return RELABELLED
    if source.table_ordinal is not None:
        is_same = tables.get((source.document_id, source.table_ordinal)) == source.digest
        return "" if is_same else RETABLED
    if source.page is None:
        return ""
    text = texts.get((source.document_id, source.page), "")
    return "" if digest_of(text[source.start : source.end]) == source.digest else REREAD


def _page_texts(sources: Iterable[Source]) -> dict[tuple[UUID, int], str]:
    wanted: dict[UUID, set[int]] = defaultdict(set)
    for source in sources:
        if source.page is not None:
            wanted[source.document_id].add(source.page)
    numbers = {number for pages in wanted.values() for number in pages}
    pages = Page.objects.filter(document__in=wanted, number__in=numbers).values_list(
        "document_id", "number", "text"
    )
    return {(document, number): text for document, number, text in pages if number in wanted[document]}


def _table_digests(sources: Iterable[Source]) -> dict[tuple[UUID, int], str]:
    documents = {source.document_id for source in sources}
    rows = DataTable.objects.filter(document__in=documents).values_list("document_id", "ordinal", "digest")
    return {(document, ordinal): digest for document, ordinal, digest in rows}
