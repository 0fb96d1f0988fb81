"""Lines in reading order to the text of a page, with a box for every word and its headings."""

import re
from collections.abc import Sequence

from ingest import limits
from ingest.headings import heading_level
from ingest.layout import Line, Word
from ingest.ocr_layout import joins_without_space
from ingest.protocol import Box, Heading

_LETTERS = re.compile(r"[^\W\d_]")


class PageText:
    """What is written so far: `text`, `words` and `headings`. `width` and `height` are those of the page."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.parts: list[str] = []
        self.length = 0
        self.words: list[Box] = []
        self.headings: list[Heading] = []

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def add(self, lines: Sequence[Line]) -> None:
        """Write lines, the first of them apart from what stands already."""
        body = _body_size(lines)
        for index, line in enumerate(lines):
            if self.length >= limits.PAGE_CHARACTERS - 20_000:
                return
            is_apart = line.is_apart or index == 0
            self._put("" if not self.parts else "\n\n" if is_apart else "\n")
            start = self.length
            last = ""
            for word in line.words:
                if last and not (word.is_read and joins_without_space(last[-1], word.text[0])):
                    self._put(" ")
                self._box(word, self.length)
                self._put(word.text)
                last = word.text
            self._heading(line, start, body)

    def say(self, text: str) -> None:
        """Write a paragraph that stands nowhere on the page."""
        self._put("\n\n" if self.parts else "")
        self._put(text)

    def _put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)

    def _box(self, word: Word, start: int) -> None:
        if len(self.words) >= limits.PAGE_WORDS:
            return
        if not word.pieces:
            edges = (word.left, word.top, word.right, word.bottom)
            self.words.append(self._placed(start, start + len(word.text), edges, word.confidence))
        for index, piece in enumerate(word.pieces):
            end = len(word.text) if index == len(word.pieces) - 1 else piece.end
            edges = (piece.left, piece.top, piece.right, piece.bottom)
            self.words.append(self._placed(start + piece.begin, start + end, edges, word.confidence))

    def _placed(
        self, start: int, end: int, edges: tuple[float, float, float, float], confidence: float
    ) -> Box:
        left, right = (min(1.0, max(0.0, x / self.width)) for x in (edges[0], edges[2]))
        top, bottom = (min(1.0, max(0.0, y / self.height)) for y in (edges[1], edges[3]))
        return Box(start, end, left, top, right, bottom, confidence)

    def _heading(self, line: Line, start: int, body: float) -> None:
        text = line.text
        level = _level(line.words[0].size, text, body)
        if level and len(self.headings) < limits.PAGE_HEADINGS:
            self.headings.append(Heading(start, level, text[:300]))


def _body_size(lines: Sequence[Line]) -> float:
    """The letter size that most characters of the page have."""
    weights: dict[float, int] = {}
    for line in lines:
        for word in line.words:
            size = round(word.size, 1)
            weights[size] = weights.get(size, 0) + len(word.text)
    return max(weights, key=lambda size: weights[size], default=0.0)


def _level(size: float, text: str, body: float) -> int:
    is_large = body > 0 and size >= body * 1.15 and 3 <= len(text) <= 120 and bool(_LETTERS.search(text))
    if is_large:
        return 1 if size >= body * 1.6 else 2
    return heading_level(text)
