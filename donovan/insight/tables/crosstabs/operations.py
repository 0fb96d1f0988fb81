"""What a question wants reckoned: "the percentage change in X from 2018 to 2019", "the ratio of A to B".

Only English is read. A question of another shape is no question of this kind.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LONGEST: Final = 400
"""Characters of a question that is looked at."""


class Operation(StrEnum):
    """What is done with the cells."""

    CHANGE = "change"
    AVERAGE = "average"
    SUM = "sum"
    DIFFERENCE = "difference"
    SHARE = "share"
    RATIO = "ratio"


@dataclass(frozen=True)
class Wanted:
    """An operation on `items` as the question words them. `years` are those it names, in its order; `start`
    is the year that a change goes from, where the question says so. `direction` is 1 where a change is called
    a rise and -1 where it is called a fall. `text` is the question.
    """

    operation: Operation
    items: tuple[str, ...]
    years: tuple[int, ...]
    start: int | None = None
    is_percentage: bool = False
    direction: int = 0
    text: str = ""


_YEAR: Final = re.compile(
    r"(?<![\w.,])(?:(?:fiscal|financial|calendar) )?(?:years? )?(?:ended )?(?:FY|F|CY)?\s?'?"
    r"(?P<year>(?:19|20)\d\d)(?![\w]|[.,]\d)|(?<!\w)(?:FY|F|CY)\s?'?(?P<short>\d\d)(?!\w)",
    re.IGNORECASE,
)
_DAY: Final = re.compile(
    r"(?:\b\d{1,2}(?:st|nd|rd|th)?\s+)?\b(?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december)\b(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?\s*(?=(?:19|20)\d\d)",
    re.IGNORECASE,
)
_MOVE: Final = r"(?:change|increase|decrease|growth|rise|drop|fall|decline|reduction|variation)"
_MOVES: Final = rf"(?:(?:year on year )?{_MOVE}(?:\s*/?\s*\(?(?:increase|decrease|or {_MOVE})\)?)?)"
_WHAT: Final = r"^(?:(?:what|how much) (?:is|was|were|are) (?:the )?|calculate (?:the )?|find (?:the )?)"
_AMOUNT: Final = r"(?:(?:total |net |nominal |absolute |amount of |value of )?)"
_PERCENT: Final = r"(?:percentage|percent|per cent|%)"

_CHANGE: Final = (
    re.compile(rf"{_WHAT}(?P<percent>{_PERCENT} )?{_AMOUNT}{_MOVES} (?:in|of|for|on) (?P<item>.+)$", re.I),
    re.compile(
        rf"{_WHAT}(?P<percent>{_PERCENT} )?{_AMOUNT}differences? (?:in|of|for) (?P<item>.+)$", re.IGNORECASE
    ),
    re.compile(
        rf"^(?:by )?(?:how much|(?P<percent>what {_PERCENT}|how many percent)) (?:did|has|have) (?:the )?"
        rf"(?P<item>.+?) (?:{_MOVE}|changed|grown|grow|risen|fallen|increased|decreased)\b(?P<rest>.*)$",
        re.IGNORECASE,
    ),
)
_AVERAGE: Final = re.compile(rf"{_WHAT}(?:average|mean) (?:of )?(?P<item>.+)$", re.IGNORECASE)
_SUM: Final = re.compile(rf"{_WHAT}(?:total|sum|combined total) (?:of |amount of )?(?P<item>.+)$", re.I)
_DIFFERENCE: Final = re.compile(
    rf"{_WHAT}difference (?:in (?P<of>.+?) )?between (?:the )?(?P<one>.+?) and (?:the )?(?P<other>.+)$", re.I
)
_SHARE: Final = (
    re.compile(
        rf"{_WHAT}(?P<one>.+?) (?:expressed )?as a (?:{_PERCENT}|proportion|share) of (?:the )?"
        r"(?P<other>.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_WHAT}(?:{_PERCENT}|proportion|share|percentage constitution) of (?:the )?(?P<one>.+?) "
        r"(?:in|over|out of|to) (?:the )?(?P<other>.+)$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^what (?:{_PERCENT}|proportion|share) of (?:the )?(?P<other>.+?) (?:is|was|were|are) (?:the )?"
        r"(?P<one>.+)$",
        re.IGNORECASE,
    ),
)
_RATIO: Final = re.compile(
    rf"{_WHAT}ratio of (?:the )?(?P<one>.+?) to (?:the )?(?P<other>.+)$", re.IGNORECASE
)
_PERIOD: Final = re.compile(
    r"\b(?:between|from)\b[^?]{0,40}\b(?:19|20)\d\d|\bperiod\b|\d\d\s*(?:-|–|to|through|until)\s*(?:FY|F)?\d\d",
    re.IGNORECASE,
)
LONGEST_PERIOD: Final = 30
"""Years of a period that are added up or averaged."""
_RISES: Final = re.compile(r"\b(?:increase|growth|rise|grow|risen|increased|grown)\b", re.IGNORECASE)
_FALLS: Final = re.compile(r"\b(?:decrease|drop|fall|decline|reduction|fallen|decreased)\b", re.IGNORECASE)
_FROM: Final = re.compile(
    r"\bfrom (?:the )?(?:period )?(?:fiscal |financial )?(?:years? )?(?:ended )?(?:FY ?|F)?((?:19|20)\d\d)",
    re.IGNORECASE,
)
_OVER: Final = re.compile(
    r"\b(?:between|from|for|in|over|during|of|at|as of|as at|and|to|compared (?:to|with)|both|the|by|period|"
    r"periods|years?|fiscal|financial|respectively|\d+(?: year)?|three|two)\s*$",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(r"^\s*(?:between|from|for|in|over|during|of|at|and|to|the|both|,)\b", re.IGNORECASE)


def wanted(text: str) -> Wanted | None:
    """What a question wants reckoned, or None where it wants nothing of the kind."""
    asked = " ".join(text.split()).rstrip("?. ")
    if len(asked) > LONGEST:
        return None
    years = _years(asked)
    start = _FROM.search(_DAY.sub("", asked))
    # "In 2019, what is ..." names the period first.
    bare = re.sub(r"^(?:in|for|during) [^,]{2,24}, (?=what|how)", "", asked, flags=re.IGNORECASE)
    found = (
        _change(bare, years, int(start[1]) if start else None) or _two(bare, years) or _several(bare, years)
    )
    return replace(found, text=asked, direction=_direction(asked)) if found is not None else None


def _direction(asked: str) -> int:
    return bool(_RISES.search(asked)) - bool(_FALLS.search(asked))


def _change(asked: str, years: tuple[int, ...], start: int | None) -> Wanted | None:
    for form in _CHANGE:
        match = form.match(asked)
        if match is None:
            continue
        item = f"{match['item']} {match.groupdict().get('rest') or ''}"
        if "average" in item.casefold() and "average" in asked.casefold().split("change")[0]:
            return None
        phrase = _phrase(item)
        is_percentage = bool(match["percent"])
        return Wanted(Operation.CHANGE, (phrase,), years, start, is_percentage) if phrase else None
    return None


def _two(asked: str, years: tuple[int, ...]) -> Wanted | None:
    """A share, a ratio or a difference: two items in one period."""
    forms = [(Operation.SHARE, form) for form in _SHARE]
    for operation, form in (*forms, (Operation.RATIO, _RATIO), (Operation.DIFFERENCE, _DIFFERENCE)):
        match = form.match(asked)
        if match is None:
            continue
        one, other = _phrase(match["one"]), _phrase(match["other"])
        of = _phrase(match.groupdict().get("of") or "")
        if operation is Operation.DIFFERENCE and not one and not other and of:
            return Wanted(Operation.CHANGE, (of,), years)
        if not one or not other or len(years) > 1:
            return None
        items = (f"{of} {one}".strip(), f"{of} {other}".strip())
        return Wanted(operation, items, years, is_percentage=operation is Operation.SHARE)
    return None


def _several(asked: str, years: tuple[int, ...]) -> Wanted | None:
    """A mean or a sum over periods."""
    if re.search(r"\b(?:respectively|each)\b", asked, re.IGNORECASE):
        return None
    for operation, form in ((Operation.AVERAGE, _AVERAGE), (Operation.SUM, _SUM)):
        match = form.match(asked)
        if match is None:
            continue
        phrase = _phrase(match["item"])
        if phrase and (len(years) > 1 or (operation is Operation.AVERAGE and not years)):
            return Wanted(operation, (phrase,), _span(asked, years))
    return None


def _span(asked: str, years: tuple[int, ...]) -> tuple[int, ...]:
    """Every year of "from 2017 to 2019", "between 2017 and 2019", "2017-2019"; not of "2017 and 2019"."""
    if _PERIOD.search(asked) and len(years) == 2 and 0 < years[1] - years[0] < LONGEST_PERIOD:
        return tuple(range(years[0], years[1] + 1))
    return years


def _years(text: str) -> tuple[int, ...]:
    found = [int(m["year"] or f"20{m['short']}") for m in _YEAR.finditer(text)]
    return tuple(dict.fromkeys(found))


def _phrase(text: str) -> str:
    """The words of an item, without the periods and what joins them."""
    kept: list[str] = []
    for number, piece in enumerate(_YEAR.sub("\x00", _DAY.sub("", text)).split("\x00")):
        left, shorter = "", piece
        while shorter != left:
            left = shorter
            shorter = _OVER.sub("", _LEFT.sub("", left) if number else left).strip(" ,-–'\"’‘“”")
        if left:
            kept.append(left)
    return " ".join(kept)
