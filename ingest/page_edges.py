"""The lines near the top and bottom edge of each page, and how far they stand apart from what is between.

Where the boxes of words are known, lines are put in order down the page; elsewhere the order of the text
counts, and an empty line sets apart.
"""

import re
import statistics
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from ingest.protocol import Box, PageRead

# So many rows of print from each edge are looked at, and no further in than this share of the page.
DEPTH = 4
_REACH = 0.2
# A head or foot stands this much further from the text than the rows of the text do from each other.
_APART = 1.5
_OUTERMOST = 0.075
# A gap this wide, as a share of the page's width, is no space between words.
_WIDE_GAP = 0.03
# Two edges of cells closer than this, as a share of the page's width, are one edge.
_ALIGNED = 0.012
_LINE = re.compile(r"[^\n]+")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_START = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: offsets without white space at its edges, and its top and bottom as shares of the
    page (both 0 where no box is known).
    """

    start: int
    end: int
    text: str
    top: float = 0.0
    bottom: float = 0.0

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A line near an edge of a page. `depth` counts rows of print from that edge, beginning at 0."""

    page: int
    line: Line
    is_head: bool
    depth: int


@dataclass
class Layout:
    """One page: its lines in order, and the rows of print that they form from the top down."""

    page: PageRead
    lines: list[Line]
    bands: list[list[Line]]
    has_boxes: bool
    gap: float = 0.0
    words: Sequence[Box] = field(default=())

    def edge_lines(self, index: int) -> list[EdgeLine]:
        """The lines of the outermost rows; `index` is the place of the page in the document."""
        count = len(self.bands)
        depth = DEPTH if count >= 2 * DEPTH else count // 2
        found = []
        for at, band in enumerate(self.bands):
            from_foot = count - 1 - at
            if at < depth and self._reaches(band[0].middle):
                found += [EdgeLine(index, line, True, at) for line in band]
            elif (from_foot < depth or count == 1) and self._reaches(1 - band[0].middle):
                found += [EdgeLine(index, line, False, from_foot) for line in band]
        return found

    def _reaches(self, distance: float) -> bool:
        return not self.has_boxes or distance <= _REACH

    def band_of(self, edge: EdgeLine) -> int:
        """Where the row of this line stands among the rows of the page."""
        return edge.depth if edge.is_head else len(self.bands) - 1 - edge.depth

    def is_apart(self, edge: EdgeLine, running: set[int]) -> bool:
        """Whether the block that the line belongs to stands apart from the next row within.

        `running` holds the starts of lines that may be part of that block.
        """
        step = 1 if edge.is_head else -1
        at = self.band_of(edge)
        while 0 <= at + step < len(self.bands):
            if any(line.start not in running for line in self.bands[at + step]):
                break
            at += step
        else:
            return True
        here, within = self.bands[at], self.bands[at + step]
        above, below = (here, within) if edge.is_head else (within, here)
        if not self.has_boxes:
            return bool(_EMPTY_LINE.search(self.page.text, above[-1].end, below[0].start))
        if self._is_table(here, within):
            return False
        gap = min(line.top for line in below) - max(line.bottom for line in above)
        margin = edge.line.middle if edge.is_head else 1 - edge.line.middle
        return gap >= _APART * self.gap or (margin < _OUTERMOST and gap >= 0.9 * self.gap)

    def _is_table(self, here: list[Line], within: list[Line]) -> bool:
        """Whether two rows have the same columns: then the outer one is the head of a table."""
        first, second = self._cells(here), self._cells(within)
        if len(first) < 3 or len(second) < 3:
            return False
        meeting = sum(
            any(
                abs(left - other_left) < _ALIGNED
                or abs(right - other_right) < _ALIGNED
                or abs(left + right - other_left - other_right) < 2 * _ALIGNED
                for other_left, other_right in second
            )
            for left, right in first
        )
        return meeting >= max(2, 0.6 * len(first))

    def _cells(self, band: Sequence[Line]) -> list[tuple[float, float]]:
        """Left and right edges of stretches of words without a wide gap, from left to right."""
        boxes = sorted((box for line in band for box in self.boxes(line)), key=attrgetter("left"))
        cells: list[tuple[float, float]] = []
        for box in boxes:
            # Columns of figures stand closer than a number and a running title do.
            if cells and box.left - cells[-1][1] < _WIDE_GAP / 2:
                cells[-1] = (cells[-1][0], max(cells[-1][1], box.right))
            else:
                cells.append((box.left, box.right))
        return cells

    def boxes(self, line: Line) -> Sequence[Box]:
        """The boxes of the words of a line."""
        first = bisect_left(self.words, line.start, key=_START)
        last = bisect_left(self.words, line.end, lo=first, key=_START)
        return self.words[first:last]

    def has_gap(self, line: Line, place: int) -> bool:
        """Whether a wide gap lies before or after what begins at `place`: another field of the line."""
        start = line.start + place
        boxes = self.boxes(line)
        at = bisect_left(boxes, start, key=_START)
        if at < len(boxes) and boxes[at].start == start:
            before = boxes[at].left - boxes[at - 1].right if at else 0.0
            after = boxes[at + 1].left - boxes[at].right if at + 1 < len(boxes) else 0.0
            return max(before, after) >= _WIDE_GAP
        head, tail = line.text[:place], line.text[place:]
        return bool(re.search(r"(\t|\s{3,})$", head) or re.match(r"\S+(\t|\s{3,})", tail))


def layout_of(page: PageRead) -> Layout:
    """The rows of print of a page. Lines inside stretches that must stay whole (table rows) are left out."""
    words: Sequence[Box] = page.words
    starts = [word.start for word in words]
    if starts != sorted(starts):
        words = sorted(words, key=_START)
        starts.sort()
    lines: list[Line] = []
    boxed = 0
    rows = sorted(page.rows)
    for match in _LINE.finditer(page.text):
        text = match[0].strip()
        if not text:
            continue
        start = match.start() + match[0].index(text[0])
        row = bisect_left(rows, (start + 1, 0)) - 1
        if row >= 0 and rows[row][1] > start:
            continue
        end = start + len(text)
        at = bisect_left(starts, start)
        if at < len(starts) and starts[at] < end:
            boxed += 1
            lines.append(Line(start, end, text, words[at].top, words[at].bottom))
        else:
            lines.append(Line(start, end, text))
    if boxed < len(lines) or not lines:
        return Layout(page, lines, [[line] for line in lines], False)
    bands: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.middle, line.start)):
        if bands and line.middle < bands[-1][0].bottom:
            bands[-1].append(line)
        else:
            bands.append([line])
    gaps = [max(0.0, low[0].top - max(line.bottom for line in high)) for high, low in pairwise(bands)]
    return Layout(page, lines, bands, True, statistics.median(gaps) if gaps else 0.0, words)
