"""The values that spans give for what is asked, in forms that can be compared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal

from donovan.assistant.questions import Question
from donovan.assistant.reconciliation.states import StateWord, asked_states
from donovan.assistant.spans import Span
from donovan.assistant.terms import stem_of
from donovan.assistant.words import BOUNDS
from ingest.values.dates import PartialDate, dates
from ingest.values.numbers import Quantity, quantities

_WORD = re.compile(r"[^\W\d_]+")
# What comes after these is what the statement does not say: "216, not 212", "40 tonnes instead of 20".
_DENIED = re.compile(
    r"(?<!\w)(?:(?:and |but )?not|instead of|rather than|as opposed to|previously|formerly|y no"
    r"|en lugar de|en vez de"
    r"|antes|et non(?: pas)?|au lieu de|und nicht|nicht|statt|anstatt|anstelle von|bisher|а не|вместо"
    r"|ranije|a ne|umesto"
    r"|umjesto|وليس|ليس|بدلا من|بدلًا من)\s+[^\d.;:]{0,30}$|(?:而不是|而非|不是)[^\d。；]{0,12}$",
    re.IGNORECASE,
)
_WAS_WRONG = re.compile(
    r"^[^.;\d]{0,60}\b(?:was|were|is|are)\s(?:wrong|mistaken|incorrect|in error|a mistake|an error)\b",
    re.IGNORECASE,
)
_NOUN_REACH = 4
_CLOSE = Decimal("0.1")


@dataclass(frozen=True)
class NumberValue:
    """A number with its unit; `is_rough` where the text says about, over, nearly or the like."""

    text: str
    start: int
    values: frozenset[Decimal]
    unit: str
    is_rough: bool

    def agrees(self, other: "NumberValue") -> bool:
        if self.unit and other.unit and self.unit != other.unit:
            return False
        if self.values & other.values:
            return True
        return any(_is_rounding(mine, theirs, self.is_rough, other.is_rough)
                   for mine in self.values for theirs in other.values)  # fmt: skip

    @property
    def key(self) -> str:
        return f"{min(self.values)} {self.unit}".strip()


@dataclass(frozen=True)
class DateValue:
    """A date, its missing year taken from the day of the paper where that is known."""

    text: str
    date: PartialDate
    year: int

    @property
    def start(self) -> int:
        return self.date.start

    def agrees(self, other: "DateValue") -> bool:
        mine, theirs = self.date, other.date
        is_same_year = not self.year or not other.year or self.year % 100 == other.year % 100
        return (
            is_same_year
            and (not mine.month or not theirs.month or mine.month == theirs.month)
            and (not mine.day or not theirs.day or mine.day == theirs.day)
        )

    @property
    def key(self) -> str:
        return f"{self.year or 0:04}-{self.date.month:02}-{self.date.day:02}"


@dataclass(frozen=True)
class StateValue:
    """One of two opposite states ("open", "closed"), however it is worded."""

    text: str
    word: StateWord

    @property
    def start(self) -> int:
        return self.word.start

    def agrees(self, other: "StateValue") -> bool:
        return self.word.pair != other.word.pair or self.word.is_first == other.word.is_first

    @property
    def key(self) -> str:
        return f"{self.word.pair} {'first' if self.word.is_first else 'second'}"


Value = NumberValue | DateValue | StateValue


def values_in(question: Question, span: Span, day: Day | None = None) -> tuple[Value, ...]:
    """The values of the kind asked for, those left out that the question gives or the span denies.

    Numbers for a question of measure, dates for one of time, opposite states for one that asks how something
    stands; `start` of each is its place in the span's text. `day` is that of the paper and fills years.
    """
    language = span.language or question.language
    if question.expects == "date":
        return tuple(_dates(_without_label(span), day))
    if question.expects == "number":
        return tuple(_numbers(question, _without_label(span), language))
    if question.expects:
        return ()
    return tuple(StateValue(word.text, word) for word in asked_states(question.text, span.text))


def agree(mine: Sequence[Value], theirs: Sequence[Value]) -> bool:
    """Whether any value of the one is one of the other; states agree where none is opposite."""
    states = [value for value in mine if isinstance(value, StateValue)]
    others = [value for value in theirs if isinstance(value, StateValue)]
    if states and others:
        return all(one.agrees(other) for one in states for other in others)
    return any(_agrees(one, other) for one in mine for other in theirs)


def _agrees(one: Value, other: Value) -> bool:
    if isinstance(one, NumberValue) and isinstance(other, NumberValue):
        return one.agrees(other)
    if isinstance(one, DateValue) and isinstance(other, DateValue):
        return one.agrees(other)
    return False


def _without_label(span: Span) -> str:
    """The text of a span with the label of a field blanked out: all places stay as they are."""
    if not span.field_name:
        return span.text
    place = span.text.rfind(span.value)
    return " " * place + span.text[place:] if place > 0 else span.text


def _dates(text: str, day: Day | None) -> Iterator[DateValue]:
    for date in dates(text):
        if date.day and not _is_denied(text, date.start, date.end):
            yield DateValue(text[date.start : date.end], date, date.year or (day.year if day else 0))


def _numbers(question: Question, text: str, language: str) -> list[NumberValue]:
    given = {value for quantity in quantities(question.text, language) for value in quantity.values}
    masked = text
    for date in dates(text):
        masked = masked[: date.start] + " " * (date.end - date.start) + masked[date.end :]
    found = [
        quantity
        for quantity in quantities(masked, language)
        if quantity.values
        and not quantity.values & given
        and not _is_denied(masked, quantity.start, quantity.end)
    ]
    # Written in figures and no number ("14:30") is no value. Of several numbers those are meant that have the
    # unit or count the thing asked for.
    fitting = [quantity for quantity in found if quantity.unit in question.units] or [
        quantity for quantity in found if _counts_asked(question, quantity, masked, language)
    ]
    return [
        NumberValue(
            masked[quantity.start : quantity.end].strip(),
            quantity.start,
            quantity.values,
            quantity.unit,
            _is_rough(masked, quantity.start),
        )
        for quantity in (fitting or found)
    ]


def _counts_asked(question: Question, quantity: Quantity, text: str, language: str) -> bool:
    following = _WORD.findall(text[quantity.end : quantity.end + 80])[:_NOUN_REACH]
    return bool(question.counted & {stem_of(word, language) for word in following})


def _is_rough(text: str, start: int) -> bool:
    words = _WORD.findall(text[max(0, start - 25) : start])
    return any(word.casefold() in BOUNDS for word in words[-2:])


def _is_denied(text: str, start: int, end: int) -> bool:
    return _DENIED.search(text[max(0, start - 60) : start]) is not None or (
        _WAS_WRONG.match(text[end : end + 90]) is not None
    )


def _is_rounding(mine: Decimal, theirs: Decimal, mine_rough: bool, theirs_rough: bool) -> bool:
    """Whether one number is the other said roughly: "about 9,000" of 9,012."""
    if not (mine_rough or theirs_rough) or not mine or not theirs:
        return False
    return abs(mine - theirs) <= _CLOSE * max(abs(mine), abs(theirs))
