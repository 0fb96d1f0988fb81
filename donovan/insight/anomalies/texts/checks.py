"""All that is odd about one document in words: each check with what it rests on, said plainly."""

import uuid
from collections.abc import Iterator

from donovan.insight.anomalies.models import Finding
from donovan.insight.anomalies.signatures import digest_of
from donovan.insight.anomalies.texts.basis import basis_of
from donovan.insight.anomalies.texts.bursts import Burst, Silence, bursts_on, silences_at
from donovan.insight.anomalies.texts.facts import facts_of
from donovan.insight.anomalies.texts.figures import Disagreement, disagreements
from donovan.insight.anomalies.texts.newcomers import newcomer, sender_of
from donovan.insight.anomalies.texts.oddities import TextOddity
from donovan.insight.anomalies.texts.reading import appearances_until, senders_before, texts_of
from donovan.insight.anomalies.texts.unlike import Unlike, unlike_the_others
from donovan.insight.entities.models import Mention
from donovan.insight.tables.models import DataTable
from donovan.library.media import language_name
from ingest.models import Document, Page, Status

MOST_OF_A_KIND = 10
UNLIKE = "unlike the others"


def oddities_in(document: Document) -> list[TextOddity]:
    """What is odd about a document against those it may be compared with, but for its likeness as a whole,
    which `unlike_under` judges for all documents of a label at once. Raises InsightError.
    """
    basis = basis_of(document.label)
    told = _told_elsewhere(document, basis)
    of_names = (item for item in _bursts_and_silences(document, basis) if signature_of(item) not in told)
    return [
        *of_names,
        *_new_sender(document, basis),
        *_figures(document, basis),
    ]


def signature_of(oddity: TextOddity) -> str:
    """The same for the same oddity, whichever document it is told of."""
    return digest_of([oddity.kind, oddity.subject])


def _told_elsewhere(document: Document, basis: frozenset[str]) -> set[str]:
    """What is kept with another document of the basis already: a burst is one thing, not one a document."""
    kept = Finding.objects.filter(origin=Finding.Origin.TEXTS, document__label__in=list(basis))
    return set(kept.exclude(document=document).values_list("signature", flat=True))


def unlike_under(label: str) -> list[TextOddity]:
    """The documents of this label that are unlike those they may be compared with. Raises InsightError."""
    here = set(Document.objects.filter(label=label, status=Status.READY).values_list("pk", flat=True))
    return [
        _unlike(item) for item in unlike_the_others(texts_of(basis_of(label))) if item.document_id in here
    ]


def _unlike(item: Unlike) -> TextOddity:
    return TextOddity(
        UNLIKE,
        item.document_id,
        why=_why_unlike(item),
        method="Weights of terms (TF-IDF), mean distance to the nearest documents, modified z-score",
        baseline=f"{item.documents} documents of the collection; usual distance {item.usual:.2f}, "
        f"here {item.distance:.2f} ({item.deviations:.1f} deviations).",
        score=min(1.0, item.deviations / 10),
        subject="document",
    )


def _why_unlike(item: Unlike) -> str:
    words = ", ".join(item.words[:6])
    because = f" Words of its own: {words}." if words else ""
    if item.language and item.usual_language and item.language != item.usual_language:
        because = (
            f" It is in {language_name(item.language)}, most others are in "
            f"{language_name(item.usual_language)}." + because
        )
    return f"This document is farther from its nearest neighbours than the others are from theirs.{because}"


def _bursts_and_silences(document: Document, basis: frozenset[str]) -> Iterator[TextOddity]:
    day = document.document_date
    if day is None:
        return
    appearances, names = appearances_until(basis, day)
    for burst in bursts_on(appearances, day)[:MOST_OF_A_KIND]:
        if document.pk in burst.document_ids:
            yield _burst(document, burst, names.get(burst.name, burst.name))
    for silence in silences_at(appearances, day)[:MOST_OF_A_KIND]:
        if silence.last_document != document.pk:
            yield _silence(document, silence, names.get(silence.name, silence.name))


def _burst(document: Document, burst: Burst, name: str) -> TextOddity:
    mention = (
        Mention.objects.filter(document=document, entity=uuid.UUID(burst.name))
        .order_by("page", "start")
        .first()
    )
    return TextOddity(
        "burst of a name",
        document.pk,
        why=f"“{name}” stands in {burst.count} of {burst.documents} documents dated {burst.day:%d %B %Y}; "
        f"its earlier share lets {burst.expected:.1f} be expected.",
        method="Binomial tail against its share of earlier documents, level divided by the names of the day",
        baseline=f"Documents dated from {burst.since:%d %B %Y} to the day before; chance {burst.chance:.1e}.",
        score=0.7,
        subject=f"{burst.name} {burst.day}",
        quote=name,
        page=mention.page if mention else 1,
        start=mention.start if mention else 0,
        end=mention.end if mention else 0,
        rests_on=tuple(other for other in burst.document_ids if other != document.pk),
    )


def _silence(document: Document, silence: Silence, name: str) -> TextOddity:
    return TextOddity(
        "sudden silence",
        document.pk,
        why=f"“{name}” stood in {silence.share:.0%} of the documents until {silence.last:%d %B %Y} and "
        f"in none of the {silence.missed} dated since, up to this one.",
        method="Chance of so many documents in a row without it, at its share before",
        baseline=f"Documents dated until {silence.last:%d %B %Y}; chance {silence.chance:.1e}.",
        score=0.6,
        subject=f"{silence.name} {silence.last}",
        quote=name,
        rests_on=(silence.last_document,),
    )


def _new_sender(document: Document, basis: frozenset[str]) -> Iterator[TextOddity]:
    header = str(document.metadata.get("From", ""))
    found = newcomer(sender_of(header), senders_before(document, basis)) if header else None
    if found is not None:
        yield TextOddity(
            "new sender",
            document.pk,
            why=f"{header} has never written before: {found.before} earlier messages came from "
            f"{found.different} senders.",
            method="Good-Turing estimate of the chance of a new sender",
            baseline=f"{found.before} earlier messages of the collection; chance {found.chance:.0%}.",
            score=0.5,
            subject=found.value,
            quote=header,
        )


def _figures(document: Document, basis: frozenset[str]) -> Iterator[TextOddity]:
    tables = (
        DataTable.objects.filter(document__label__in=list(basis), document__status=Status.READY)
        .exclude(document=document)
        .select_related("document")
    )
    names: dict[uuid.UUID, DataTable] = {table.pk: table for table in tables}
    pages = Page.objects.filter(document=document).order_by("number")
    found = disagreements(pages, facts_of(names.values()), document.document_date)
    for item in found[:MOST_OF_A_KIND]:
        yield _figure(document, item, names[item.fact.table_id])


def _figure(document: Document, item: Disagreement, table: DataTable) -> TextOddity:
    fact = item.fact
    return TextOddity(
        "figure against a table",
        document.pk,
        why=f"The text says {item.said:,}; {table.document}, row {fact.row}, column {fact.title}, "
        f"says {fact.value:,}.",
        method="The sentence names the row, the column and the day of one cell and gives one number",
        baseline=f"Table {table.name}, row {fact.row}.",
        score=0.8,
        subject=f"{fact.table_id} {fact.row} {fact.column} {item.said}",
        quote=item.quote,
        page=item.page,
        start=item.start,
        end=item.end,
        rests_on=(fact.document_id,),
    )
