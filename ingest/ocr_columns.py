"""Columns that a recogniser ran together: its lines are divided again where running text stands on both sides
of a strip.
"""

from ingest.layout import Word
from ingest.layout_columns import reading_order
from ingest.protocol import Box

_FEWEST_LINES = 3
_SHARE = 0.3


def untangled(text: str, boxes: tuple[Box, ...], width: float, height: float) -> tuple[str, tuple[Box, ...]]:
    """Text and boxes in the order of their columns; both as they were where no line ran over two columns.

    `width` and `height` are those of the picture in pixels.
    """
    words: list[Word] = []
    line = end = 0
    for box in boxes:
        line += "\n" in text[end : box.start]
        end = box.end
        edges = (box.left * width, box.top * height, box.right * width, box.bottom * height)
        words.append(Word(text[box.start : box.end], *edges, line=line, confidence=box.confidence))
    lines = reading_order(words)
    parts: dict[int, int] = {}
    for found in lines:
        for number in {word.line for word in found.words}:
            parts[number] = parts.get(number, 0) + 1
    divided = sum(count > 1 for count in parts.values())
    if divided < max(_FEWEST_LINES, _SHARE * len(parts)):
        return text, boxes
    pieces: list[str] = []
    placed: list[Box] = []
    length = 0
    for found in lines:
        separator = "" if not pieces else "\n\n" if found.is_apart else "\n"
        for word in found.words:
            pieces.append(separator + word.text)
            start = length + len(separator)
            length = start + len(word.text)
            edges = (word.left / width, word.top / height, word.right / width, word.bottom / height)
            placed.append(Box(start, length, *edges, confidence=word.confidence))
            separator = " "
    return "".join(pieces), tuple(placed)
