"""A second reading of a page put into the order of the first.

Tesseract's analysis of a page (blocks, columns, cells of a row) is the better one where it saw the text at
all, and the second engine reads the words better. So each line of the second reading goes where the words
stand that the first one read in its place. Where the first saw too little of the page, the places of the
words themselves tell the order.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np

from ingest.layout import Word
from ingest.ocr_layout import Reading
from ingest.ocr_neural import NeuralPage, place_on_turned
from ingest.protocol import Box

_SEEN = 0.6
_REACH = 0.3


def in_order_of(text: str, boxes: Sequence[Box], turned: float, page: NeuralPage) -> Reading:
    """The page in the order of a reading with `text` and `boxes`, which lie on the picture turned clockwise
    by `turned`.
    """
    if not boxes or not page.words:
        return page.reading()
    lines: dict[int, list[int]] = {}
    for at, word in enumerate(page.words):
        lines.setdefault(word.line, []).append(at)
    met = _met(boxes, turned, page)
    ranks = {line: [met[at] for at in inside if met[at] >= 0] for line, inside in lines.items()}
    if sum(bool(found) for found in ranks.values()) < _SEEN * len(lines):
        return page.reading()
    order = _ordered(list(lines), ranks)
    parts: list[tuple[str, Word]] = []
    before = -1
    for line in order:
        separator = _between(text, boxes, before, ranks[line][0] if ranks[line] else -1) if parts else ""
        for at in lines[line]:
            parts.append((separator, page.words[at]))
            separator = " "
        before = ranks[line][-1] if ranks[line] else -1
    return page.written(parts)


def _met(boxes: Sequence[Box], turned: float, page: NeuralPage) -> list[int]:
    """For each word the number of the box that its middle lies in, -1 without one."""
    edges = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes])
    reach = _REACH * np.median(edges[:, 3] - edges[:, 1])
    middles = np.array([place_on_turned(middle, page.given, turned) for middle in page.middles])
    found = []
    for x, y in middles:
        inside = (
            (edges[:, 0] - reach <= x) & (x <= edges[:, 2] + reach)
            & (edges[:, 1] - reach <= y) & (y <= edges[:, 3] + reach)
        )  # fmt: skip
        held = np.flatnonzero(inside)
        if not len(held):
            found.append(-1)
            continue
        away = np.abs((edges[held, 1] + edges[held, 3]) / 2 - y)
        found.append(int(held[away.argmin()]))
    return found


def _ordered(lines: Sequence[int], ranks: dict[int, list[int]]) -> list[int]:
    """The lines by what they met; one that met nothing stays behind the line it was found after."""
    keys: dict[int, tuple[float, int]] = {}
    last = -1.0
    for place, line in enumerate(lines):
        last = float(median(ranks[line])) if ranks[line] else last
        keys[line] = (last, place)
    return sorted(lines, key=lambda line: keys[line])


def _between(text: str, boxes: Sequence[Box], before: int, after: int) -> str:
    """What stands between two words of the first reading: a blank, a new line or an empty line."""
    if before < 0 or after < 0 or after <= before:
        return "\n"
    gap = text[boxes[before].end : boxes[after].start]
    return "\n\n" if "\n\n" in gap else "\n" if "\n" in gap else " "
