"""The text layer of a PDF page: lines and paragraphs in order, with a box for every word, and whether it is
any good.

pdfium lists characters in the order of the page's content and marks line ends itself; an empty line is
added where
the gap between two lines is wider than the lines are high.
"""

import re
import unicodedata
from ctypes import byref, c_double, c_int
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

from ingest import limits
from ingest.headings import heading_level
from ingest.protocol import Box, Heading, clean

_GRID = 100_000
_SOFT_HYPHENS = frozenset({0x02, 0xFFFE, 0xAD})
_MOST_CHARACTERS = limits.PAGE_CHARACTERS - 20_000
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass
class _Line:
    """One line: its characters with edges in page points, and the size of its largest letter."""

    characters: list[tuple[str, float, float, float, float]] = field(default_factory=list)
    size: float = 0.0
    ends_in_hyphen: bool = False

    @property
    def bottom(self) -> float:
        return min((c[2] for c in self.characters if not c[0].isspace()), default=0.0)

    @property
    def top(self) -> float:
        return max((c[4] for c in self.characters if not c[0].isspace()), default=0.0)

    @property
    def text(self) -> str:
        return "".join(c[0] for c in self.characters)


def is_usable(text: str) -> bool:
    """Whether a text layer can be kept: enough of it, and letters rather than the debris of a font without a
    map.
    """
    marks = [character for character in text if not character.isspace()]
    if len(marks) < 3:
        return False
    debris = sum(_is_debris(character) for character in marks)
    if debris > len(marks) * 0.2:
        return False
    letters = sum(character.isalnum() for character in marks)
    if letters < len(marks) * 0.35:
        return False
    return not _is_shuffled(text)


def _is_debris(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in {"Co", "Cn", "Cc", "Cf"}


def _is_shuffled(text: str) -> bool:
    """Long Latin text almost without vowels, which is what codes of glyphs look like."""
    words = re.findall(r"[A-Za-z]{4,}", text)
    if len(words) < 30:
        return False
    without_vowels = sum(not re.search(r"[aeiouyAEIOUY]", word) for word in words)
    return without_vowels > len(words) * 0.5


def read_text(page: pypdfium2.PdfPage) -> tuple[str, tuple[Box, ...], tuple[Heading, ...]]:
    """Text, words and headings of one page. Raises pypdfium2.PdfiumError when the text cannot be loaded."""
    text_page = page.get_textpage()
    try:
        lines = _lines(text_page)
    finally:
        text_page.close()
    return _assemble(page, lines)


def _lines(text_page: pypdfium2.PdfTextPage) -> list[_Line]:
    handle = text_page.raw
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    lines = [_Line()]
    high = 0
    for index in range(min(text_page.count_chars(), _MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= code <= 0xDBFF:
            high = code
            continue
        if 0xDC00 <= code <= 0xDFFF:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        if code == 0x0D:
            continue
        if code == 0x0A:
            if lines[-1].characters:
                lines.append(_Line())
            continue
        if code in _SOFT_HYPHENS:
            # pdfium runs the two halves of a divided word together here, which is what a reader wants to
            # search for.
            continue
        if code == 0:
            code = 0xFFFD
        character = clean(chr(code))
        pdfium.FPDFText_GetCharBox(handle, index, byref(left), byref(right), byref(bottom), byref(top))
        line = lines[-1]
        if not line.characters and character.isspace():
            continue
        if not line.characters:
            line.size = pdfium.FPDFText_GetFontSize(handle, index)
        line.characters.append((character, left.value, bottom.value, right.value, top.value))
    return [line for line in lines if line.text.strip()]


def _assemble(
    page: pypdfium2.PdfPage, lines: list[_Line]
) -> tuple[str, tuple[Box, ...], tuple[Heading, ...]]:
    parts: list[str] = []
    words: list[Box] = []
    headings: list[Heading] = []
    length = 0
    body = _body_size(lines)
    place = _Placer(page)
    previous: _Line | None = None
    for line in lines:
        separator = "" if previous is None else "\n\n" if _is_apart(previous, line) else "\n"
        text = line.text.rstrip()
        start = length + len(separator)
        level = _level(line, text, body)
        if level and len(headings) < limits.PAGE_HEADINGS:
            headings.append(Heading(start, level, " ".join(text.split())[:300]))
        words.extend(_words(line, text, start, place))
        parts += [separator, text]
        length = start + len(text)
        previous = line
    return "".join(parts), tuple(words[: limits.PAGE_WORDS]), tuple(headings)


def _body_size(lines: list[_Line]) -> float:
    """The letter size that most characters of the page have."""
    weights: dict[float, int] = {}
    for line in lines:
        size = round(line.size, 1)
        weights[size] = weights.get(size, 0) + len(line.characters)
    return max(weights, key=lambda size: weights[size], default=0.0)


def _level(line: _Line, text: str, body: float) -> int:
    is_large = body > 0 and line.size >= body * 1.15 and 3 <= len(text) <= 120 and bool(_LETTERS.search(text))
    if is_large:
        return 1 if line.size >= body * 1.6 else 2
    return heading_level(text)


def _is_apart(above: _Line, below: _Line) -> bool:
    gap = above.bottom - below.top
    height = max(1.0, min(above.top - above.bottom, below.top - below.bottom))
    # Going back up the page is a new column; a wide gap is a new paragraph.
    return gap > height * 0.9 or gap < -3 * height


def _words(line: _Line, text: str, start: int, place: "_Placer") -> list[Box]:
    found: list[Box] = []
    begin = 0
    for end in range(len(text) + 1):
        if end < len(text) and not text[end].isspace():
            continue
        pieces = line.characters[begin:end]
        for piece_begin, piece_end in _runs(pieces):
            run = pieces[piece_begin:piece_end]
            edges = (
                min(c[1] for c in run),
                min(c[2] for c in run),
                max(c[3] for c in run),
                max(c[4] for c in run),
            )
            found.append(place.box(start + begin + piece_begin, start + begin + piece_end, edges))
        begin = end + 1
    return found


def _runs(characters: list[tuple[str, float, float, float, float]]) -> list[tuple[int, int]]:
    """One run a word, or two where a word was divided at a line end, so that neither box spans the page."""
    runs: list[tuple[int, int]] = []
    begin = 0
    for index in range(1, len(characters)):
        height = max(1.0, characters[index - 1][4] - characters[index - 1][2])
        if (
            characters[index][4] < characters[index - 1][2]
            and characters[index][1] < characters[index - 1][1] - height
        ):
            runs.append((begin, index))
            begin = index
    if characters:
        runs.append((begin, len(characters)))
    return runs


class _Placer:
    """Page points to shares of the picture, with rotation and crop, by pdfium itself."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.handle = page.raw

    def _point(self, x: float, y: float) -> tuple[float, float]:
        across, down = c_int(), c_int()
        pdfium.FPDF_PageToDevice(self.handle, 0, 0, _GRID, _GRID, 0, x, y, byref(across), byref(down))
        return min(1.0, max(0.0, across.value / _GRID)), min(1.0, max(0.0, down.value / _GRID))

    def box(self, start: int, end: int, edges: tuple[float, float, float, float]) -> Box:
        """`edges` are left, bottom, right and top in page points."""
        left, bottom, right, top = edges
        first, second = self._point(left, top), self._point(right, bottom)
        across, down = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return Box(start, end, across[0], down[0], across[1], down[1])
