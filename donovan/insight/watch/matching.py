"""What one document says about one watch. Reads only what lies in the scope it is given."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from donovan.assistant.disagreements import values_of
from donovan.assistant.evidence import best_answers, is_answered, weigh
from donovan.assistant.questions import language_of_question
from donovan.assistant.reading import find_passages, spans_of
from donovan.insight.watch.models import Watch
from donovan.insight.watch.phrases import phrases_in, places_of
from ingest.models import Document, Page
from retrieval.scope import AccessScope
from retrieval.search import SearchFilters

MOST_MENTIONS = 5
MOST_FINDINGS = 20


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
    return list(_FINDERS[Watch.Kind(watch.kind)](watch, document, scope.narrowed_to([document.label])))


def _by_question(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    filters = SearchFilters(documents=frozenset({document.pk}))
    found = find_passages(watch.text, language_of_question(watch.text), scope, filters)
    weighed = weigh(found.question, spans_of(found))
    if not is_answered(weighed):
        return
    for item in best_answers(weighed):
        values = tuple(sorted(str(value) for value in values_of(found.question, item)))
        span = item.span
        yield Said(span.page, span.start, span.end, span.text, "It bears on the question.", values)


def _by_words(watch: Watch, document: Document, scope: AccessScope) -> Iterator[Said]:
    phrases = phrases_in(watch.text)
    for page in Page.objects.filter(document=document, document__label__in=scope.labels):
        for place in places_of(phrases, page.text, page.language):
            yield Said(page.number, place.start, place.end, place.quote, f"It holds “{place.phrase}”.")


_FINDERS: dict[Watch.Kind, Callable[[Watch, Document, AccessScope], Iterator[Said]]] = {
    Watch.Kind.QUESTION: _by_question,
    Watch.Kind.WORDS: _by_words,
}
