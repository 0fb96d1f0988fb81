"""What one document says about one watch. Reads only what lies in the scope it is given."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.urls import reverse

from donovan.assistant.evidence import score_spans
from donovan.assistant.questions import language_of_question
from donovan.assistant.reading import find_passages, spans_of
from donovan.assistant.reconciliation.accounts import kept_values
from donovan.assistant.spans import cut
from donovan.assistant.stating import best_answers, is_answered
from donovan.insight.anomalies import selectors as anomalies
from donovan.insight.anomalies.models import Finding
from donovan.insight.entities import selectors as entities
from donovan.insight.watch.models import Watch
from donovan.insight.watch.phrases import phrases_in, places_of
from donovan.library.errors import LibraryError, NotFoundHere
from donovan.library.querying import understand
from ingest.models import Document, Page
from retrieval.querying.tree import QueryError
from retrieval.scope import AccessScope
from retrieval.search import SearchFilters, search

MOST_MENTIONS = 5
MOST_FINDINGS = 20
MOST_PASSAGES = 20


@dataclass(frozen=True)
class Said:
    """One place of the document, with the words, the reason and the values asked for, if any."""

    page: int
    start: int
    end: int
    quote: str
    why: str
    values: tuple[str, ...] = ()
    address: str = ""


def said_about(watch: Watch, document: Document, scope: AccessScope) -> list[Said]:
    """What the document says about the watch, best first; nothing where it may not be read in `scope`."""
    if not scope.may_read(document.label):
        return []
    return list(_FINDERS[Watch.Kind(watch.kind)](watch, document, scope))


def trouble_of(watch: Watch, scope: AccessScope) -> str:
    """Why a watch misses documents as things are: a sentence, "" where nothing stands in its way.

    A query that was sound when it was put may ask for too much once more has been read.
    """
    if watch.kind != Watch.Kind.QUERY:
        return ""
    here = entities.narrowed(scope, watch.collection)
    try:
        understood = understand(watch.text, scope)
        if understood is None:
            return ""
        filters = SearchFilters(condition=understood.condition)
        # Documents are matched label by label.
        for label in sorted(here.labels):
            search(understood.words, here.narrowed_to([label]), limit=1, filters=filters, mode="bm25")
    except (LibraryError, QueryError) as error:
        return error.sentence
    return ""


def _by_question(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    filters = SearchFilters(documents=frozenset({document.pk}))
    here = scope.narrowed_to([document.label])
    found = find_passages(watch.text, language_of_question(watch.text), here, filters)
    scored = score_spans(found.question, spans_of(found))
    if not is_answered(scored):
        return
    for item in best_answers(scored):
        span = item.span
        values = kept_values(found.question, span, document.document_date)
        yield Said(span.page, span.start, span.end, span.text, "It bears on the question.", values)


def _by_words(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    phrases = phrases_in(watch.text)
    for page in Page.objects.filter(document=document, document__label__in=scope.labels):
        for place in places_of(phrases, page.text, page.language):
            yield Said(page.number, place.start, place.end, place.quote, f"It holds “{place.phrase}”.")


def _by_query(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    """Passages that meet the query, each by the first sentence that holds something it asks for."""
    try:
        understood = understand(watch.text, scope)
        if understood is None:
            return
        filters = SearchFilters(documents=frozenset({document.pk}), condition=understood.condition)
        # By words alone: what meets the query is told without any nearness.
        here = scope.narrowed_to([document.label])
        hits = search(understood.words, here, limit=MOST_PASSAGES, filters=filters, mode="bm25").hits
    except (LibraryError, QueryError):
        # Where so much has been read meanwhile that the query asks for too much, its page says so.
        return
    for hit in hits:
        marks = understood.marks(hit.text, hit.language)
        sentences = list(cut(hit.text)) or [(0, len(hit.text))]
        first = marks[0][0] if marks else 0
        start, end = next((s for s in sentences if s[0] <= first < s[1]), sentences[0])
        yield Said(hit.page, hit.start + start, hit.start + end, hit.text[start:end], "It meets the query.")


def _by_entity(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    """By the merges and aliases that the owner sees."""
    try:
        wanted = entities.entity(scope, watch.subject).row
    except NotFoundHere:
        return
    named = (row for row in entities.mentions_in_document(scope, document.pk) if row.entity == wanted.id)
    for row in islice(named, MOST_MENTIONS):
        start = row.start - len(row.before)
        quote = f"{row.before}{row.text}{row.after}"
        yield Said(row.page, start, start + len(quote), quote, f"It names {wanted.name} (“{row.text}”).")


def _by_anomalies(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    for shown in anomalies.findings(scope, document=document.pk)[:MOST_FINDINGS]:
        if shown.state == anomalies.OPEN:
            finding = shown.finding
            address = "" if finding.origin == Finding.Origin.TEXTS else _finding_address(finding)
            yield Said(
                finding.page or 1, finding.start, finding.end, finding.why, finding.kind, address=address
            )


def _finding_address(finding: Finding) -> str:
    return reverse("anomalies:anomaly", args=[finding.pk])


_FINDERS: dict[Watch.Kind, Callable[[Watch, Document, AccessScope], Iterator[Said]]] = {
    Watch.Kind.QUESTION: _by_question,
    Watch.Kind.WORDS: _by_words,
    Watch.Kind.QUERY: _by_query,
    Watch.Kind.ENTITY: _by_entity,
    Watch.Kind.ANOMALIES: _by_anomalies,
}
