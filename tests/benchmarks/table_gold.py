"""Questions about tables and their gold: the figures that it is made of, and whether an answer meets it.

Figures are computed from the rows as they were written, with Decimal and Fraction, never by the engine under
test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

Frame = pd.DataFrame


@dataclass(frozen=True)
class Question:
    """`gold` is a number, text, date, list (in order only with `is_ordered`) or dict; None: unanswerable."""

    table: str
    kind: str
    words: str
    gold: Any
    is_ordered: bool = False


def total(frame: Frame, column: str) -> Any:
    known = [value for value in frame[column] if value is not None]
    return sum(known) if known else None


def mean(frame: Frame, column: str) -> Fraction:
    known = [Fraction(value) for value in frame[column] if value is not None]
    return sum(known, Fraction(0)) / len(known)


def median(frame: Frame, column: str) -> Fraction:
    return Fraction(
        pd.Series([Fraction(value) for value in sorted(frame[column].dropna())], dtype=object).pipe(_middle)
    )


def _middle(ordered: "pd.Series[Any]") -> Fraction:
    values, half = list(ordered), len(ordered) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def by(frame: Frame, column: str, figure: Callable[[Frame], Any]) -> dict[Any, Any]:
    return {key: figure(part) for key, part in frame.groupby(column)}


def first_of(figures: dict[Any, Any], *, is_lowest: bool = False) -> Any:
    """The key at one end; None where two share it."""
    ordered = sorted(figures.items(), key=lambda item: item[1], reverse=not is_lowest)
    return None if len(ordered) > 1 and ordered[0][1] == ordered[1][1] else ordered[0][0]


def month_of(value: date) -> date:
    return value.replace(day=1)


def week_of(value: date) -> date:
    return value - timedelta(days=value.weekday())


def is_right(value: Any, question: Question) -> bool:
    """Whether the value of an answer is the gold, exactly; a list in any order unless it is ordered."""
    gold = question.gold
    if isinstance(gold, dict):
        if not isinstance(value, list) or len(value) != len(gold):
            return False
        return all(key in gold and _same(figure, gold[key]) for key, figure in value)
    if isinstance(gold, list):
        found = (
            [item[0] if isinstance(item, tuple) else item for item in value]
            if isinstance(value, list)
            else [value]
        )
        return found == gold if question.is_ordered else sorted(map(str, found)) == sorted(map(str, gold))
    return _same(value, gold)


def _same(value: Any, gold: Any) -> bool:
    is_number = isinstance(gold, int | Decimal | Fraction) and not isinstance(gold, bool)
    if is_number and isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return Fraction(value) == Fraction(gold)
    return type(value) is type(gold) and value == gold
