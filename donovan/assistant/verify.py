"""Is a statement supported by the words it points at? Asked of every sentence, whatever model wrote it.

Two things are asked, in this order:

1. The vetoes (`donovan.assistant.vetoes`): numbers with units, dates, names, order of actors, denials,
   hedges and reported speech, instructions. What one of them objects to falls, whatever else is said for it.
2. The meaning. Words quoted as they stand need no more, nor does a statement made of the words of its page
   as they stand to each other there (`donovan.assistant.strict_words`, with the similarity of meaning). One
   in words of its own is judged by the reader: does the page say this? Without a reader it falls.

A statement may rest on up to three spans together. The smallest set that supports it is taken, so that each
span of it is needed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from donovan.assistant.comparing import Comparison, comparison
from donovan.assistant.instructions import reads_like_instruction
from donovan.assistant.judging import SUPPORTED, Judge, Judged, judge_at_hand
from donovan.assistant.questions import read_question
from donovan.assistant.second_opinion import objection
from donovan.assistant.spans import Span
from donovan.assistant.strict_words import breaks_rule_of_words, only_rearranges
from donovan.assistant.terms import stems_in
from donovan.assistant.vetoes import VETOES, objection_of
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.reader import ReaderUnavailable

__all__ = ["MOST_SPANS", "Verdict", "reads_like_instruction", "verify_claim"]

MOST_SPANS = 3
LEAST_SIMILARITY = 0.42
_SPANS_COMBINED = 8
_SETS_JUDGED = 12
_PARTS = re.compile(
    r"[;；]\s*|,?\s+(?:and|but|while|whereas|y|pero|mientras|et|mais|und|aber|и|а|но)\s+", re.IGNORECASE
)
_MEANING = "It does not mean what the cited words mean."


@dataclass(frozen=True)
class Verdict:
    """Whether a statement is supported, by which spans together, and in words why (not).

    `similarity` is 0 to 1: the reader's chance that the spans say it, or without a reader the cosine of the
    embeddings; None where neither was asked.
    """

    is_supported: bool
    reason: str
    spans: tuple[Span, ...] = ()
    similarity: float | None = None

    @property
    def span(self) -> Span | None:
        """The first of the spans."""
        return self.spans[0] if self.spans else None


@dataclass(frozen=True)
class _Failure:
    depth: int
    reason: str


def verify_claim(text: str, spans: Sequence[Span], *, question: str, judge: Judge | None = None) -> Verdict:
    """Judge one statement against the spans it may rest on; the fewest that support it are its citation.

    `question` is what the statement answers, or empty for a summary. `judge` defaults to the reader that
    serves. A statement without content, or with nothing to rest on, is not supported.
    """
    if not spans:
        return Verdict(False, "There is nothing it could rest on.")
    asked = read_question(question, spans[0].language or "en") if question else None
    judge = judge or judge_at_hand()
    failures: list[_Failure] = []
    alone = [comparison(text, [span], asked) for span in spans]
    found = _first_supported(alone, judge, failures)
    if found is None and len(spans) > 1:
        near = _most_alike(text, spans, _SPANS_COMBINED)
        for size in range(2, MOST_SPANS + 1):
            together = [comparison(text, chosen, asked) for chosen in _sets(text, near, size)]
            found = _first_supported(together, judge, failures)
            if found is not None:
                break
    if found is not None:
        return found
    return Verdict(False, max(failures, key=lambda failure: failure.depth).reason)


def _first_supported(
    candidates: Sequence[Comparison], judge: Judge | None, failures: list[_Failure]
) -> Verdict | None:
    """The first of the candidates that no veto objects to and whose meaning holds."""
    open_ones: list[Comparison] = []
    for candidate in candidates:
        depth, reason = objection_of(candidate)
        if reason:
            failures.append(_Failure(depth, reason))
        elif candidate.is_verbatim:
            return Verdict(
                True, "", _spans(candidate), similarity_of(candidate.text, candidate.cited[0].span)
            )
        else:
            open_ones.append(candidate)
    by_words: list[_Failure] = []
    for candidate in open_ones:
        verdict = _by_words(candidate)
        if verdict.is_supported:
            return verdict
        by_words.append(_Failure(len(VETOES), verdict.reason))
    open_ones = _likeliest([one for one in open_ones if len(one.cited) > 1 or not only_rearranges(one)])
    judgements = _judgements(open_ones, judge)
    if judge is None or not judgements:
        failures += by_words
        return None
    return _judged(open_ones, judgements, judge.thresholds[SUPPORTED], failures)


def _likeliest(candidates: Sequence[Comparison]) -> list[Comparison]:
    """The candidates to judge: where there are too many, those that share most words with the statement."""
    if len(candidates) <= _SETS_JUDGED:
        return list(candidates)
    shared = {
        id(one): sum(_shared(one.text, cited.span) for cited in one.cited) / len(one.cited)
        for one in candidates
    }
    return sorted(candidates, key=lambda one: -shared[id(one)])[:_SETS_JUDGED]


def _most_alike(text: str, spans: Sequence[Span], most: int) -> list[Span]:
    """At most so many of the spans, those that share most words with the statement, in their order."""
    if len(spans) <= most:
        return list(spans)
    order = sorted(range(len(spans)), key=lambda number: -_shared(text, spans[number]))
    return [spans[number] for number in sorted(order[:most])]


def _shared(text: str, span: Span) -> int:
    language = span.language or "en"
    return len(stems_in(text, language) & stems_in(span.text, language))


def _judgements(candidates: Sequence[Comparison], judge: Judge | None) -> Sequence[Judged] | None:
    """What the reader holds of each candidate; None where there is no reader, or it stopped meanwhile."""
    if judge is None:
        return None
    try:
        return judge.judge([(candidate.text, _evidence(candidate)) for candidate in candidates])
    except ReaderUnavailable:
        return None


def _judged(
    candidates: Sequence[Comparison],
    judgements: Sequence[Judged],
    least: float,
    failures: list[_Failure],
) -> Verdict | None:
    """The candidate of which the reader is surest, where it is sure enough."""
    if not judgements:
        return None
    ranked = sorted(zip(candidates, judgements, strict=True), key=lambda pair: -pair[1].supported)
    for candidate, judgement in ranked:
        if judgement.supported < least:
            break
        veto = _second_opinion(candidate)
        if veto:
            failures.append(_Failure(len(VETOES) + 1, veto))
            continue
        return Verdict(True, "", _spans(candidate), round(judgement.supported, 4))
    is_contradicted = ranked[0][1].contradicted > ranked[0][1].supported
    reason = "The cited words say otherwise." if is_contradicted else "The cited words do not say it."
    failures.append(_Failure(len(VETOES), reason))
    return None


def _by_words(candidate: Comparison) -> Verdict:
    """Judged by its words alone: all of the statement by one span, or each part of it by one of them."""
    if len(candidate.cited) > 1:
        parts = [part.strip(" ,") for part in _PARTS.split(candidate.text) if part.strip(" ,.")]
        spans = _spans(candidate)
        if len(parts) >= len(spans) and all(_is_held_by_one(part, spans) for part in parts):
            return Verdict(True, "", spans)
        return Verdict(False, "No one of the cited spans holds it all.")
    span = candidate.cited[0].span
    reason = breaks_rule_of_words(candidate)
    if reason:
        return Verdict(False, reason)
    similarity = similarity_of(candidate.text, span)
    if similarity is not None and similarity < LEAST_SIMILARITY:
        return Verdict(False, _MEANING)
    return (
        Verdict(True, "", (span,), similarity)
        if not (veto := _second_opinion(candidate))
        else Verdict(False, veto)
    )


def _is_held_by_one(part: str, spans: Sequence[Span]) -> bool:
    return any(
        not objection_of(one)[1] and not breaks_rule_of_words(one)
        for one in (comparison(part, [span]) for span in spans)
    )


def _second_opinion(candidate: Comparison) -> str:
    shown = [text for one in candidate.cited for text in (_shown(one.span), one.span.text)]
    return objection(candidate.text, shown, candidate.language)


def _sets(text: str, spans: Sequence[Span], size: int) -> Iterator[tuple[Span, ...]]:
    """Sets of spans that may support together what none does alone: of one document, or each with a name of
    the statement in it. None stands in two of them twice.
    """
    for chosen in combinations(spans, size):
        places = {(span.document_id, span.page, span.start, span.end) for span in chosen}
        if len(places) == size and (_is_one_document(chosen) or _each_named(text, chosen)):
            yield chosen


def _is_one_document(spans: Sequence[Span]) -> bool:
    return len({span.document_id for span in spans}) == 1


def _each_named(text: str, spans: Sequence[Span]) -> bool:
    names = [term for term in comparison(text, spans).said if term.is_name]
    return all(
        any(name.is_supported_by(other) for name in names for other in (*one.body, *one.around))
        for one in comparison(text, spans).cited
    )


def similarity_of(text: str, span: Span) -> float | None:
    """The cosine of statement and span, or None where no embedder reads the language."""
    shown = _shown(span)
    try:
        embedder = get_embedder()
        if not embedder.reads(span.language or "en"):
            return None
        vectors = embedder.encode([text, shown, span.text], is_query=False)
    except EmbedderUnavailable:
        return None
    return float(np.max(vectors[1:] @ vectors[0]))


def _evidence(candidate: Comparison) -> str:
    """What the reader is shown: the spans in order, each with what names its subject."""
    return "\n".join(dict.fromkeys(_shown(one.span) for one in candidate.cited))


def _shown(span: Span) -> str:
    """The words of a span with the headings that say what they are about."""
    return f"{span.context} — {span.text}" if span.context else span.text


def _spans(candidate: Comparison) -> tuple[Span, ...]:
    return tuple(one.span for one in candidate.cited)
