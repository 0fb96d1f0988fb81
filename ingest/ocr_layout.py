"""Tesseract's table of words (TSV) to running text: lines, paragraphs, and where each word stands in them."""

import math
from dataclasses import dataclass
from statistics import median

from ingest.layout import SENTENCE_ENDS
from ingest.ocr_columns import untangled
from ingest.protocol import Box, clean

_COLUMNS = 12
# Rules, folds and specks of dust are read as these; no sentence consists of them.
_RULES_AND_SPECKS = frozenset("|_\\~{}¦")
_SURE_MARK = 0.5
_ENOUGH_LINES = 3
_SENTENCE_WORDS = 3
_PAGE, _BLOCK, _PARAGRAPH, _LINE, _WORD = range(1, 6)


@dataclass(frozen=True)
class Reading:
    """A page as Tesseract read it; boxes as shares of the image, confidence 0 to 1 (mean over characters).

    `slope` is by how many degrees the lines fall towards the right.
    """

    text: str
    words: tuple[Box, ...]
    confidence: float
    slope: float = 0.0


def _is_speck(text: str, confidence: float) -> bool:
    """Whether a "word" without letters or digits is dirt, which would break the sentence around it."""
    if any(character.isalnum() for character in text):
        return False
    return confidence < _SURE_MARK or set(text) <= _RULES_AND_SPECKS


def joins_without_space(left: str, right: str) -> bool:
    """Han, kana and full-width forms are written without spaces, though Tesseract lists them as words."""
    return _is_ideograph(left) and _is_ideograph(right)


def _is_ideograph(character: str) -> bool:
    code = ord(character)
    return (
        0x3000 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
    )


def read_table(table: str) -> Reading:
    """The text of a TSV as Tesseract prints it (twelve columns: level, five ids, four edges in pixels,
    conf, text).

    Words are joined by a space, lines by a line end, paragraphs by an empty line, in Tesseract's reading
    order.
    """
    parts: list[str] = []
    words: list[Box] = []
    length = 0
    width = height = 1
    sure = characters = 0.0
    last: tuple[str, str, str] | None = None
    in_line = before = 0
    begin = (0.0, 0.0)
    end = (0.0, 0.0)
    slopes: list[float] = []
    for line in table.splitlines():
        fields = line.split("\t", _COLUMNS - 1)
        if len(fields) < _COLUMNS - 1 or not fields[0].isdigit():
            continue
        level = int(fields[0])
        if level == _PAGE:
            width, height = max(1, int(fields[8])), max(1, int(fields[9]))
        if level != _WORD or len(fields) < _COLUMNS:
            continue
        text = clean(fields[11]).strip()
        if not text or _is_speck(text, float(fields[10]) / 100):
            continue
        place = (fields[2], fields[3], fields[4])
        in_line = in_line + 1 if place == last else 0
        separator = _separator(last, place, parts[-1][-1] if parts else "", text[0], before)
        before = in_line + 1
        parts.extend((separator, text))
        start = length + len(separator)
        length = start + len(text)
        left, top, across, down = (int(value) for value in fields[6:10])
        middle = (left + across / 2, top + down / 2)
        if place != last:
            slopes.extend(_slope(begin, end, width))
            begin = middle
        end = middle
        confidence = max(0.0, min(1.0, float(fields[10]) / 100))
        words.append(
            Box(
                start,
                length,
                left / width,
                top / height,
                (left + across) / width,
                (top + down) / height,
                confidence,
            )
        )
        sure += confidence * len(text)
        characters += len(text)
        last = place
    slopes.extend(_slope(begin, end, width))
    slope = median(slopes) if len(slopes) >= _ENOUGH_LINES else 0.0
    text, boxes = untangled("".join(parts), tuple(words), width, height)
    return Reading(text, boxes, sure / characters if characters else 0.0, slope)


def _slope(begin: tuple[float, float], end: tuple[float, float], width: int) -> list[float]:
    """The fall of one line in degrees, from its first to its last word; nothing for a short line."""
    across, down = end[0] - begin[0], end[1] - begin[1]
    return [math.degrees(math.atan2(down, across))] if across > width * 0.15 else []


def _separator(
    last: tuple[str, str, str] | None, place: tuple[str, str, str], left: str, right: str, before: int
) -> str:
    """What stands between two words; `before` is how many words the line of the first one has."""
    if last is None:
        return ""
    if last[:2] != place[:2]:
        # A sentence that goes on is no new paragraph, however far apart its lines stand.
        goes_on = before >= _SENTENCE_WORDS and left not in SENTENCE_ENDS and right.islower()
        return "\n" if goes_on else "\n\n"
    if last != place:
        return "\n"
    return "" if joins_without_space(left, right) else " "
