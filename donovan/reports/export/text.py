"""Text as it may stand in a file: no control signs, no marks that turn the order of what follows.

Values of tables become words here too, the same in every form.
"""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real
from typing import Any

# What XML 1.0 cannot hold, the other control signs, and noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufff9-\ufffb]"
)
# Embeddings, overrides and isolates: left open, they would reorder portion marks (CVE-2021-42574).
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"[\s\x85]+")
# Hebrew, Arabic and its neighbours, with the presentation forms.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]"
    "(?:[\\s.,،؛:'\"\u200f-]*[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc])*"
)
_MOST_DECIMALS = 4
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][+-]?\d+)?%?")


def clean(text: object) -> str:
    """One line of text with nothing in it that acts. None is the empty text."""
    if text is None:
        return ""
    return _SPACE.sub(" ", _TURNS.sub("", _FORBIDDEN.sub(" ", str(text)))).strip()


def shortened(text: str, longest: int) -> str:
    """At most `longest` letters, ended at a word with an ellipsis where something was left out."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    head, _, _ = cut.rpartition(" ")
    return f"{head if len(head) > longest // 2 else cut}…"


def cell_text(value: Any) -> str:
    """A value as a person reads it: numbers without noise, dates as 2026-11-23, nothing as the empty text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Fifteen digits are what a double holds; the sixteenth is the noise of 0.1 + 0.2.
        if math.isinf(value):
            return "∞" if value > 0 else "-∞"
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return clean(value)


def column_texts(values: Sequence[Any]) -> list[str]:
    """The values of one column as words; floating point numbers show as many decimals as one needs."""
    texts = [cell_text(value) for value in values]
    decimals = max(
        (
            len(text.partition(".")[2])
            for value, text in zip(values, texts, strict=True)
            if _is_plain(value, text)
        ),
        default=0,
    )
    if not 0 < decimals <= _MOST_DECIMALS:
        return texts
    return [
        f"{value:.{decimals}f}" if _is_plain(value, text) else text
        for value, text in zip(values, texts, strict=True)
    ]


def _is_plain(value: Any, text: str) -> bool:
    return isinstance(value, float) and text != "" and "e" not in text and "n" not in text


def is_number(value: Any) -> bool:
    """Whether a value is a number, by its type."""
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def looks_like_a_number(text: str) -> bool:
    """Whether a text is nothing but a number, such as "-12.5" or "3,4 %" without its space."""
    return _NUMBER.fullmatch(text) is not None


def is_of_numbers(values: Sequence[Any]) -> bool:
    """Whether a column holds numbers, as values or as texts, and nothing else beside what is missing."""
    told = [value for value in values if value is not None and value != ""]
    return bool(told) and all(is_number(each) or looks_like_a_number(clean(each)) for each in told)


def by_direction(text: str) -> list[tuple[str, bool]]:
    """The text in stretches, each with whether it is written from right to left."""
    stretches: list[tuple[str, bool]] = []
    place = 0
    for found in _RIGHT_TO_LEFT.finditer(text):
        if found.start() > place:
            stretches.append((text[place : found.start()], False))
        stretches.append((found.group(), True))
        place = found.end()
    if place < len(text):
        stretches.append((text[place:], False))
    return stretches
