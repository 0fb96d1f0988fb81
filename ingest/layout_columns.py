"""Which empty strips of a page divide columns of running text, and which only the cells of a table or a form.

A strip is looked for where several lines begin. It has to stay empty over lines on both sides that stand
beside each other. What stands beside it is read column by column when each side reads on from line to line
(running text), or when the entries of a row are of one kind while those of a column are not (address blocks
side by side). A table is the other way round, and is left alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.layout import Line, Row, Segment, Word, goes_on, letter_size, lines_of, rows_of, segments_of

_MOST_SEGMENTS = 4000
_MOST_STRIPS = 12
_DEEPEST = 6
# In letter sizes.
_NARROWEST_STRIP = 0.9
_BLOCK_STRIP = 1.5
_FEWEST_LINES = 3
_FULL = 0.65
_MOST_BLOCK_ROWS = 12
_MOST_CELL_LINES = 6
_MOST_CELLS = 200


@dataclass(frozen=True)
class _Run:
    """Segments beside a strip: those above, left, right and below it, and the heights at which a table of
    texts is divided into rows.
    """

    above: list[Segment]
    left: list[Segment]
    right: list[Segment]
    below: list[Segment]
    cuts: tuple[float, ...] = ()

    def parts(self) -> Iterator[list[Segment]]:
        """What is read one after the other: the left side and the right side of each band."""
        yield self.above
        first = float("-inf")
        for last in (*self.cuts, float("inf")):
            for side in (self.left, self.right):
                yield [segment for segment in side if first <= segment.middle < last]
            first = last
        yield self.below


def reading_order(words: Sequence[Word]) -> list[Line]:
    """The lines of a page in the order in which a reader takes them."""
    size = letter_size(words)
    segments = segments_of(words, size)
    if len(segments) > _MOST_SEGMENTS:
        return _in_rows(segments, size)
    return _ordered(segments, size, 0)


def _in_rows(segments: Sequence[Segment], size: float) -> list[Line]:
    return lines_of(rows_of(segments, size), size)


def _ordered(segments: list[Segment], size: float, depth: int) -> list[Line]:
    best: _Run | None = None
    if depth < _DEEPEST and len(segments) >= 4:
        for strip in _strips(segments, size):
            for run in _runs(segments, strip, size):
                if best is not None and len(run.left) + len(run.right) <= len(best.left) + len(best.right):
                    continue
                best = _divided(run, size) or best
    if best is None:
        return _in_rows(segments, size)
    lines: list[Line] = []
    for part in best.parts():
        if not part:
            continue
        found = _ordered(part, size, depth + 1)
        # A new column or a part below columns begins apart, unless its first line ends a sentence of the
        # last.
        is_apart = bool(lines) and not goes_on(lines[-1].text, found[0].text)
        lines.extend([Line(found[0].words, is_apart), *found[1:]])
    return lines


def _strips(segments: Sequence[Segment], size: float) -> list[float]:
    """Places where at least two segments begin and others end before; the most frequent first."""
    edges = sorted(segment.left for segment in segments)
    leftmost = edges[0] + 3 * size
    found: list[tuple[int, float]] = []
    group: list[float] = []
    for edge in [*edges, float("inf")]:
        if group and edge - group[-1] > 0.4 * size:
            if len(group) >= 2 and group[0] > leftmost:
                found.append((len(group), group[0]))
            group = []
        group.append(edge)
    found.sort(key=lambda item: (-item[0], item[1]))
    return [place for _, place in found[:_MOST_STRIPS]]


def _runs(segments: Sequence[Segment], place: float, size: float) -> Iterator[_Run]:
    """Stretches of the page in which nothing crosses the strip that ends at `place`."""
    ordered = sorted(segments, key=lambda item: item.top)
    begin = place - _NARROWEST_STRIP * size
    left: list[Segment] = []
    right: list[Segment] = []
    first = 0
    for index, segment in enumerate([*ordered, None]):
        if segment is not None and segment.right <= begin:
            left.append(segment)
        elif segment is not None and segment.left >= place - 0.1 * size:
            right.append(segment)
        else:
            if left and right:
                yield _trimmed(ordered[:first], left, right, ordered[index:], size)
            left, right, first = [], [], index + 1


def _trimmed(
    above: list[Segment], left: list[Segment], right: list[Segment], below: list[Segment], size: float
) -> _Run:
    """The run without what stands on one side only and away from the rest."""
    above, below = list(above), list(below)
    for _ in range(2):
        start = max(left[0].top, right[0].top) if left and right else 0.0
        for side in (left, right):
            cut = _apart_before(side, start, size)
            above.extend(side[:cut])
            del side[:cut]
        end = min(max(s.bottom for s in left), max(s.bottom for s in right)) if left and right else 0.0
        for side in (left, right):
            cut = _apart_after(side, end, size)
            below[:0] = side[cut:]
            del side[cut:]
        if not left or not right:
            break
    return _Run(above, left, right, below)


def _apart_before(side: Sequence[Segment], start: float, size: float) -> int:
    """How many segments at the beginning end before `start` and stand apart from the next."""
    cut = 0
    for index in range(1, len(side)):
        if side[index - 1].bottom > start:
            break
        if side[index].top - side[index - 1].bottom > 1.1 * size:
            cut = index
    return cut


def _apart_after(side: Sequence[Segment], end: float, size: float) -> int:
    cut = len(side)
    for index in range(len(side) - 1, 0, -1):
        if side[index].top < end:
            break
        if side[index].top - side[index - 1].bottom > 1.1 * size:
            cut = index
    return cut


def _divided(run: _Run, size: float) -> _Run | None:
    """The run where both sides of it are to be read by themselves; None where they are not."""
    if not run.left or not run.right or any(s.words[0].stands_alone for s in (*run.left, *run.right)):
        return None
    left, right = rows_of(run.left, size), rows_of(run.right, size)
    shared = min(left[-1].bottom, right[-1].bottom) - max(left[0].top, right[0].top)
    shorter = min(left[-1].bottom - left[0].top, right[-1].bottom - right[0].top)
    if shared < 0.6 * shorter:
        return None
    if _is_running_text(left) and _is_running_text(right):
        return replace(run, cuts=_cuts_of_cells(left, right, size))
    if _is_given_by_columns(run) and _is_filled(left) and _is_filled(right):
        return run
    gap = min(s.left for s in run.right) - max(s.right for s in run.left)
    return run if gap >= _BLOCK_STRIP * size and _are_blocks(left, right, size) else None


def _is_given_by_columns(run: _Run) -> bool:
    """Whether the file itself gives all of the left side before the right side."""
    return max(s.words[-1].line for s in run.left) < min(s.words[0].line for s in run.right)


def _is_filled(rows: Sequence[Row]) -> bool:
    """Whether most lines fill their column with several words, as in an index or a list of contents."""
    texts = [row.text for row in rows]
    if len(rows) <= _FEWEST_LINES or sum(len(text.split()) for text in texts) < 2.5 * len(texts):
        return False
    return _full_share(rows) >= 0.5


def _full_share(rows: Sequence[Row]) -> float:
    """The share of lines that reach almost to the right edge of their column."""
    begin = min(row.segments[0].left for row in rows)
    width = max(max(s.right for s in row.segments) for row in rows) - begin
    return sum(max(s.right for s in row.segments) - begin >= _FULL * width for row in rows) / len(rows)


def _is_running_text(rows: Sequence[Row]) -> bool:
    """Whether the lines fill their column and sentences go on from line to line."""
    if len(rows) < _FEWEST_LINES or _full_share(rows) < 0.6:
        return False
    texts = [row.text for row in rows]
    if sum(len(text.split()) for text in texts) < 2.5 * len(texts):
        return False
    letters = [text for text in texts if any(map(str.isalpha, text))]
    if len(letters) < 0.7 * len(texts):
        return False
    has_case = any(character.islower() for text in letters for character in text)
    following = texts[1:]
    if not has_case:
        return sum(len(text) >= 10 for text in texts) >= 0.6 * len(texts)
    return sum(text[:1].islower() for text in following) >= 0.25 * len(following)


def _cuts_of_cells(left: Sequence[Row], right: Sequence[Row], size: float) -> tuple[float, ...]:
    """Where the wide gaps of both sides stand at one height: between the rows of a table with texts in its
    cells. Nothing for columns of running text, whose paragraphs end where they will.
    """
    gaps, others = _wide_gaps(left, size), _wide_gaps(right, size)
    shared = [
        (max(a, c) + min(b, d)) / 2 for a, b in gaps for c, d in others[:_MOST_CELLS] if min(b, d) > max(a, c)
    ]
    if not shared or len(shared) < 0.8 * max(len(gaps), len(others)):
        return ()
    is_small = min(len(left), len(right)) / (len(shared) + 1) <= _MOST_CELL_LINES
    return tuple(sorted(shared)) if is_small else ()


def _wide_gaps(rows: Sequence[Row], size: float) -> list[tuple[float, float]]:
    steps = sorted(b.bottom - a.bottom for a, b in pairwise(rows))
    usual = steps[len(steps) // 3] if steps else size
    return [
        (above.bottom, below.top)
        for above, below in pairwise(rows)
        if below.bottom - above.bottom > 1.35 * usual
    ]


def _are_blocks(left: Sequence[Row], right: Sequence[Row], size: float) -> bool:
    """Whether the rows hold entries of one kind and the columns do not: sender and recipient."""
    if not min(len(left), len(right)) >= 2 or max(len(left), len(right)) > _MOST_BLOCK_ROWS:
        return False
    steps = [b.bottom - a.bottom for a, b in pairwise(left)]
    if steps and max(steps) > 2.2 * size:
        return False
    pairs = [
        (one.text, other.text)
        for one in left
        for other in right
        if abs((one.top + one.bottom) - (other.top + other.bottom)) < 0.8 * size
    ]
    if len(pairs) < _FEWEST_LINES:
        return False
    if any(len(row.segments) > 1 for row in (*left, *right)):
        return False
    across = sum(_difference(a, b) for a, b in pairs) / len(pairs)
    columns = [[row.text for row in side] for side in (left, right)]
    downs = [_difference(a, b) for side in columns for a, b in pairwise(side)]
    down = sum(downs) / len(downs)
    same_label = sum(_label(a) == _label(b) != "" for a, b in pairs)
    return across + 0.15 < down or (same_label >= 2 and across <= down)


def _difference(one: str, other: str) -> float:
    """How unlike two entries are in kind, 0 to 1: figures, colon, number of words, first word."""
    parts = (
        any(map(str.isdigit, one)) != any(map(str.isdigit, other)),
        one.rstrip().endswith(":") != other.rstrip().endswith(":"),
        abs(len(one.split()) - len(other.split())) > 1,
        _label(one) != _label(other),
    )
    return sum(parts) / len(parts)


def _label(text: str) -> str:
    """The first word without its colon, if it is one of several."""
    words = text.split()
    return words[0].rstrip(".:").lower() if len(words) > 1 and words[0][:1].isalpha() else ""
