"""The lines of a page that was read from its image, for putting them right one by one.

lines_of_page(page) -> list[ScanLine]
"""

from dataclasses import dataclass

from ingest.models import Page, PageWords, Word

MOST_LINES = 200
SURE = 0.85
NUMBER_SIZE = 0.018
"""Height of the numbers beside the lines, as a share of the width of the page."""


@dataclass(frozen=True)
class ScanLine:
    """One line: its words as they were read, its box as shares of the page and in pixels of its image, and
    how sure the reading was (0 to 1, of its least sure word). Its number stands left of the box, and ends
    at `number_left` on the line `number_foot`.
    """

    number: int
    text: str
    box: tuple[float, float, float, float]
    left: int
    top: int
    width: int
    height: int
    confidence: float
    number_left: int
    number_foot: int
    number_size: int

    @property
    def is_doubtful(self) -> bool:
        return self.confidence < SURE


def lines_of_page(page: Page) -> list[ScanLine]:
    """The lines in the order of the page text; none where the words were not placed."""
    kept = PageWords.objects.filter(page=page).first()
    lines: list[list[Word]] = []
    end = 0
    for word in kept.words if kept is not None else []:
        if not lines or "\n" in page.text[end : word.start]:
            lines.append([])
        lines[-1].append(word)
        end = word.end
    return [_line(page, number, words) for number, words in enumerate(lines[:MOST_LINES], start=1)]


def _line(page: Page, number: int, words: list[Word]) -> ScanLine:
    left, top = min(word.left for word in words), min(word.top for word in words)
    right, bottom = max(word.right for word in words), max(word.bottom for word in words)
    width, height = page.image_width, page.image_height
    size = max(round(NUMBER_SIZE * width), 1)
    return ScanLine(
        number=number,
        text=" ".join(word.text for word in words),
        box=(left, top, right, bottom),
        left=round(left * width),
        top=round(top * height),
        width=max(round((right - left) * width), 1),
        height=max(round((bottom - top) * height), 1),
        confidence=min(word.confidence for word in words),
        number_left=max(round(left * width) - size // 2, 2 * size),
        number_foot=round((top + bottom) / 2 * height + size / 3),
        number_size=size,
    )
