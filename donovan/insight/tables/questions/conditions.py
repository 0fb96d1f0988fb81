"""Finds the conditions in a question: comparisons, values that speak for themselves, spans of days.

What is found leaves the marker "@" in its place. A part that fits its column in no way stays, and the head
of the question, which must explain every part that is left, then fails.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.lexicon import Span
from donovan.insight.tables.questions.linking import Part, as_number
from donovan.insight.tables.shaping import Condition

MARK = "@"


@dataclass
class Sentence:
    """The parts that are left, and what was found."""

    parts: list[Part]
    table: TableFacts
    found: list[tuple[int, Condition]] = field(default_factory=list)
    is_broken: bool = False

    @property
    def codes(self) -> str:
        return "".join(part.code for part in self.parts)

    def take(self, first: int, last: int) -> list[Part]:
        """Replace parts by one marker, and give what stood there."""
        taken = self.parts[first:last]
        mark = Part(MARK, None, taken[0].first, taken[-1].last, "")
        self.parts[first:last] = [mark]
        return taken

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(condition for _, condition in self.found)

    def columns_of_type(self, types: frozenset[str]) -> list[ColumnFacts]:
        return [column for column in self.table.columns if column.type in types]

    @property
    def date_columns(self) -> list[ColumnFacts]:
        return [column for column in self.table.columns if column.is_date]


Made = list[Condition] | None
Handler = Callable[[Sentence, list[Part]], Made]


def find_conditions(sentence: Sentence) -> None:
    """Take every condition out of the sentence, most telling patterns first."""
    for pattern, handler in PATTERNS:
        at = 0
        while found := pattern.search(sentence.codes, at):
            made = handler(sentence, sentence.parts[found.start() : found.end()])
            if made is None:
                at = found.start() + 1
                continue
            taken = sentence.take(found.start(), found.end())
            sentence.found += [(taken[0].first, condition) for condition in made]
            at = found.start()
    _tidy(sentence)
    sentence.is_broken = sentence.is_broken or _contradicts(sentence.conditions)


def _tidy(sentence: Sentence) -> None:
    """Drop the markers and the words that only joined conditions."""
    codes = sentence.codes
    for joined in (r"[m&bft]+(?=@)", r"(?<=@)[m&]+(?=@|$)", r"(?<=@)&", r"^&", r"&$"):
        while found := re.search(joined, codes):
            del sentence.parts[found.start() : found.end()]
            codes = sentence.codes
    sentence.parts = [part for part in sentence.parts if part.code not in (MARK, "m")]


def _contradicts(conditions: Sequence[Condition]) -> bool:
    """Whether one column is said to be two things at once: then something was misunderstood."""
    positive = [condition.column for condition in conditions if condition.operator in ("is", "in", "between")]
    return len(positive) != len(set(positive)) or len(set(conditions)) != len(conditions)


def _column(parts: Sequence[Part]) -> ColumnFacts | None:
    found = [part.payload for part in parts if part.code == "C"]
    if not found or any(column.name != found[0].name for column in found):
        return None
    first: ColumnFacts = found[0]
    return first


def _fits(column: ColumnFacts, payload: Any) -> bool:
    if isinstance(payload, Decimal):
        return column.is_number
    if isinstance(payload, Span):
        return column.is_date
    return column.type == "time" or (column.type == "datetime" and isinstance(payload, time))


def _implied(sentence: Sentence, payload: Any) -> ColumnFacts | None:
    """The column that a date or time speaks of when none is named: the only one of its type."""
    if isinstance(payload, Decimal):
        return None
    types = frozenset({"time"}) if isinstance(payload, time) else frozenset({"date", "datetime"})
    possible = sentence.columns_of_type(types)
    return possible[0] if len(possible) == 1 else None


def _low(column: ColumnFacts, payload: Any) -> Any:
    if isinstance(payload, Span):
        return _moment(column, payload.first)
    return as_number(payload, column) if isinstance(payload, Decimal) else payload


def _high(column: ColumnFacts, payload: Any) -> Any:
    if isinstance(payload, Span):
        return _moment(column, payload.last)
    return as_number(payload, column) if isinstance(payload, Decimal) else payload


def _moment(column: ColumnFacts, day: date) -> date:
    return datetime(day.year, day.month, day.day) if column.type == "datetime" else day


def _next(column: ColumnFacts, payload: Span) -> Any:
    return _moment(column, payload.last + timedelta(days=1))


def within(column: ColumnFacts, first: Any, last: Any) -> list[Condition]:
    """From one value to another, both included; days are whole days."""
    if column.type == "datetime" and isinstance(first, Span) and isinstance(last, Span):
        return [
            Condition(column.name, "at least", (_low(column, first),), column.type),
            Condition(column.name, "less", (_next(column, last),), column.type),
        ]
    values = (_low(column, first), _high(column, last))
    return [Condition(column.name, "between", values, column.type)]


def compared(column: ColumnFacts, operator: str, payload: Any) -> list[Condition]:
    """A comparison; a month or a day in a column of moments is all of its hours."""
    if isinstance(payload, Span):
        if operator == "is":
            is_one = payload.is_day and column.type == "date"
            return (
                [Condition(column.name, "is", (payload.first,), column.type)]
                if is_one
                else within(column, payload, payload)
            )
        if operator == "more":
            return [Condition(column.name, "at least", (_next(column, payload),), column.type)]
        if operator == "at most":
            return [Condition(column.name, "less", (_next(column, payload),), column.type)]
        return [Condition(column.name, operator, (_low(column, payload),), column.type)]
    return [Condition(column.name, operator, (_low(column, payload),), column.type)]


def _between(sentence: Sentence, parts: list[Part]) -> Made:
    ends = [part.payload for part in parts if part.code in "NDM"]
    named = [part for part in parts if part.code == "C"]
    column = _column(parts) if named else _implied(sentence, ends[0])
    if column is None or not all(_fits(column, end) for end in ends):
        return None
    if _low(column, ends[0]) > _high(column, ends[1]):
        sentence.is_broken = True
    return within(column, ends[0], ends[1])


def _comparison(sentence: Sentence, parts: list[Part]) -> Made:
    (operator,) = [part.payload for part in parts if part.code == "o"]
    (value,) = [part.payload for part in parts if part.code in "NDM"]
    named = [part for part in parts if part.code == "C"]
    column = _column(parts) if named else _implied(sentence, value)
    if column is None or not _fits(column, value) or any(part.code == "!" for part in parts):
        return None
    if parts[-1].code == "C" and parts[0].code != "C" and column.is_key and column.is_number:
        # "More than 36 deliveries" counts deliveries; it compares no delivery number.
        return None
    return compared(column, operator, value)


def _missing(sentence: Sentence, parts: list[Part]) -> Made:
    column = _column(parts)
    codes = "".join(part.code for part in parts)
    if column is None:
        return None
    is_there = "Y" in codes or "!" in codes
    return [Condition(column.name, "present" if is_there else "missing", (), column.type)]


def _text(sentence: Sentence, parts: list[Part]) -> Made:
    column = _column(parts)
    (operator,) = [part.payload for part in parts if part.code == "c"]
    (said,) = [part for part in parts if part.code in "SV"]
    if column is None or column.type != "text":
        return None
    text = said.payload[2] if said.code == "V" else said.payload
    is_negative = any(part.code == "!" for part in parts)
    if is_negative and (operator != "contains" or column.missing):
        return None
    return [Condition(column.name, f"not {operator}" if is_negative else operator, (text,), "text")]


def _values(sentence: Sentence, parts: list[Part]) -> Made:
    """Values of one column, with or without its name, all of them wanted or none."""
    said = [part.payload for part in parts if part.code == "V"]
    column: ColumnFacts = said[0][0]
    named = [part.payload for part in parts if part.code == "C"]
    if any(other[0].name != column.name for other in said[1:]):
        return None
    if any(other.name != column.name for other in named):
        return None
    values = tuple(dict.fromkeys(value for _, condition, _ in said for value in condition.values))
    is_negative = any(part.code == "!" for part in parts)
    if is_negative and column.missing:
        # Whether a missing value is "not diesel" is for the asker to say.
        sentence.is_broken = True
    operator = (
        ("not in" if len(values) > 1 else "is not") if is_negative else ("in" if len(values) > 1 else "is")
    )
    return [Condition(column.name, operator, values, "text")]


def _key(sentence: Sentence, parts: list[Part]) -> Made:
    """`convoy 7`, `age is 3`."""
    column = _column(parts)
    (value,) = [part.payload for part in parts if part.code == "N"]
    if column is None or any(part.code == "!" for part in parts):
        return None
    if column.is_number:
        return compared(column, "is", value)
    wanted = tuple(text for text in column.values if text.strip() == f"{value:f}")
    return [Condition(column.name, "is", wanted, "text")] if len(wanted) == 1 else None


def _dated(sentence: Sentence, parts: list[Part]) -> Made:
    (value,) = [part.payload for part in parts if part.code in "DM"]
    named = [part for part in parts if part.code == "C"]
    column = _column(parts) if named else _implied(sentence, value)
    if column is None or not _fits(column, value):
        return None
    return compared(column, "is", value)


def _open_start(sentence: Sentence, parts: list[Part]) -> Made:
    """`from 10 September` without an end: on that day, or since then."""
    sentence.is_broken = True
    return None


def _of_another(sentence: Sentence, parts: list[Part]) -> Made:
    """`arrived after 12:00` where arrivals are no times: never of the only column of times that there is."""
    column = parts[0].payload
    if column.type == "text" and column.title.lower().split("_")[-1].endswith("ed"):
        sentence.is_broken = True
    return None


def _quoted(sentence: Sentence, parts: list[Part]) -> Made:
    column = _column(parts)
    (value,) = [part.payload for part in parts if part.code == "S"]
    if column is None or column.type != "text":
        return None
    is_negative = any(part.code == "!" for part in parts)
    if is_negative and column.missing:
        return None
    return [Condition(column.name, "is not" if is_negative else "is", (value,), "text")]


PATTERNS: list[tuple[re.Pattern[str], Handler]] = [
    (re.compile(r"Ck[NDM]C?&[NDM]C?"), _between),
    (re.compile(r"k[NDM]&[NDM]C?"), _between),
    (re.compile(r"C?f[NDM][t&o][NDM]C?"), _between),
    (re.compile(r"C?DtD"), _between),
    (re.compile(r"C!?c[SV]"), _text),
    (re.compile(r"CY|C!z|YC"), _missing),
    (re.compile(r"Cz|zC|ZC"), _missing),
    (re.compile(r"Co[NDM]C"), _comparison),
    (re.compile(r"Co[NDM](?!C)"), _comparison),
    (re.compile(r"o[ND]C"), _comparison),
    (re.compile(r"Co[NDM]"), _comparison),
    (re.compile(r"Co[DM]"), _of_another),
    (re.compile(r"o[DM]"), _comparison),
    (re.compile(r"C!?V(?:[&|]+V)*"), _values),
    (re.compile(r"!?V(?:[&|]+V)*C"), _values),
    (re.compile(r"!?V(?:[&|]+V)+"), _values),
    (re.compile(r"!?V"), _values),
    (re.compile(r"C!?S"), _quoted),
    (re.compile(r"f[DM]"), _open_start),
    (re.compile(r"CD|DC"), _dated),
    (re.compile(r"CM"), _dated),
    (re.compile(r"D"), _dated),
    (re.compile(r"mNC"), _key),
    (re.compile(r"(?<![PBx])CN(?!C)"), _key),
]
