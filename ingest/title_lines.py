"""The lines of a first page with the size of their print, and the blocks of large print among them."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.protocol import PageRead

_LINE = re.compile(r"[^\n]+")
_LARGER = 1.15
_LARGER_READ = 1.3
"""How much larger than the print of the page: more where the boxes are those of text recognition."""

# The box of a word without high and low letters is a quarter lower than that of one with both.
_ALIKE = 0.72
_LOWEST = 0.75
_SURE = 0.6
_MOST_LINES = 4
_COVER_WORDS = 60
_CONTACT = re.compile(
    r"(?<!\w)(?:tel|telefon|téléphone|teléfono|phone|fax|тел|هاتف|电话|e-?mail|p\.?\s?o\.?\s?box"
    r"|postfach|apartado|cedex)"
    r"(?!\w)|@|www\.|https?://|(?<!\w)\+\d{2}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class TitleLine:
    """A line of text; `size` is the height of its print and `top` its place, both as a share of the height of
    the page, 0 where that is not known. `confidence` is that of its reading, 0 to 1.
    """

    text: str
    is_followed_by_space: bool
    size: float = 0.0
    top: float = 0.0
    confidence: float = 1.0


def lines_of(page: PageRead, left_out: Sequence[tuple[int, int]] = ()) -> list[TitleLine]:
    """The lines of a page that hold text, without those that run over the pages."""
    words = sorted(page.words, key=lambda word: word.start)
    starts = [word.start for word in words]
    found: list[TitleLine] = []
    for match in _LINE.finditer(page.text):
        text = match[0].strip()
        if not text or any(start <= match.start() < end for start, end in left_out):
            continue
        boxes = words[bisect_left(starts, match.start()) : bisect_left(starts, match.end())]
        is_followed = page.text[match.end() : match.end() + 2] == "\n\n"
        if not boxes:
            found.append(TitleLine(text, is_followed))
            continue
        # A line of small letters alone is lower than its print; the highest word tells the size best.
        size = max(word.bottom - word.top for word in boxes)
        confidence = sum(word.confidence for word in boxes) / len(boxes)
        found.append(TitleLine(text, is_followed, size, min(word.top for word in boxes), confidence))
    return found


def title_blocks(lines: Sequence[TitleLine]) -> Iterator[list[TitleLine]]:
    """Blocks of lines next to each other in print of one size that is larger than that of the page, the
    largest first.
    """
    placed = [line for line in lines if line.size > 0]
    if len(placed) == 1 and placed[0].top <= _LOWEST:
        yield placed
    if len(placed) < 2:
        return
    weights = [line.size for line in placed for _ in range(1 + len(line.text) // 10)]
    words = sum(len(line.text.split()) for line in placed)
    body = median(weights) if words > _COVER_WORDS else min(line.size for line in placed)
    blocks: list[list[TitleLine]] = []
    last: TitleLine | None = None
    for line in placed:
        least = _LARGER_READ if line.confidence < 1 else _LARGER
        if line.size < least * body:
            last = None
            continue
        is_next = last is not None and 0 < line.top - last.top <= 2.2 * max(line.size, last.size)
        if last is not None and is_next and min(line.size, last.size) >= _ALIKE * max(line.size, last.size):
            blocks[-1].append(line)
        else:
            blocks.append([line])
        last = line
    large = [
        block
        for block in blocks
        if block[0].top <= _LOWEST
        and len(block) <= _MOST_LINES
        and min(line.confidence for line in block) >= _SURE
    ]
    yield from sorted(large, key=lambda block: (-round(_size(block) / body, 1), block[0].top))


def _size(block: Sequence[TitleLine]) -> float:
    return median(line.size for line in block)


def is_letterhead(lines: Sequence[TitleLine], block: Sequence[TitleLine]) -> bool:
    """Whether large print at the head of a page is the name of its sender: an address is next to it."""
    first = next((number for number, line in enumerate(lines) if line is block[0]), 0)
    if first > 3:
        return False
    near = lines[max(first - 2, 0) : first + len(block) + 4]
    return any(_CONTACT.search(line.text) for line in near)
