"""Enumerations: "for three reasons: 1) the price; 2) the dollar. 3) the strike" is quoted whole or not at
all.

text with its spans -> marks that count on (1) 2) 3), (a) (b), or the lines of a list) with the words that
announce them -> the stretch from those words to the end of the last item
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 1500
"""Characters of an enumeration that is quoted whole; of a longer one the items that fit."""
FARTHEST = 700
"""Characters from one mark to the next."""
FEWEST = 2

_MARK = re.compile(r"(?<![^\s:;,.—–-])\(?(?P<mark>\d{1,2}|[a-h]|[ivx]{1,4})\)(?=\s)", re.IGNORECASE)
_LINE_MARK = re.compile(r"(?:[-*•·–—]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)])\s+")
_ANNOUNCES = re.compile(r"[:：]\s*$")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


@dataclass(frozen=True)
class Enumeration:
    """Where an enumeration stands in its text, the words that announce it counted in, and where its first
    item ends: a span that reaches no further is only its beginning.
    """

    start: int
    end: int
    first_end: int

    def rest_of(self, text: str, start: int, end: int) -> tuple[str, str]:
        """What of it stands before and after the stretch."""
        return text[min(self.start, start) : start], text[end : max(self.end, end)]

    def begins_in(self, start: int, end: int) -> bool:
        """Whether the stretch holds its announcement or its first item and not all of it."""
        return start < self.first_end and end < self.end and self.start < end


def enumerations_in(text: str, cuts: Sequence[tuple[int, int]]) -> list[Enumeration]:
    """Every enumeration of `text`, in order. `cuts` are its spans."""
    return sorted([*_inline(text, cuts), *_of_lines(text, cuts)], key=lambda one: one.start)


def enumeration_of(found: Sequence[Enumeration], start: int, end: int) -> Enumeration | None:
    """The one of them that a stretch is part of, or None."""
    return next((one for one in found if one.start < end and start < one.end), None)


def _inline(text: str, cuts: Sequence[tuple[int, int]]) -> Iterator[Enumeration]:
    """Those whose marks stand in running text."""
    run: list[re.Match[str]] = []
    for match in [*_MARK.finditer(text), None]:
        if match is not None and run and _follows(run[-1], match):
            run.append(match)
            continue
        if match is not None and run and match.start() - run[-1].end() <= FARTHEST and not _is_first(match):
            # A mark of another count ("(ii)" inside "2)") ends nothing.
            continue
        if len(run) >= FEWEST:
            yield _whole(text, cuts, [mark.start() for mark in run])
        run = [match] if match is not None and _is_first(match) else []


def _is_first(match: re.Match[str]) -> bool:
    return match["mark"].casefold() in ("1", "a", "i")


def _follows(one: re.Match[str], other: re.Match[str]) -> bool:
    if other.start() - one.end() > FARTHEST:
        return False
    mine, theirs = one["mark"].casefold(), other["mark"].casefold()
    if mine.isdigit() or theirs.isdigit():
        return mine.isdigit() and theirs.isdigit() and int(theirs) == int(mine) + 1
    if mine in _ROMAN and theirs in _ROMAN and _ROMAN.index(theirs) == _ROMAN.index(mine) + 1:
        return True
    return len(mine) == len(theirs) == 1 and ord(theirs) == ord(mine) + 1


def _of_lines(text: str, cuts: Sequence[tuple[int, int]]) -> Iterator[Enumeration]:
    """Those that a line ending with a colon announces, each item a line of its own."""
    for index, (start, end) in enumerate(cuts):
        if not _ANNOUNCES.search(text[start:end]):
            continue
        items: list[tuple[int, int]] = []
        for begin, stop in map(cuts.__getitem__, range(index + 1, len(cuts))):
            is_item = _LINE_MARK.match(text, begin) is not None
            if stop - start > LONGEST or (not is_item and (not items or "\n" in text[items[-1][1] : begin])):
                break
            # A further sentence of the line above belongs to its item.
            items.append((begin, stop))
        if sum(_LINE_MARK.match(text, begin) is not None for begin, _stop in items) >= FEWEST:
            yield Enumeration(start, items[-1][1], items[0][1])


def _whole(text: str, cuts: Sequence[tuple[int, int]], marks: Sequence[int]) -> Enumeration:
    """From the span that announces the first mark to the end of the span with the last one that fits."""
    first = _holding(cuts, marks[0])
    start = cuts[first][0]
    if marks[0] <= start and first and _ANNOUNCES.search(text[cuts[first - 1][0] : cuts[first - 1][1]]):
        start = cuts[first - 1][0]
    ends = [cuts[_holding(cuts, mark)][1] for mark in marks]
    kept = [end for end in ends if end - start <= LONGEST] or ends[:1]
    return Enumeration(start, kept[-1], min(ends[0], marks[1]))


def _holding(cuts: Sequence[tuple[int, int]], place: int) -> int:
    """The number of the span that holds the place, or of the next one after it."""
    return min(bisect_right(cuts, place, key=lambda cut: cut[1]), len(cuts) - 1)
