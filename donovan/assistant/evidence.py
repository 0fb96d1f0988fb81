"""Weighing spans against a question: which of them answers it, and whether any does.

A span is weighed by what can be checked one by one: is it about the names the question is about, does it
speak of the attribute asked for, does it hold the kind of value wanted, and does it mean the same (cosine
of sentence embeddings, only where the embedder reads the language). The weights of the sum were fitted by
logistic regression on one half of the Factbook and XQuAD questions, with and without their answering
document, and are measured on the other half. Those of `bare`, `miscounted`, `another_day` and `headless` are
set by hand: such spans are rare there, and must not answer.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from donovan.assistant.fitting import (
    counts_another_thing,
    holds_expected,
    is_bare_heading,
    misses_head,
    says_opposite,
    share_of_asked,
    tells_another_day,
)
from donovan.assistant.questions import Question
from donovan.assistant.spans import Span
from donovan.assistant.terms import carrier_stems, stems_in
from donovan.assistant.verify import reads_like_instruction
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

SPANS_ENCODED = 24
PAIRS_ENCODED = 8
ENCODED_CHARACTERS = 600

READ_WEIGHTS = {
    "similarity": 7.5, "subject": 1.3, "attribute": 2.4, "attribute_near": 1.6, "field_fit": 0.5,
    "field_misfit": -4.3, "expected_value": 1.0, "opposite": -2.0, "wrong_subject": -5.9, "background": -12.0,
    "bare": -2.5, "miscounted": -1.5, "another_day": -2.4, "headless": -2.0, "constant": -10.25,
}  # fmt: skip
UNREAD_WEIGHTS = {
    "subject": 3.3, "attribute": 3.5, "attribute_near": 2.3, "field_fit": 0.3, "field_misfit": -4.4,
    "expected_value": 1.4, "opposite": -2.0, "wrong_subject": -5.5, "background": -12.0,
    "bare": -2.5, "miscounted": -1.5, "another_day": -2.4, "headless": -2.0, "constant": -9.1,
}  # fmt: skip
# Prose under another title than that of the subject's own documents has to be the plainer.
ELSEWHERE = 0.3
# Words that address the program answer nothing as long as anything else does.
INSTRUCTION_SHARE = 0.25
HEADING_SHARE = 0.6
STRANGER_SHARE = 0.25
# A sentence that is understood only with the one before it has to be the plainer.
LEANING_SHARE = 0.8
LEAST_READ = 0.31
LEAST_READ_IN_PROSE = 0.2
FIELDED = 0.3
LEAST_UNREAD = 0.18
LEAST_SUBJECT = 0.4
# What a question without names is taken to have of them.
NAMELESS = 0.75

_TITLE_PARTS = re.compile(r"\s+[—–|-]\s+|[()/\[\]]|:\s+|\s>\s")
_DEMONYM = ("n", "an", "ian", "ean", "ese", "i", "ish", "s", "ns", "ans", "ians")


@dataclass(frozen=True)
class Features:
    """What was found out about one span, each from 0 to 1.

    `leaning` is 1 for a sentence that is read together with the one before it. `background` is high for
    prose about a subject that many documents made of fields are titled with: there, what is asked for stands
    in a field. `fielded` is the share of fields in the span's document. `reads` is 0 where no similarity
    could be had.
    """

    similarity: float
    subject: float
    attribute: float
    attribute_near: float
    field_fit: float
    field_misfit: float
    expected_value: float
    bare: float
    another_day: float
    headless: float
    miscounted: float
    opposite: float
    wrong_subject: float
    background: float
    fielded: float
    reads: float
    leaning: float = 0.0


@dataclass(frozen=True)
class Weighed:
    """A span with its features and its chance (0 to 1) of holding the answer."""

    span: Span
    features: Features
    score: float


@dataclass(frozen=True)
class Surroundings:
    """What all spans in reach say about the names of the question together.

    `exact` are the names (by position) that documents made of fields are titled with; `documents` and
    `fielded` give, for each title part, how many documents bear it and the share of their spans that are
    fields.
    """

    exact: frozenset[int]
    documents: dict[frozenset[str], int]
    fielded: dict[frozenset[str], float]
    fielded_documents: dict[UUID, float]


def surroundings_of(question: Question, spans: Sequence[Span]) -> Surroundings:
    """Read the surroundings off the spans in reach."""
    documents: dict[frozenset[str], set[object]] = {}
    fields: dict[frozenset[str], list[bool]] = {}
    of_document: dict[UUID, list[bool]] = {}
    for span in spans:
        of_document.setdefault(span.document_id, []).append(bool(span.field_name))
        for part in _part_stems(span.title, span.language or question.language):
            documents.setdefault(part, set()).add(span.document_id)
            fields.setdefault(part, []).append(bool(span.field_name))
    shares = {part: sum(found) / len(found) for part, found in fields.items()}
    return Surroundings(
        frozenset(n for n, stems in enumerate(question.name_stems) if shares.get(stems, 0.0) >= FIELDED),
        {part: len(found) for part, found in documents.items()},
        shares,
        {key: sum(found) / len(found) for key, found in of_document.items()},
    )


def features_of(
    question: Question, span: Span, similarity: float | None, surroundings: Surroundings
) -> Features:
    """The features of one span. Without a similarity the words alone speak."""
    language = span.language or question.language
    body = stems_in(span.plain, language)
    near = body | stems_in(span.context, language)
    passage = near | stems_in(span.passage_text, language)
    subject, wrong = _subject(question, span, near, passage, surroundings.exact)
    fit = _field_fit(question, span, language)
    return Features(
        similarity=similarity or 0.0,
        subject=subject,
        attribute=_attribute(question, span, body, language),
        attribute_near=share_of_asked(question.attributes, passage),
        field_fit=fit or 0.0,
        field_misfit=1.0 if fit is not None and fit < 0.5 else 0.0,
        expected_value=holds_expected(question, span, language),
        bare=is_bare_heading(span),
        another_day=tells_another_day(question, span),
        headless=misses_head(question, span, language),
        miscounted=counts_another_thing(question, span, language),
        opposite=says_opposite(question, body),
        wrong_subject=wrong,
        background=_background(question, span, language, surroundings),
        fielded=surroundings.fielded_documents.get(span.document_id, 0.0),
        reads=0.0 if similarity is None else 1.0,
    )


def title_parts(title: str) -> list[str]:
    """The parts of a title that may each name its subject: "Algeria — Government" has two."""
    return [part.strip() for part in _TITLE_PARTS.split(title) if part.strip()]


@lru_cache(maxsize=20_000)
def _part_stems(title: str, language: str) -> tuple[frozenset[str], ...]:
    return tuple(stems_in(part, language) for part in title_parts(title))


def _subject(
    question: Question, span: Span, near: frozenset[str], passage: frozenset[str], exact_names: frozenset[int]
) -> tuple[float, float]:
    """How far the span is about the question's names (the least covered of them), and whether it is of
    another.

    Where a document in reach is titled exactly with a name, a title that only contains it ("Equatorial
    Guinea" for "Guinea") is of another subject; so is a field under another title, whatever it mentions.
    Prose that names it in full speaks of it under any title.
    """
    if not question.name_stems:
        return NAMELESS, 0.0
    language = span.language or question.language
    parts = (
        *_part_stems(span.title, language),
        stems_in(span.heading, language),
        stems_in(span.lead, language),
    )
    body = stems_in(span.text, language)
    covered, wrong = [], 0.0
    for number, stems in enumerate(question.name_stems):
        in_body = _name_share(stems, body)
        if stems in parts:
            covered.append(1.0)
        elif number in exact_names:
            is_other = bool(span.field_name) or in_body < 1.0 or any(stems < part for part in parts[:-2])
            wrong = max(wrong, 1.0 if is_other else ELSEWHERE)
            covered.append(0.6 * in_body if is_other else 0.9)
        else:
            covered.append(max(in_body, 0.95 * _name_share(stems, near), 0.8 * _name_share(stems, passage)))
    return min(covered), wrong


def _background(question: Question, span: Span, language: str, surroundings: Surroundings) -> float:
    if span.field_name:
        return 0.0
    shares = [
        min(1.0, math.log2(surroundings.documents.get(part, 1)) / 3) * surroundings.fielded.get(part, 0.0)
        for part in _part_stems(span.title, language)
        if part in question.name_stems
    ]
    return max(shares, default=0.0)


def _name_share(stems: frozenset[str], where: frozenset[str]) -> float:
    """The share of a name's words found; an inhabitant's name ("Algerian") counts for the place."""
    found = 0.0
    for stem in stems:
        if stem in where:
            found += 1
        elif len(stem) >= 4 and any(
            word.startswith(stem[:-1]) and word[len(stem) - 1 :] in _ENDINGS for word in where
        ):
            found += 0.9
    # Half a name is not half the subject: "Camp" of "Camp Lipa" is as good as nothing.
    return (found / len(stems)) ** 2


_ENDINGS = frozenset(prefix + ending for ending in _DEMONYM for prefix in ("", "a", "e", "i", "o", "y"))


def _attribute(question: Question, span: Span, body: frozenset[str], language: str) -> float:
    """The share of what is asked in the span and the headings above it; in prose its own words count most."""
    within = share_of_asked(question.attributes, body)
    around = share_of_asked(question.attributes, body | stems_in(f"{span.heading} {span.lead}", language))
    return around if span.field_name else within + HEADING_SHARE * (around - within)


def _field_fit(question: Question, span: Span, language: str) -> float | None:
    """How well the label of a field is what was asked, or None for prose.

    The share of what is asked that the label holds, times the share of the label's last part that was
    asked for.
    """
    label = span.field_name
    if not label:
        return None
    leaf = stems_in(re.split(r"\s*>\s*", label)[-1], language)
    recall = share_of_asked(question.attributes, stems_in(label, language))
    asked = question.stems | carrier_stems(language)
    return recall * (len(leaf & asked) / len(leaf) if leaf else 1.0)


def weigh(question: Question, spans: Sequence[Span]) -> list[Weighed]:
    """Every span that is worth a look with its chance of answering, best first.

    The words alone choose the spans whose meaning is compared: encoding is what costs time.
    """
    surroundings = surroundings_of(question, spans)
    by_words = [(features_of(question, span, None, surroundings), span) for span in spans]
    by_words.sort(key=lambda pair: _worth_a_look(pair[0]), reverse=True)
    worth = by_words[:SPANS_ENCODED]
    worth += _leaning(question, [span for _features, span in worth], surroundings)
    similarities = _similarities(question, [span for _features, span in worth])
    weighed = []
    for (by_word, span), similarity in zip(worth, similarities, strict=True):
        features = by_word if similarity is None else replace(by_word, similarity=similarity, reads=1.0)
        score = _probability(features)
        if reads_like_instruction(span.text):
            score *= INSTRUCTION_SHARE
        if features.leaning:
            score *= LEANING_SHARE
        if not _is_about(features):
            score *= STRANGER_SHARE
        weighed.append(Weighed(span, features, score))
    return sorted(weighed, key=lambda item: item.score, reverse=True)


def _leaning(
    question: Question, spans: Sequence[Span], surroundings: Surroundings
) -> list[tuple[Features, Span]]:
    """Spans that say what they speak of only in the sentence before, each together with that sentence.

    Only where that sentence brings a name of the question that the span lacks (a sentence with a subject of
    its own is not about that of its neighbour), and the span itself the kind of value asked for.
    """
    found = []
    asked = frozenset[str]().union(*question.name_stems) or question.attributes
    for span in spans:
        language = span.language or question.language
        if not span.before or not asked & (stems_in(span.before, language) - stems_in(span.text, language)):
            continue
        alone = features_of(question, span, None, surroundings)
        if alone.expected_value < 1 or alone.miscounted:
            continue
        together = span.with_before()
        features = features_of(question, together, None, surroundings)
        if features.subject + features.attribute > alone.subject + alone.attribute:
            found.append((replace(features, expected_value=alone.expected_value, leaning=1.0), together))
    found.sort(key=lambda pair: _worth_a_look(pair[0]), reverse=True)
    return found[:PAIRS_ENCODED]


def is_answered(weighed: Sequence[Weighed]) -> bool:
    """Whether the best span answers: likely enough, and about what the question names."""
    return bool(weighed) and _answers(weighed[0])


def best_answers(weighed: Sequence[Weighed], most: int = 2, share: float = 0.8) -> list[Weighed]:
    """The best span, and up to `most` in all that come near it: those with at least `share` of its score."""
    if not weighed:
        return []
    least = weighed[0].score * share
    chosen: list[Weighed] = []
    for item in weighed:
        if len(chosen) == most or item.score < least:
            break
        if item.features.wrong_subject < 1 and not any(_overlap(item.span, other.span) for other in chosen):
            chosen.append(item)
    return chosen


def _overlap(one: Span, other: Span) -> bool:
    return (one.document_id, one.page) == (other.document_id, other.page) and (
        one.start < other.end and other.start < one.end
    )


def _answers(item: Weighed) -> bool:
    if not item.features.reads:
        threshold = LEAST_UNREAD
    else:
        # A sentence words its matter more freely than a field, and is asked for less plainness.
        is_plain_prose = item.features.fielded < FIELDED and not item.features.wrong_subject
        threshold = LEAST_READ_IN_PROSE if is_plain_prose else LEAST_READ
    return item.score >= threshold and _is_about(item.features)


def _is_about(features: Features) -> bool:
    return features.subject >= LEAST_SUBJECT and features.wrong_subject < 1


def _worth_a_look(features: Features) -> float:
    return (
        features.subject
        + 1.5 * features.attribute
        + features.field_fit
        + 0.3 * features.expected_value
        - features.opposite
        - features.wrong_subject
    )


def _similarities(question: Question, spans: Sequence[Span]) -> list[float | None]:
    """Cosine of the question with each span and what names it; None where the embedder does not read one
    of them.
    """
    found: list[float | None] = [None] * len(spans)
    try:
        embedder = get_embedder()
        if not embedder.reads(question.language):
            return found
        read = [
            index for index, span in enumerate(spans) if embedder.reads(span.language or question.language)
        ]
        if not read:
            return found
        asked = embedder.encode([question.text], is_query=True)[0]
        texts = [f"{spans[index].context} — {spans[index].plain[:ENCODED_CHARACTERS]}" for index in read]
        values = embedder.encode(texts, is_query=False) @ asked
    except EmbedderUnavailable:
        return found
    for index, value in zip(read, values, strict=True):
        found[index] = float(value)
    return found


def _probability(features: Features) -> float:
    weights = READ_WEIGHTS if features.reads else UNREAD_WEIGHTS
    total = weights["constant"]
    for name, weight in weights.items():
        if name != "constant":
            total += weight * float(getattr(features, name))
    return 1.0 / (1.0 + math.exp(-total))
