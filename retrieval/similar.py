"""Passages like a given one: near to it in meaning, and sharing the words that set it apart.

The meaning is that of the vectors that the index keeps already: of a passage its own, of a document the mean
of its passages (the centroid of Rocchio 1971, "Relevance feedback in information retrieval"). The words are
those with the highest tf-idf in the scope, as many as Lucene's MoreLikeThis asks for. Both are joined as in
every search, and like there only segments of the scope are opened.
"""

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from ingest.models import Document, Passage, Status

from .candidates import Flags, Meaning, gather
from .dense import Vectors
from .embedding import get_embedder
from .embedding_errors import EmbedderUnavailable
from .filters import allowed_rows
from .fusion import fuse
from .hydration import hydrate
from .lexical import LexicalQuery
from .opened import OpenSegment
from .opening import open_scope
from .postings import Postings
from .results import Order, SearchFilters, SearchResult
from .scope import AccessScope
from .search import CANDIDATES, MOST_DOCUMENTS, NO_FILTERS, best_first, by_date, generation_of
from .stop_words import is_stop_word
from .words import analysis_of, pieces, terms

MOST_WORDS = 25
"""The most telling words that are looked for: the default of Lucene's MoreLikeThis."""

MOST_PASSAGES_READ = 400
"""Of a longer document the telling words are taken from so many passages; the vectors are those of all."""

ALIKE = 0.22
"""A passage that shares no telling word is like another from this cosine on. Of passages of other articles of
XQuAD nine in ten lie below it, of those of the same article one in twenty, alike in English, Spanish, Chinese
and Arabic.
"""

_NOT_INDEXED = (
    "The index does not hold this document at the moment, so it was compared by its words only. "
    "It will be again when the index has been remade."
)
_OTHER_LANGUAGE = (
    "The embedding model does not read the language of this text, so it was compared by its words only."
)
_NO_WORDS = (
    "No word of this text stands anywhere else in what was searched, so it was compared by its meaning only."
)


@dataclass(frozen=True)
class Reference:
    """What is compared: a document, or one passage of it (`ordinal`). `texts` are (language, text), in the
    order of the document; of a long document only the first MOST_PASSAGES_READ of its `passages`.
    """

    document: UUID
    label: str
    ordinal: int | None
    texts: tuple[tuple[str, str], ...]
    passages: int


@dataclass(frozen=True)
class Similar:
    """What is like a reference, and by what it was compared: `words`, the most telling first, and meaning."""

    result: SearchResult
    words: tuple[str, ...]
    is_by_meaning: bool


def reference(document_id: UUID, ordinal: int | None, scope: AccessScope) -> Reference | None:
    """A document that is ready, or one of its passages, read within the scope.

    None alike where there is none, where it may not be read and where it is not ready.
    """
    document = Document.objects.filter(
        pk=document_id, label__in=scope.labels, status=Status.READY
    ).values_list("label", flat=True)
    label = document.first()
    if label is None:
        return None
    rows = Passage.objects.filter(document_id=document_id, label__in=scope.labels)
    if ordinal is not None:
        rows = rows.filter(ordinal=ordinal)
    texts = tuple(rows.order_by("ordinal").values_list("language", "text")[:MOST_PASSAGES_READ])
    if ordinal is not None and not texts:
        return None
    return Reference(document_id, label, ordinal, texts, rows.count())


def similar(
    compared: Reference,
    scope: AccessScope,
    *,
    limit: int = 10,
    filters: SearchFilters = NO_FILTERS,
    order_by: Order = "best",
) -> Similar:
    """The best `limit` passages of other documents in `scope`, most like `compared` first.

    What the filters leave out, and the document itself, is neither found nor counted. A condition among the
    filters is not looked at.
    """
    began = time.perf_counter()
    notices: list[str] = []
    if compared.passages > len(compared.texts):
        notices.append(
            f"The document has {compared.passages:,} passages; its words were taken from the first "
            f"{len(compared.texts):,}, its meaning from all."
        )
    meaning = _meaning_of(compared, scope, notices)
    if filters.labels is not None:
        scope = scope.narrowed_to(filters.labels)
    opened = open_scope(scope, notices)
    allowed = [
        flags & _is_of_another(segment, compared)
        for segment, flags in zip(opened, allowed_rows(opened, filters, scope), strict=True)
    ]
    chosen = telling_words(compared.texts, opened, allowed)
    words = LexicalQuery(", ".join(chosen), [s.content.postings for s in opened])
    result = SearchResult(
        hits=[],
        documents_searched=sum(
            len(np.unique(s.content.document_of_row[a])) for s, a in zip(opened, allowed, strict=True)
        ),
        passages_searched=sum(int(a.sum()) for a in allowed),
        generation=generation_of(opened),
        seconds=0.0,
        models=(("embedder", meaning.embedder.name),) if meaning else (),
    )
    if limit > 0 and result.passages_searched and (chosen or meaning):
        found = gather(
            words, meaning, opened, allowed, count=max(CANDIDATES, 2 * limit), reads_everything=False
        )
        scores = fuse(found.dense, found.bm25, words.ceiling, found.is_read)
        counts = (found.is_read & (found.dense >= ALIKE)) | found.shares_word
        order = best_first(scores, found, np.flatnonzero(counts))
        documents = list(dict.fromkeys(found.documents[i] for i in order))
        if order_by != "best":
            order = by_date(order, found, documents, scope, order_by)
        result = replace(
            result,
            hits=hydrate(found, scores, order, scope, limit),
            documents=tuple(UUID(each) for each in documents[:MOST_DOCUMENTS]),
            documents_found=len(documents),
        )
        if not chosen:
            notices.append(_NO_WORDS)
    result = replace(result, notices=tuple(notices), seconds=time.perf_counter() - began)
    return Similar(result, tuple(chosen), meaning is not None)


def telling_words(
    texts: Sequence[tuple[str, str]], opened: Sequence[OpenSegment], allowed: Sequence[Flags]
) -> list[str]:
    """The words of `texts` (language, text) with the highest tf-idf, best first: at most MOST_WORDS, none of
    the stop words of its language, and only what stands in an allowed row.

    How rare a word is, is counted over the scope alone.
    """
    postings = [s.content.postings for s in opened]
    total = sum(p.passages for p in postings)
    times: Counter[tuple[str, str]] = Counter()
    written: dict[tuple[str, str], Counter[str]] = {}
    for language, text in texts:
        analysis = analysis_of(language)
        for piece in pieces(text):
            spelt = terms(piece, analysis)
            # A figure or two tell nothing: every table has them.
            tells = len(piece) > 2 or not piece.isdigit()
            if spelt and tells and not is_stop_word(piece, analysis):
                key = (analysis, spelt[-1])
                times[key] += 1
                written.setdefault(key, Counter())[piece] += 1
    weights: dict[tuple[str, str], float] = {}
    for key, count in times.items():
        holding, elsewhere = _holding(":".join(key), postings, allowed)
        if elsewhere:
            weights[key] = count * math.log(1 + (total - holding + 0.5) / (holding + 0.5))
    best = sorted(weights, key=lambda key: (-weights[key], key))[:MOST_WORDS]
    shown = [min(written[key], key=lambda word: (-written[key][word], word)) for key in best]
    return list(dict.fromkeys(shown))


def _holding(key: str, postings: Sequence[Postings], allowed: Sequence[Flags]) -> tuple[int, int]:
    """How many rows hold a term, and how many of them are allowed."""
    rows = [each.of(key)[0] for each in postings]
    return sum(map(len, rows)), sum(int(flags[held].sum()) for held, flags in zip(rows, allowed, strict=True))


def _is_of_another(segment: OpenSegment, compared: Reference) -> Flags:
    """Whether each row belongs to another document, shape (n,)."""
    own = str(compared.document)
    others = np.array([document != own for document in segment.content.documents], dtype=np.bool_)
    flags: Flags = others[segment.content.document_of_row]
    return flags


def _meaning_of(compared: Reference, scope: AccessScope, notices: list[str]) -> Meaning | None:
    """The vector of what is compared, of unit length, and None where it has none that can be compared."""
    try:
        embedder = get_embedder()
    except EmbedderUnavailable as error:
        notices.append(f"{error.sentence} The comparison went by words only.")
        return None
    said: list[str] = []
    own = open_scope(scope.narrowed_to([compared.label]), said)
    parts, is_there = [], False
    for segment in own:
        content = segment.content
        if content.embedder != embedder.name or str(compared.document) not in content.documents:
            continue
        place = content.documents.index(str(compared.document))
        rows = np.flatnonzero(content.document_of_row == place)
        if content.alive is not None:
            rows = rows[content.alive[rows]]
        if compared.ordinal is not None:
            rows = rows[content.ordinals[rows] == compared.ordinal]
        is_there = is_there or bool(len(rows))
        reads = np.array([embedder.reads(code) for code in content.languages], dtype=np.bool_)
        parts.append(segment.dense.vectors(rows[reads[content.language_of_row[rows]]]))
    vectors = np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)
    mean = vectors.sum(axis=0, dtype=np.float64)
    length = float(np.sqrt((mean * mean).sum()))
    if not len(vectors) or length < 1e-6:
        notices.append(_OTHER_LANGUAGE if is_there else _NOT_INDEXED)
        return None
    vector: Vectors = (mean / length).astype(np.float32)
    return Meaning(embedder, vector)
