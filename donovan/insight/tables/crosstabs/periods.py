"""Which period a title stands for: its year, and what else is said of it.

"Q4 2018" and "2019" are no two years, nor are "2018 actual" and "2019 planned", "FY2018" and "2019", or
"January 2018" and "March 2019". What a title says beside its year is its frame; figures are only held against
each other where their frames agree.
"""

import re
from typing import Final

from donovan.assistant.terms import stems_in

_NAMES: Final = "january february march april may june july august september october november december"
_SHORT: Final = {name[:3]: place for place, name in enumerate(_NAMES.split(), 1)}
_MONTH: Final = re.compile(
    rf"\b(?:{'|'.join(_NAMES.split())}|{'|'.join(_SHORT)}|sept)\b\.?(?=\W|$)", re.IGNORECASE
)
_DAY_OF_MONTH: Final = re.compile(
    rf"(?:\b\d{{1,2}}\s+{_MONTH.pattern}|{_MONTH.pattern}\s+\d{{1,2}}\b)", re.IGNORECASE
)
_YEAR: Final = re.compile(
    r"(?<![\d.,])((?:19|20)\d\d)(?:\s?[/–-]\s?(\d\d|(?:19|20)\d\d)\b)?(?![\d]|[.,]\d)"
    r"|\b(?:FY|F|CY)\s?'?(\d\d)\b",
    re.IGNORECASE,
)
_SPACED: Final = re.compile(r"(?<=\d) (?=\d)")
_PART: Final = re.compile(
    r"\b(?:q[1-4]|h[12]|(?:first|second|third|fourth|1st|2nd|3rd|4th|last) (?:quarter|half)|quarters?|"
    r"months?|weekly|monthly|to date|ytd)\b",
    re.IGNORECASE,
)
_KIND: Final = re.compile(r"\b(fy|f|fiscal|financial|cy|calendar)(?=\s?'?\d\d|\b)", re.IGNORECASE)
_SCALE: Final = re.compile(
    r"\b(?:in\s+)?(?:thousands?|millions?|billions?|mn|bn|000s)\b|['’]000|[$€£]\s?(?:m|k|bn)\b", re.IGNORECASE
)


def years_in(text: str) -> frozenset[int]:
    """The years that a title names: "December 31, 2019", "FY19", "2 0 1 9"; both of "2018/19"."""
    bare = text if any(character.isalpha() for character in text) else _SPACED.sub("", text)
    found: set[int] = set()
    for full, second, short in _YEAR.findall(bare):
        found.add(int(full or f"20{short}"))
        if second:
            found.add(int(second) if len(second) > 2 else int(f"{full[:2]}{second}"))
    return frozenset(found)


def months_in(text: str) -> frozenset[int]:
    """The months that a text names, 1 to 12."""
    return frozenset(_SHORT[match[0].strip(". ").casefold()[:3]] for match in _MONTH.finditer(text))


def parts_in(text: str) -> frozenset[str]:
    """The parts of a year that a text names: "Q4", "first half", "three months"."""
    return frozenset(" ".join(match[0].casefold().split()) for match in _PART.finditer(text))


def kind_of_year(text: str) -> str:
    """ "fiscal" or "calendar" where a text says which; else nothing."""
    said = {match[1].casefold()[0] for match in _KIND.finditer(text)}
    return {"f": "fiscal", "c": "calendar"}[said.pop()] if len(said) == 1 else ""


def frame_of(title: str) -> tuple[frozenset[str], frozenset[str], str]:
    """What a title says of its period beside the year: words, parts of the year, the kind of year. The month
    of a whole date is not of it (`is_same_time` compares those), nor is the scale.
    """
    bare = _MONTH.sub(" ", _SCALE.sub(" ", title))
    words = {stem for stem in stems_in(bare, "en") if not any(character.isdigit() for character in stem)}
    return frozenset(words - {"fy", "cy", "f", "year", "end", "fiscal"}), parts_in(title), kind_of_year(title)


def is_same_time(one: str, other: str) -> bool:
    """Whether two titles stand for the same time of different years: frames agree, and months too. Days on
    which a year ends may move into the next month ("December 28, 2018", "January 3, 2020").
    """
    if frame_of(one) != frame_of(other):
        return False
    first, second = months_in(one), months_in(other)
    if first == second:
        return True
    are_days = bool(_DAY_OF_MONTH.search(one)) and bool(_DAY_OF_MONTH.search(other))
    if not are_days or len(first) != 1 or len(second) != 1:
        return False
    apart = abs(next(iter(first)) - next(iter(second)))
    return min(apart, 12 - apart) == 1
