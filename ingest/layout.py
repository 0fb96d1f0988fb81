"""From words and where they stand to lines in reading order: columns first, then rows, then paragraphs.

Words that follow each other closely form a segment; segments side by side form a row. Where a strip stays
empty down the page and what stands on both sides of it is running text (`ingest.layout_columns`), each side
is read by itself (the recursive XY-cut; Nagy and Seth, 1984). Everything else is read row by row, so that
tables, forms and ordinary pages keep the order in which they are printed. All edges are in one unit of
length, from the upper left.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

# In letter sizes (about 1.4 heights of a printed word): a wider space ends a segment.
_SEGMENT_GAP = 1.0
_SIZE_OF_HEIGHT = 1.38
# Lines farther apart than this share of the usual pitch are paragraphs; so are lines farther than this many
# sizes.
_PARAGRAPH_PITCH = 1.3
_WIDEST_PITCH = 3.0
SENTENCE_ENDS = frozenset(".!?:;…。！？؟")


@dataclass(frozen=True)
class Piece:
    """A stretch of a word's characters and its edges; a word divided at a line end has two."""

    begin: int
    end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Word:
    """One word. `line` numbers the line of the source that it came in; words of one line keep their order.

    `stands_alone` makes what begins with it a line of its own; `size` is the size of its letters, 0 if
    unknown.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: int
    size: float = 0.0
    confidence: float = 1.0
    pieces: tuple[Piece, ...] = ()
    stands_alone: bool = False
    is_read: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass
class Segment:
    """Words of one line without a wide space between them."""

    words: list[Word]
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def __post_init__(self) -> None:
        self.left = min(word.left for word in self.words)
        self.right = max(word.right for word in self.words)
        self.top = min(word.top for word in self.words)
        self.bottom = max(word.bottom for word in self.words)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass
class Row:
    """Segments side by side, in reading order."""

    segments: list[Segment] = field(default_factory=list)
    top: float = 0.0
    bottom: float = 0.0

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment.words]

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True)
class Line:
    """A line to be written; `is_apart` where an empty line goes before it."""

    words: tuple[Word, ...]
    is_apart: bool

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def letter_size(words: Iterable[Word]) -> float:
    """The usual size of letters, from the heights of words; 1.0 where there are none."""
    heights = [word.height for word in words if word.height > 0 and any(map(str.isalnum, word.text))]
    return median(heights) * _SIZE_OF_HEIGHT if heights else 1.0


def segments_of(words: Sequence[Word], size: float) -> list[Segment]:
    """The segments in the order of the source."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and not word.stands_alone and _follows(runs[-1][-1], word, size):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [Segment(run) for run in runs]


def _follows(last: Word, word: Word, size: float) -> bool:
    if last.line != word.line:
        return False
    apart = max(word.left - last.right, last.left - word.right)
    if len(last.pieces) > 1:
        return True
    limit = max(size, last.height * _SIZE_OF_HEIGHT, word.height * _SIZE_OF_HEIGHT) * _SEGMENT_GAP
    return apart <= limit


def rows_of(segments: Iterable[Segment], size: float) -> list[Row]:
    """Segments gathered into rows from top to bottom, each in the direction in which it is written."""
    rows: list[Row] = []
    for segment in sorted(segments, key=lambda item: (item.middle, item.left)):
        row = next((row for row in reversed(rows[-2:]) if _is_beside(row, segment, size)), None)
        if row is None:
            rows.append(Row([segment], segment.top, segment.bottom))
            continue
        row.segments.append(segment)
        if segment.height > row.bottom - row.top:
            row.top, row.bottom = segment.top, segment.bottom
    for row in rows:
        row.segments.sort(key=lambda item: item.left, reverse=is_right_to_left(row.text))
    return rows


def _is_beside(row: Row, segment: Segment, size: float) -> bool:
    height, other = max(row.bottom - row.top, size * 0.4), max(segment.height, size * 0.4)
    middle = (row.top + row.bottom) / 2
    reach = (
        0.5 * min(height, other)
        if max(height, other) < 1.6 * min(height, other)
        else 0.5 * max(height, other)
    )
    if segment.words[0].line in {item.words[0].line for item in row.segments[-8:]}:
        # What the file gives as one line is one, though a comma stands low and a note mark high.
        reach = max(height, other)
    if abs(middle - segment.middle) > reach:
        return False
    # Two lines of one column are never one row, however closely they are set.
    return all(
        min(item.right, segment.right) - max(item.left, segment.left) <= size * 0.5 for item in row.segments
    )


def is_right_to_left(text: str) -> bool:
    """Whether most of the letters are of a script written from right to left."""
    kinds = [unicodedata.bidirectional(character) for character in text[:400]]
    return sum(kind in {"R", "AL"} for kind in kinds) > sum(kind == "L" for kind in kinds)


def lines_of(rows: Sequence[Row], size: float) -> list[Line]:
    """The rows of one column as lines, with an empty line before what is a paragraph of its own."""
    lines: list[Line] = []
    pitch = _usual_pitch(rows, size)
    last: Row | None = None
    for row in rows:
        is_apart = last is not None and _is_apart(last, row, pitch, size)
        words: list[Word] = []
        for word in row.words:
            if word.stands_alone and words:
                lines.append(Line(tuple(words), is_apart))
                words, is_apart = [], False
            words.append(word)
        lines.append(Line(tuple(words), is_apart))
        last = row
    return lines


def _usual_pitch(rows: Sequence[Row], size: float) -> float:
    """The distance from line to line that most lines have; 0.0 where there are too few to say."""
    steps = sorted(
        below.bottom - above.bottom
        for above, below in pairwise(rows)
        if size * 0.7 < below.bottom - above.bottom <= size * _WIDEST_PITCH
    )
    return steps[len(steps) // 2] if len(steps) >= 2 else 0.0


def _is_apart(above: Row, below: Row, pitch: float, size: float) -> bool:
    gap = below.top - above.bottom
    height = max(1e-6, min(above.bottom - above.top, below.bottom - below.top))
    if gap < -3 * height:
        return True
    step = below.bottom - above.bottom
    is_wide = gap > height * 0.9 and (not pitch or step > pitch * _PARAGRAPH_PITCH)
    if not is_wide:
        return gap > height * 0.5 and _are_unlike(above.words[0].size, below.words[0].size)
    # A sentence that plainly goes on is not cut by a wide pitch.
    return not (step <= size * _WIDEST_PITCH and goes_on(above.text, below.text))


def _are_unlike(one: float, other: float) -> bool:
    """Whether two lines are set in plainly different sizes: a title and what follows it."""
    return min(one, other) > 0 and max(one, other) >= 1.15 * min(one, other)


def goes_on(above: str, below: str) -> bool:
    """Whether a sentence left open at the end of one line goes on in the next."""
    above, below = above.rstrip(), below.lstrip()
    return bool(above) and bool(below) and above[-1] not in SENTENCE_ENDS and below[0].islower()
