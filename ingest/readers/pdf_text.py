"""The words in a PDF page: their letters, places and sizes, and which of them no reader sees.

pdfium lists characters in the order of the page's content and marks word and line ends itself. All edges
given here are in page points from the upper left of the page as it is shown.
"""

import re
import unicodedata
from ctypes import addressof, byref, c_double, c_int, c_uint
from dataclasses import dataclass
from math import pi

import pypdfium2
import pypdfium2.raw as pdfium

from ingest import limits
from ingest.layout import Piece, Word
from ingest.protocol import clean

_GRID = 100_000
_SOFT_HYPHENS = frozenset({0x02, 0xFFFE, 0xAD})
_MOST_CHARACTERS = limits.PAGE_CHARACTERS - 20_000
_LEVEL_RADIANS = 0.12
_FAINT = 12
_Letter = tuple[str, float, float, float, float]


@dataclass(frozen=True)
class PdfWord:
    """A word, whether it is drawn without ink, its tone (0 black to 255 white), whether it is level, and the
    number of its object.
    """

    word: Word
    is_inkless: bool
    tone: int
    is_level: bool
    order: int


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


class Placer:
    """Page points to points from the upper left of the page as shown, by pdfium itself."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.handle = page.raw
        self.width, self.height = (max(1.0, side) for side in page.get_size())

    def _point(self, x: float, y: float) -> tuple[float, float]:
        across, down = c_int(), c_int()
        pdfium.FPDF_PageToDevice(self.handle, 0, 0, _GRID, _GRID, 0, x, y, byref(across), byref(down))
        return across.value / _GRID * self.width, down.value / _GRID * self.height

    def edges(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """Left, top, right and bottom as shown, of edges in page points."""
        first, second = self._point(left, top), self._point(right, bottom)
        across, down = sorted((first[0], second[0])), sorted((first[1], second[1]))
        return across[0], down[0], across[1], down[1]


def read_words(page: pypdfium2.PdfPage, orders: dict[int, int]) -> list[PdfWord]:
    """The words of one page in the order of its content; `orders` numbers its text objects as they are drawn.

    Raises pypdfium2.PdfiumError when the text cannot be loaded.
    """
    text_page = page.get_textpage()
    try:
        return _Reader(text_page, Placer(page), orders).words()
    finally:
        text_page.close()


class _Reader:
    def __init__(self, text_page: pypdfium2.PdfTextPage, place: Placer, orders: dict[int, int]) -> None:
        self.handle = text_page.raw
        self.count = min(text_page.count_chars(), _MOST_CHARACTERS)
        self.place = place
        self.orders = orders
        self.turned = pdfium.FPDFPage_GetRotation(place.handle) * pi / 2
        self.found: list[PdfWord] = []
        self.letters: list[_Letter] = []
        self.first = 0
        self.line = 0

    def words(self) -> list[PdfWord]:
        left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
        high = 0
        for index in range(self.count):
            code = pdfium.FPDFText_GetUnicode(self.handle, index)
            if 0xD800 <= code <= 0xDBFF:
                high = code
                continue
            if 0xDC00 <= code <= 0xDFFF:
                code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
            if code in _SOFT_HYPHENS:
                # pdfium runs the two halves of a divided word together here, which is what a reader wants to
                # search for.
                continue
            if code in (0x0A, 0x0D):
                self._end()
                self.line += 1
                continue
            character = clean(chr(code or 0xFFFD))
            if character.isspace():
                self._end()
                continue
            pdfium.FPDFText_GetCharBox(
                self.handle, index, byref(left), byref(right), byref(bottom), byref(top)
            )
            if not self.letters:
                self.first = index
            self.letters.append((character, left.value, bottom.value, right.value, top.value))
        self._end()
        return self.found

    def _end(self) -> None:
        if not self.letters:
            return
        letters, self.letters = self.letters, []
        pieces: list[Piece] = []
        for begin, end in _runs(letters):
            run = letters[begin:end]
            edges = self.place.edges(
                min(c[1] for c in run), min(c[2] for c in run), max(c[3] for c in run), max(c[4] for c in run)
            )
            pieces.append(Piece(begin, end, *edges))
        # A divided word stands where its first half stands.
        at = pieces[0]
        word = Word(
            "".join(c[0] for c in letters), at.left, at.top, at.right, at.bottom, self.line,
            pdfium.FPDFText_GetFontSize(self.handle, self.first), pieces=tuple(pieces),
        )  # fmt: skip
        angle = (pdfium.FPDFText_GetCharAngle(self.handle, self.first) + self.turned) % pi
        is_level = min(angle, pi - angle) < _LEVEL_RADIANS
        drawn = pdfium.FPDFText_GetTextObject(self.handle, self.first)
        is_inkless, order = False, 0
        if drawn:
            mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn)
            is_inkless = mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
            order = self.orders.get(addressof(drawn.contents), 0)
        tone, opacity = self._tone()
        self.found.append(PdfWord(word, is_inkless or opacity < _FAINT, tone, is_level, order))

    def _tone(self) -> tuple[int, int]:
        """How light a letter is and how much of it covers what lies below, each 0 to 255."""
        red, green, blue, opacity = c_uint(), c_uint(), c_uint(), c_uint(255)
        if not pdfium.FPDFText_GetFillColor(self.handle, self.first, red, green, blue, opacity):
            return 0, 255
        return (299 * red.value + 587 * green.value + 114 * blue.value) // 1000, opacity.value


def _runs(characters: list[_Letter]) -> list[tuple[int, int]]:
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
    runs.append((begin, len(characters)))
    return runs
