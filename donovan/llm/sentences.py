"""Cutting a text into sentences that can be translated one by one and put back in their places."""

import re
from collections.abc import Iterator

LONGEST_SENTENCE = 900
_END = re.compile(
    r"(?<![.!?…؟۔])[.!?…؟۔]++[\"'”’»)\]]*+(?=\s+[\"'“‘«(\[¿¡]*[^\W\d_a-zа-яёђјљњћџčćžšđ])|[。！？]+[”’」』）]*"
)
_BLOCK = re.compile(r"[^\n]+(?:\n(?=[ \t]*[a-zа-яёђјљњћџčćžšđáéíóúñ])[^\n]+)*")
_SHORT = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]{1,2}|Col|Cnel|Gral|Gen|Maj|Kap|Sra|Lic|Ing|Art|Avda|tel|prof|etc|sv)\.$"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence in `text`, in order, without the white space around it.

    A line that goes on in lower case on the next line is one sentence with it; any other line end divides.
    """
    for block in _BLOCK.finditer(text):
        begin = block.start()
        for mark in _END.finditer(text, block.start(), block.end()):
            if _SHORT.search(text[begin : mark.end()]):
                continue
            yield from _trimmed(text, begin, mark.end())
            begin = mark.end()
        yield from _trimmed(text, begin, block.end())


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        cut = space if space > start else start + LONGEST_SENTENCE
        yield start, cut
        start = cut + 1 if space > start else cut
    if end > start:
        yield start, end
