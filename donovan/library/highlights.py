"""Where cited words stand: on the page image as boxes, in the page text as marked pieces."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.models import Word

DOUBTFUL_BELOW = 0.6
_GAP_IN_HEIGHTS = 1.5
_LEAST_SHARED_HEIGHT = 0.5


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` (exclusive) of a page text."""

    start: int
    end: int


@dataclass(frozen=True)
class Box:
    """A rectangle on the page image, in its pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Piece:
    """A stretch of page text that looks the same throughout."""

    text: str
    is_doubtful: bool = False
    is_found: bool = False


@dataclass(frozen=True)
class MarkedText:
    """A page text in three parts; `cited` is empty when nothing is cited."""

    before: list[Piece]
    cited: list[Piece]
    after: list[Piece]


def span_within(text: str, start: str | int | None, end: str | int | None) -> Span | None:
    """The asked span cut to the text, or None when there is no such span."""
    try:
        first, last = int(start or 0), int(end or 0)
    except ValueError:
        return None
    first, last = max(first, 0), min(last, len(text))
    return Span(first, last) if first < last else None


def doubtful_spans(words: Iterable[Word]) -> list[Span]:
    """The spans of words that were read from the image with little confidence."""
    return [Span(word.start, word.end) for word in words if word.confidence < DOUBTFUL_BELOW]


def found_spans(text: str, wanted: str) -> list[Span]:
    """Every place where `wanted` stands in the text, whatever its case and the white space between words."""
    parts = [re.escape(part) for part in wanted.split()]
    if not parts:
        return []
    return [Span(*match.span()) for match in re.finditer(r"\s+".join(parts), text, re.IGNORECASE)]


def marked_text(
    text: str, *, cited: Span | None, doubtful: Sequence[Span], found: Sequence[Span]
) -> MarkedText:
    """The page text cut so that cited, doubtful and found words can each be shown."""
    if cited is None:
        return MarkedText(_pieces(text, 0, len(text), doubtful, found), [], [])
    return MarkedText(
        before=_pieces(text, 0, cited.start, doubtful, found),
        cited=_pieces(text, cited.start, cited.end, doubtful, found),
        after=_pieces(text, cited.end, len(text), doubtful, found),
    )


def _pieces(text: str, start: int, end: int, doubtful: Sequence[Span], found: Sequence[Span]) -> list[Piece]:
    """Cut text[start:end] at every edge, in one pass over the sorted edges."""
    steps: dict[int, list[int]] = {start: [0, 0], end: [0, 0]}
    for which, spans in enumerate((doubtful, found)):
        for span in spans:
            first, last = max(span.start, start), min(span.end, end)
            if first < last:
                steps.setdefault(first, [0, 0])[which] += 1
                steps.setdefault(last, [0, 0])[which] -= 1
    edges = sorted(steps)
    pieces: list[Piece] = []
    depth = [0, 0]
    for left, right in pairwise(edges):
        depth = [depth[0] + steps[left][0], depth[1] + steps[left][1]]
        pieces.append(Piece(text[left:right], is_doubtful=depth[0] > 0, is_found=depth[1] > 0))
    return pieces


def boxes_of(words: Sequence[Word], spans: Sequence[Span], width: int, height: int) -> list[Box]:
    """The boxes of the words that overlap any span, neighbours on a line joined into one.

    `spans` are in order and do not overlap each other. `words` carry shares of the page; the boxes are in
    pixels of an image of `width` by `height`.
    """
    starts = [span.start for span in spans]
    joined: list[Box] = []
    for word in words:
        before = bisect_left(starts, word.end)
        if before == 0 or spans[before - 1].end <= word.start:
            continue
        box = _in_pixels(word, width, height)
        if joined and _goes_on(joined[-1], box):
            joined[-1] = _around(joined[-1], box)
        else:
            joined.append(box)
    return joined


def _in_pixels(word: Word, width: int, height: int) -> Box:
    left, top = round(word.left * width), round(word.top * height)
    right, bottom = round(word.right * width), round(word.bottom * height)
    return Box(left, top, max(right - left, 1), max(bottom - top, 1))


def _goes_on(line: Box, word: Box) -> bool:
    """Whether the word stands on the same line as the box so far, and close to it on either side."""
    tall = min(line.height, word.height)
    shared = min(line.top + line.height, word.top + word.height) - max(line.top, word.top)
    gap = max(word.left - line.left - line.width, line.left - word.left - word.width)
    return shared >= _LEAST_SHARED_HEIGHT * tall and gap <= _GAP_IN_HEIGHTS * tall


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top)
