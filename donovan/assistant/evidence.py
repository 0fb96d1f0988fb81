"""Which span answers: the reader reads every span in its place, and its score is joined with a few others.

    spans in reach -> windows (spans that follow each other on a page) -> reader: a score for each span
                   -> names, kind of value, day, place in the ranking
                   -> joined by weights fitted on calibration sets -> a chance

No weight and no threshold is set here: both are in the description of the reader's model, which says what
they were fitted on (`donovan.training.reader.calibrate`). Without a reader the nearness of meaning and
words orders the spans, and no chance is claimed.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from statistics import median
from uuid import UUID

from donovan.assistant.fitting import (
    counts_another_thing,
    fit_of_field,
    holds_expected,
    is_bare_heading,
    misses_head,
    says_opposite,
    share_covered,
    share_of_asked,
    tells_another_day,
    tells_nothing_new,
)
from donovan.assistant.prefixes import is_header
from donovan.assistant.questions import Question
from donovan.assistant.spans import Span
from donovan.assistant.terms import stems_in
from donovan.assistant.verify import reads_like_instruction
from retrieval.reader import Reader, ReaderUnavailable, Window, get_reader

PASSAGES_READ = 12
"""The spans of so many passages, best first, are read; the rest of what was found is not."""
WINDOW_CHARACTERS = 640
SPAN_CHARACTERS = 600
VETOED = 0.001
"""The chance of a span that a rule keeps from being stated: it may still be the nearest there is."""
DOUBTED = 0.1
"""The most that the chance is of a span which counts another thing than the question, or does not speak of
the "cause of" what is asked for: it may be the nearest there is, and is not stated."""
HALF_NAMED = 0.5
UNREAD = -30.0
"""The score of a span that was cut off before the reader came to it."""

_TITLE_PARTS = re.compile(r"(?<!\s)\s+[—–|-]\s+|[()/\[\]]|:\s+|\s>\s")
_DEMONYM = ("n", "an", "ian", "ean", "ese", "i", "ish", "s", "ns", "ans", "ians")
_ENDINGS = frozenset(prefix + ending for ending in _DEMONYM for prefix in ("", "a", "e", "i", "o", "y"))
_NOT_IN_HEADERS = frozenset({"number", "place", "position"})
# Where a question names nothing, no span is about another thing.
_NAMELESS = 1.0


@dataclass(frozen=True)
class Features:
    """What was found out about one span.

    `score` is the reader's, `above` how far it is above the middle one of all that was read. The others are
    from 0 to 1: the least covered name of the question, whether the
    span is under another title than a name of the question, the share of what is asked in it, whether it
    holds the kind of value asked for, speaks of another day, is a bare heading, says the opposite,
    addresses the program, counts another thing than the question, does not speak of the "cause of" what is
    asked for, is a field, the share of the words of its label that the question has, and the share of the
    words of the question that it has together with its title and the sentences beside it. `rank` is
    log(1 + place of its passage).
    """

    score: float = 0.0
    above: float = 0.0
    subject: float = 0.0
    wrong_subject: float = 0.0
    asked: float = 0.0
    expected_value: float = 0.0
    another_day: float = 0.0
    bare: float = 0.0
    opposite: float = 0.0
    instruction: float = 0.0
    another_count: float = 0.0
    misses_head: float = 0.0
    is_field: float = 0.0
    field_fit: float = 0.0
    covered: float = 0.0
    rank: float = 0.0


FEATURES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True)
class ScoredSpan:
    """A span with its features and its chance (0 to 1) of answering."""

    span: Span
    features: Features
    score: float


def score_spans(question: Question, spans: Sequence[Span], reader: Reader | None = None) -> list[ScoredSpan]:
    """Every span that was read with its chance of answering, best first.

    `spans` are in the order of their passages, best passage first. `reader` defaults to the one that serves.
    """
    reader = reader or serving_reader()
    kept, ranks = _in_reach(spans)
    scores = _scores(question, kept, reader)
    exact = _exact_names(question, spans)
    chance = chance_of(reader if scores else None)
    middle = median(scores) if scores else 0.0
    found = [
        features_of(question, span, exact=exact, rank=rank) for span, rank in zip(kept, ranks, strict=True)
    ]
    is_named = any(features.subject == 1.0 for features in found)
    scored = []
    for number, (span, features) in enumerate(zip(kept, found, strict=True)):
        score = scores[number] if scores else 0.0
        relative = replace(features, score=score, above=score - middle)
        is_kept = not _is_vetoed(question, span, relative, is_named=is_named)
        scored.append(ScoredSpan(span, relative, chance(relative) if is_kept else VETOED))
    return sorted(scored, key=lambda item: item.score, reverse=True)


def _is_vetoed(question: Question, span: Span, features: Features, *, is_named: bool) -> bool:
    """Whether a rule keeps a span from being stated, for what nets miss: it addresses the program, only
    repeats its title, is a header of mail (who wrote, when and of what) where a measure or a place is asked
    for, or is about "Camp Javor" where the question names "Camp Lokve" and another span in reach does so too.
    """
    language = span.language or question.language
    return bool(
        features.instruction
        or tells_nothing_new(span, language)
        or (question.expects in _NOT_IN_HEADERS and is_header(span.plain))
        or (is_named and 0.0 < features.subject < HALF_NAMED)
    )


def features_of(question: Question, span: Span, *, exact: frozenset[int], rank: int) -> Features:
    """The features of one span but for the reader's score; `exact` are the names of the question (by
    position) that documents in reach are titled with.
    """
    language = span.language or question.language
    body = stems_in(span.plain, language)
    subject, wrong = _subject(question, span, exact)
    return Features(
        subject=subject,
        wrong_subject=wrong,
        asked=share_of_asked(question.attributes, body | stems_in(f"{span.heading} {span.lead}", language)),
        expected_value=holds_expected(question, span, language),
        another_day=tells_another_day(question, span),
        bare=is_bare_heading(span),
        opposite=says_opposite(question, body),
        instruction=float(reads_like_instruction(span.text)),
        another_count=counts_another_thing(question, span, language),
        misses_head=misses_head(question, span, language),
        is_field=float(bool(span.field_name)),
        field_fit=fit_of_field(question, span, language),
        covered=share_covered(question, span, language),
        rank=math.log1p(rank),
    )


def title_parts(title: str) -> list[str]:
    """The parts of a title that may each name its subject: "Algeria — Government" has two."""
    return [part.strip() for part in _TITLE_PARTS.split(title) if part.strip()]


class _Chance:
    """From features to a chance, by the weights in a reader's description; without a reader by nearness."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    def __call__(self, features: Features) -> float:
        if not self._weights:
            return 0.5 * features.subject * features.asked / (1.0 + features.rank)
        total = self._weights["bias"]
        for name in FEATURES:
            total += self._weights.get(name, 0.0) * float(getattr(features, name))
        chance = 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total))))
        return min(chance, DOUBTED) if features.another_count or features.misses_head else chance


def chance_of(reader: Reader | None) -> _Chance:
    """How features become a chance under a reader."""
    return _Chance(reader.joined if reader is not None else {})


def serving_reader() -> Reader | None:
    """The reader that serves, or None where there is none."""
    try:
        return get_reader()
    except ReaderUnavailable:
        return None


def thresholds_in_use() -> Mapping[str, float]:
    """The thresholds of the reader that serves; none where there is none."""
    reader = serving_reader()
    return reader.thresholds if reader is not None else {}


def _in_reach(spans: Sequence[Span]) -> tuple[list[Span], list[int]]:
    """The spans of the first passages, and the place of each one's passage."""
    places: dict[int, int] = {}
    kept, ranks = [], []
    for span in spans:
        place = places.setdefault(span.passage_id, len(places))
        if place < PASSAGES_READ:
            kept.append(span)
            ranks.append(place)
    return kept, ranks


def _scores(question: Question, spans: Sequence[Span], reader: Reader | None) -> list[float]:
    """The reader's score of each span; nothing where there is no reader."""
    if reader is None or not spans:
        return []
    made = list(_windows(spans))
    try:
        read = reader.read(question.text, [window for window, _members in made])
    except ReaderUnavailable:
        return []
    found = [UNREAD] * len(spans)
    for (_window_read, members), readings in zip(made, read, strict=True):
        for member, reading in zip(members, readings, strict=True):
            found[member] = max(found[member], reading.score)
    return found


def _windows(spans: Sequence[Span]) -> Iterator[tuple[Window, list[int]]]:
    """Spans that follow each other on one page, as windows of about the length the reader was taught on. Each
    begins with the last span of the one before it, so that no span is read without what stands before it.
    """
    pages: dict[tuple[UUID, int], list[int]] = {}
    for number, span in enumerate(spans):
        pages.setdefault((span.document_id, span.page), []).append(number)
    for members in pages.values():
        members.sort(key=lambda number: spans[number].start)
        run: list[int] = []
        length = 0
        for number in members:
            span = spans[number]
            follows = bool(run) and span.start - spans[run[-1]].end < WINDOW_CHARACTERS // 8
            if run and (not follows or length + len(span.text) > WINDOW_CHARACTERS):
                yield _window(spans, run)
                run = [run[-1]] if follows and len(spans[run[-1]].text) < WINDOW_CHARACTERS // 2 else []
                length = sum(len(spans[one].text) for one in run)
            run.append(number)
            length += len(span.text)
        if run:
            yield _window(spans, run)


def _window(spans: Sequence[Span], run: Sequence[int]) -> tuple[Window, list[int]]:
    text = ""
    places = []
    for number in run:
        words = spans[number].text[:SPAN_CHARACTERS]
        if text:
            text += " "
        places.append((len(text), len(text) + len(words)))
        text += words
    first = spans[run[0]]
    title = ". ".join(part for part in (first.title, first.heading, first.lead) if part)
    return Window(title, text, tuple(places)), list(run)


@lru_cache(maxsize=20_000)
def _part_stems(title: str, language: str) -> tuple[frozenset[str], ...]:
    return tuple(stems_in(part, language) for part in title_parts(title))


def _exact_names(question: Question, spans: Sequence[Span]) -> frozenset[int]:
    """The names of the question (by position) that a document of fields in reach is titled with."""
    titled: set[frozenset[str]] = set()
    for span in spans:
        if span.field_name:
            titled.update(_part_stems(span.title, span.language or question.language))
    return frozenset(number for number, stems in enumerate(question.name_stems) if stems in titled)


def _subject(question: Question, span: Span, exact: frozenset[int]) -> tuple[float, float]:
    """How far the span is about the question's names (the least covered of them), and whether it is of
    another.

    Where a document of fields in reach is titled exactly with a name, a title that only contains it
    ("Equatorial Guinea" for "Guinea") is of another subject; so is a field under another title, whatever it
    mentions.
    """
    if not question.name_stems:
        return _NAMELESS, 0.0
    language = span.language or question.language
    parts = (
        *_part_stems(span.title, language),
        stems_in(span.heading, language),
        stems_in(span.lead, language),
    )
    body = stems_in(span.text, language)
    passage = body | stems_in(span.context, language) | stems_in(span.passage_text, language)
    covered, wrong = [], 0.0
    for number, stems in enumerate(question.name_stems):
        in_body = _name_share(stems, body)
        if stems in parts:
            covered.append(1.0)
            continue
        if number in exact and (span.field_name or in_body < 1.0 or any(stems < part for part in parts[:-2])):
            wrong = 1.0
        covered.append(max(in_body, 0.8 * _name_share(stems, passage)))
    return min(covered), wrong


def _name_share(stems: frozenset[str], where: frozenset[str]) -> float:
    """The share of a name's words found; an inhabitant's name ("Algerian") counts for the place."""
    found = 0.0
    for stem in stems:
        is_kin = len(stem) >= 4 and any(
            word.startswith(stem[:-1]) and word[len(stem) - 1 :] in _ENDINGS for word in where
        )
        if stem in where or is_kin:
            found += 1
    # Half a name is not half the subject: "Camp" of "Camp Lipa" is as good as nothing.
    return (found / len(stems)) ** 2
