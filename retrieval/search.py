"""Search: what a scope may read, looked through by words and by meaning.

Only segments of labels in the scope are ever opened. Every figure that enters a result comes from them, so a
result is the same to the byte whether or not documents outside the scope exist.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ingest.models import Document

from .candidates import Candidates, Flags, Meaning, gather, with_the_rest
from .embedding import get_embedder, query_vector
from .embedding_errors import EmbedderChanged, EmbedderUnavailable
from .filters import allowed_rows
from .floors import UNREADABLE, UNSAID, floor
from .fusion import fuse
from .hydration import Passages, hydrate
from .lexical import LexicalQuery
from .opened import OpenSegment
from .opening import open_scope
from .query_language import is_read_by
from .querying.rows import rows_meeting
from .reranking import Reranker, RerankerUnavailable, current_reranker
from .results import Hit, Mode, Order, SearchFilters, SearchResult
from .scope import AccessScope
from .second_look import look_again
from .segment import SUMMED
from .significant import rows_of, set_apart
from .spelling import nearest_words
from .variants import is_name_alone
from .variants import words as words_of

MOST_CHARACTERS = 2_000
"""More of a question than this says nothing new about what to look for."""

CANDIDATES = 200
"""How many of the best by words, and as many by meaning, are fused; more when more hits are asked for."""

MOST_DOCUMENTS = 10_000
"""Of what meets a condition so many documents are counted, and so many passages ordered by date."""

_CHANGED = (
    "Part of the index was made with another embedding model and is being remade. "
    "Until then it is searched by words only."
)
_UNREADABLE = (
    "The words of the query stand nowhere in what was searched, and do not look like words of a language, so "
    "passages were not compared by meaning. If it is a rare word, add another that explains it."
)
_SHORTENED = f"The question is very long; its first {MOST_CHARACTERS:,} characters were used to search."

NO_FILTERS = SearchFilters()

__all__ = ["NO_FILTERS", "AccessScope", "Hit", "Mode", "SearchFilters", "SearchResult", "search"]


def search(
    query: str,
    scope: AccessScope,
    *,
    limit: int = 10,
    filters: SearchFilters = NO_FILTERS,
    mode: Mode = "fused",
    order_by: Order = "best",
    most_counted: int = 0,
) -> SearchResult:
    """The best `limit` passages for `query` among those that `scope` may read.

    `mode` "dense" ranks by meaning alone, "bm25" by words alone. An empty scope, or a query without any
    letter or digit, finds nothing. A damaged segment or a missing model is told in `notices`, never raised.

    `order_by` "newest" and "oldest" order what was found by the dates of the documents, those without one
    last.

    Where the scope has at most `most_counted` postings (0: never), the result has the words that set what
    was found apart from the rest of the scope.

    With a condition among the filters every passage that meets it is a hit, and `query` only ranks them.
    Raises QueryError for a condition that asks for too much.
    """
    began = time.perf_counter()
    notices: list[str] = []
    whole = scope
    if filters.labels is not None:
        scope = scope.narrowed_to(filters.labels)
    if len(query) > MOST_CHARACTERS:
        query, notices = query[:MOST_CHARACTERS], [_SHORTENED]
    opened, meaning = _open_and_understand(query, scope, mode, notices)
    allowed = allowed_rows(opened, filters, scope)
    result = SearchResult(
        hits=[],
        documents_searched=sum(_documents_with(s, a) for s, a in zip(opened, allowed, strict=True)),
        passages_searched=sum(int(np.count_nonzero(a)) for a in allowed),
        generation=generation_of(opened),
        seconds=0.0,
    )
    is_met = filters.condition is not None
    if filters.condition is not None:
        met = rows_meeting(filters.condition, opened, scope, allowed)
        allowed, notices = met.flags, [*notices, *met.notices]
    words = LexicalQuery(query, [s.content.postings for s in opened])
    hits: list[Hit] = []
    documents: list[str] = []
    models: dict[str, str] = {}
    if (query.strip() or is_met) and limit > 0 and result.passages_searched:
        count = max(CANDIDATES, 2 * limit)
        found = gather(words, meaning, opened, allowed, count=count, reads_everything=mode == "dense")
        if is_met:
            rest = count if order_by == "best" else MOST_DOCUMENTS
            found = with_the_rest(found, opened, allowed, count=rest)
        least = _floor(query, meaning, words, mode)
        if least == UNREADABLE and not is_met:
            notices.append(_UNREADABLE)
        scores, order = _ranked(found, mode, words.ceiling, least, is_met=is_met)
        known: Passages = {}
        reranker = _reranker(notices) if mode == "fused" and query.strip() else None
        if reranker is not None:
            scores, order, known = look_again(
                query, found, scores, order, ceiling=words.ceiling, scope=scope, reranker=reranker
            )
            models["reranker"] = reranker.name
        if meaning is not None:
            models["embedder"] = meaning.embedder.name
        documents = list(dict.fromkeys(found.documents[i] for i in order))
        if order_by != "best":
            order = by_date(order, found, documents, scope, order_by)
        hits = hydrate(found, scores, order, scope, limit, known=known)
        if is_met:
            documents = list(dict.fromkeys([*documents, *_documents_of(opened, allowed)]))
    if most_counted and hits:
        selected = allowed if is_met else rows_of(hits, opened)
        beside = whole.labels - scope.labels
        terms = set_apart(opened, selected, whole, beside, notices, without=query, most_counted=most_counted)
        result = replace(result, significant=terms)
    result = replace(
        result,
        hits=hits,
        notices=tuple(notices),
        models=tuple(sorted(models.items())),
        documents=tuple(UUID(each) for each in documents[:MOST_DOCUMENTS]),
        documents_found=len(documents),
    )
    told = result if is_met or not query.strip() else _with_words_told(result, query, words, opened, scope)
    return replace(told, seconds=time.perf_counter() - began)


def _documents_of(opened: Sequence[OpenSegment], allowed: Sequence[Flags]) -> list[str]:
    """The documents of the rows that are left, in the order of their ids."""
    return sorted(
        s.content.documents[place]
        for s, flags in zip(opened, allowed, strict=True)
        for place in np.flatnonzero(s.content.documents_of(flags)).tolist()
    )


def _documents_with(segment: OpenSegment, allowed: Flags) -> int:
    content = segment.content
    held = content.is_document_held if allowed.all() else content.documents_of(allowed)
    return int(np.count_nonzero(held))


def _with_words_told(
    result: SearchResult,
    query: str,
    words: LexicalQuery,
    opened: Sequence[OpenSegment],
    scope: AccessScope,
) -> SearchResult:
    """The result with what is to be said of the words: other spellings, and the nearest of what stands
    nowhere.
    """
    labels = {s.content.label for s in opened if words.names_stand_in(s.content.postings)}
    mended: tuple[tuple[str, str, str], ...] = ()
    if not result.hits or is_name_alone(query):
        mended = nearest_words(words, words_of(query), opened, scope)
    return replace(
        result,
        variants=words.variants,
        spelling=tuple((word, nearest) for word, nearest, _ in mended),
        labels_told=frozenset(labels | {label for _, _, label in mended}),
    )


def _open_and_understand(
    query: str, scope: AccessScope, mode: Mode, notices: list[str]
) -> tuple[list[OpenSegment], Meaning | None]:
    """The segments of the scope and the query as a vector of the model that made theirs.

    Between opening the one and asking for the other a new model may have taken over, index and all: then
    both are read once more.
    """
    said: list[str] = []
    for _ in range(2):
        said.clear()
        opened, meaning, is_settled = _one_reading(query, scope, mode, said)
        if is_settled:
            break
    notices += said
    return opened, meaning


def _one_reading(
    query: str, scope: AccessScope, mode: Mode, said: list[str]
) -> tuple[list[OpenSegment], Meaning | None, bool]:
    """Segments, the query's vector, and whether one model made both."""
    opened = open_scope(scope, said)
    try:
        meaning = _meaning_of(query, mode, opened)
    except EmbedderUnavailable as error:
        said.append(f"{error.sentence} The search went by words only.")
        return opened, None, not isinstance(error, EmbedderChanged)
    if meaning is None or all(s.content.embedder == meaning.embedder.name for s in opened):
        return opened, meaning, True
    said.append(_CHANGED)
    return opened, meaning, False


def _meaning_of(query: str, mode: Mode, opened: Sequence[OpenSegment]) -> Meaning | None:
    """The query as a vector, or None where meaning has no say: nothing here can be read, or wanted.

    Raises EmbedderUnavailable.
    """
    if mode == "bm25" or not query.strip() or not any(len(s.content) for s in opened):
        return None
    embedder = get_embedder()
    languages = {code for s in opened for code in s.content.languages_held}
    if mode == "fused" and not (
        is_read_by(embedder, query) and any(embedder.reads(code) for code in languages)
    ):
        return None
    return Meaning(embedder, query_vector(embedder, query))


def _reranker(notices: list[str]) -> Reranker | None:
    try:
        return current_reranker()
    except RerankerUnavailable as error:
        notices.append(f"{error.sentence} The order is that of the search without it.")
        return None


def _floor(query: str, meaning: Meaning | None, words: LexicalQuery, mode: Mode) -> float:
    """The least cosine of a hit that shares no word with the query. By meaning alone everything is ranked."""
    if meaning is None or mode == "dense":
        return -1.0
    try:
        return floor(meaning.embedder, query, is_any_word_known=words.is_any_known)
    except EmbedderUnavailable:
        return UNSAID


def _ranked(
    found: Candidates, mode: Mode, ceiling: float, least: float, *, is_met: bool = False
) -> tuple[npt.NDArray[np.float64], list[int]]:
    """The score of each candidate in this mode, and the positions of those that count, best first.

    Where each of them is known to meet the query (`is_met`), all count.
    """
    if mode == "dense":
        scores, counts = np.where(found.is_read, found.dense, -1.0), found.is_read
    elif mode == "bm25":
        scores, counts = found.bm25, found.bm25 > 0
    else:
        scores, counts = (
            fuse(found.dense, found.bm25, ceiling, found.is_read),
            (found.is_read & (found.dense >= least)) | found.shares_word,
        )
    return scores, best_first(scores, found, np.flatnonzero(counts | is_met))


def best_first(scores: npt.NDArray[np.float64], found: Candidates, keep: npt.NDArray[np.int64]) -> list[int]:
    """Positions by score, equal scores by document and place: an order that nothing outside the scope can
    touch.
    """
    return sorted(keep.tolist(), key=lambda i: (-scores[i], found.documents[i], found.ordinals[i]))


def by_date(
    order: Sequence[int], found: Candidates, documents: Sequence[str], scope: AccessScope, order_by: Order
) -> list[int]:
    """The same positions by the dates of their documents; within one date as they were."""
    rows = Document.objects.filter(pk__in=documents, label__in=scope.labels)
    dates = {str(pk): date for pk, date in rows.values_list("pk", "document_date") if date is not None}
    dated = [i for i in order if found.documents[i] in dates]
    dated.sort(key=lambda i: dates[found.documents[i]], reverse=order_by == "newest")
    return dated + [i for i in order if found.documents[i] not in dates]


def generation_of(opened: Sequence[OpenSegment]) -> str:
    """The state of the index inside the scope, 16 hexadecimal digits, "" when there is nothing in it.

    It is made from the documents, not from the segments: how work was divided must not show.
    """
    if not opened:
        return ""
    added = sum(s.content.documents_sum for s in opened) % SUMMED
    return hashlib.sha256(f"{added:064x}".encode()).hexdigest()[:16]
