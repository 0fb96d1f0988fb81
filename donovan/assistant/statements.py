"""The form of a statement: who says it, as of when, and how sure it is.

A text says much that it does not state itself: what somebody said, believes or denies, what is planned, what
is asked. Each such place is a frame with the words it covers. A statement that is drawn from the words of a
frame must keep the frame: of "Ms Brandvold believes that the heater caused the fire" nobody may make "The
heater caused the fire".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from donovan.assistant.clauses import clauses_of
from donovan.assistant.spans import cut
from donovan.assistant.speech_words import (
    ACCORDING,
    ASKING,
    BELIEVING,
    DENYING,
    PLANNING,
    REPORTING,
    THAT,
)
from ingest.values.dates import PartialDate, dates

_QUESTION = re.compile(r"[?？؟][\"'”’»)\]]*\s*$")
_ASKED_BY = re.compile(r"\s*(?:Q|Question|Pregunta|Frage|Вопрос|سؤال|问)\s?[.:：]\s", re.IGNORECASE)
_TURNS = re.compile(
    r"[;；]|,\s+(?:but|while|whereas|although|though|pero|mientras|aunque|mais|tandis|aber|während|но|хотя|однако)\s"
    r"|[،,]\s*و?لكن|，(?:但|而|不过|然而)"
)
_COMMA = re.compile(r"[,،，:：;；()\n]")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|being|it\s+is|se|es|son|est|sont|wird|wurde)\s+$", re.IGNORECASE
)
_ADVERB = re.compile(r"(?:ly|mente|ment|якобы|angeblich)$", re.IGNORECASE)
SERBO_CROATIAN = frozenset({"sr", "hr", "bs", "sh", "cnr"})
_SPEAKER_WORDS = 9
_THAT_REACH = 90
_WORD = re.compile(r"[^\W_]+")


class Certainty(StrEnum):
    """How sure a statement is of itself."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    BELIEVED = "believed"
    PLANNED = "planned"
    ASKED = "asked"
    DENIED = "denied"


@dataclass(frozen=True)
class Frame:
    """Words that are not the text's own: `cue` at (`start`, `end`) says so of (`scope_start`, `scope_end`).

    `speaker` is who says, believes, plans, asks or denies it, as written; empty where the text names nobody.
    """

    certainty: Certainty
    speaker: str
    cue: str
    start: int
    end: int
    scope_start: int
    scope_end: int

    def covers(self, place: int) -> bool:
        return self.scope_start <= place < self.scope_end and not self.start <= place < self.end


@dataclass(frozen=True)
class Statement:
    """A text with its form. `as_of` are the dates that it gives."""

    text: str
    certainty: Certainty
    speaker: str
    as_of: tuple[PartialDate, ...]
    frames: tuple[Frame, ...]

    @property
    def is_fact(self) -> bool:
        return self.certainty is Certainty.ASSERTED


_VERBS = (
    (Certainty.DENIED, DENYING),
    (Certainty.ASKED, ASKING),
    (Certainty.BELIEVED, BELIEVING),
    (Certainty.REPORTED, REPORTING),
)


def read_statement(text: str, language: str = "en") -> Statement:
    """The form of `text`: that of the frame which covers most of it, or asserted where none covers half."""
    frames = frames_in(text, language)
    words = [match.start() for match in _WORD.finditer(text)]
    best = max(frames, key=lambda frame: sum(map(frame.covers, words)), default=None)
    if best is None or 2 * sum(map(best.covers, words)) < len(words) - len(best.cue.split()):
        return Statement(text, Certainty.ASSERTED, "", tuple(dates(text, language)), frames)
    return Statement(text, best.certainty, best.speaker, tuple(dates(text, language)), frames)


@lru_cache(maxsize=4_000)
def frames_in(text: str, language: str = "en") -> tuple[Frame, ...]:
    """Every frame of `text`, in order. Languages without lists of their own are read for questions only."""
    language = (language or "en").lower().split("-")[0]
    language = "sr" if language in SERBO_CROATIAN else language
    found: list[Frame] = []
    for start, end in cut(text):
        found.extend(_frames_of(text, start, end, language))
    return tuple(sorted(found, key=lambda frame: frame.start))


def plans_in(text: str, language: str = "en") -> tuple[Frame, ...]:
    """The frames of what a text tells as a plan or a forecast."""
    return tuple(frame for frame in frames_in(text, language) if frame.certainty is Certainty.PLANNED)


def _frames_of(text: str, start: int, end: int, language: str) -> Iterator[Frame]:
    sentence = text[start:end]
    if _QUESTION.search(sentence) or _ASKED_BY.match(sentence):
        mark = end - 1
        yield Frame(Certainty.ASKED, "", sentence[-1], mark, end, start, mark)
    for certainty, lists in _VERBS:
        pattern = _pattern(lists, language)
        for match in pattern.finditer(text, start, end) if pattern else ():
            yield _said(text, (start, end), match, certainty, language)
    pattern = _pattern(ACCORDING, language)
    for match in pattern.finditer(text, start, end) if pattern else ():
        yield _according(text, start, end, match, language)
    pattern = _pattern(PLANNING, language)
    for match in pattern.finditer(text, start, end) if pattern else ():
        speaker = _before(text, start, match.start())
        yield Frame(
            Certainty.PLANNED,
            speaker,
            match[0],
            match.start(),
            match.end(),
            match.start(),
            _turn(text, match.end(), end),
        )


@lru_cache(maxsize=64)
def _compiled(words: str, is_joined: bool) -> re.Pattern[str]:
    return re.compile(words if is_joined else rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _pattern(lists: dict[str, str], language: str) -> re.Pattern[str] | None:
    words = lists.get(language)
    return _compiled(words, language == "zh") if words else None


def _said(
    text: str, sentence: tuple[int, int], match: re.Match[str], certainty: Certainty, language: str
) -> Frame:
    """The frame of a verb: before what is said, after it ("..., Marsh said."), or said of nobody."""
    start, end = sentence
    speaker = _before(text, start, match.start())
    if _PASSIVE.search(text[start : match.start()]):
        turn = _turn(text, match.end(), end)
        return Frame(certainty, "", match[0], match.start(), match.end(), start, turn)
    that = re.compile(THAT[language]).search(text, match.end(), min(end, match.end() + _THAT_REACH)) if (
        THAT.get(language)
    ) else None  # fmt: skip
    rest = text[match.end() : end]
    if that is None and len(rest.split()) <= _SPEAKER_WORDS - 3:
        comma = max(text.rfind(mark, start, match.start()) for mark in (",", "،", "，", "”", '"'))
        between = text[comma + 1 : match.start()].strip(' ”"»') if comma > start else ""
        who = rest.strip(' .,“”"')
        if comma > start and bool(between) != bool(who) and len(between.split()) <= _SPEAKER_WORDS:
            who = between or who
            return Frame(certainty, who, match[0], match.start(), match.end(), start, comma)
    if that is not None and language == "ar":
        speaker = text[match.end() : that.start()].strip()
    begin = that.end() if that is not None else match.end()
    return Frame(
        certainty, speaker, match[0], match.start(), match.end(), begin, _turn(text, match.end(), end)
    )


def _according(text: str, start: int, end: int, match: re.Match[str], language: str) -> Frame:
    """ "According to Marsh, ..." and "reportedly": the whole sentence but for the words themselves."""
    stop = _COMMA.search(text, match.end(), end)
    if _ADVERB.search(match[0]):
        clauses = clauses_of(text[start:end], language)
        place = match.start() - start
        begin, stop_at = next(((b, e) for b, e in clauses if b <= place < e), (0, end - start))
        return Frame(
            Certainty.REPORTED, "", match[0], match.start(), match.end(), start + begin, start + stop_at
        )
    phrase_end = stop.start() if stop else end
    speaker = text[match.end() : phrase_end].strip(" .")
    if len(speaker.split()) > _SPEAKER_WORDS:
        phrase_end = match.end()
    return Frame(Certainty.REPORTED, speaker, match[0], match.start(), phrase_end, start, end)


def _before(text: str, start: int, place: int) -> str:
    """The words before a verb back to the last comma: who it is of."""
    said = _COMMA.split(text[start:place])[-1].strip()
    words = said.split()
    return " ".join(words[-_SPEAKER_WORDS:])


def _turn(text: str, place: int, end: int) -> int:
    """Where what is said ends: at the end of the sentence, or where it turns to something else."""
    turn = _TURNS.search(text, place, end)
    return turn.start() if turn else end
