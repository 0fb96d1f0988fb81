"""Where a text holds what a query wants, as characters of the text: what a page marks."""

import re
from collections.abc import Sequence

from retrieval.querying.elements import places_in
from retrieval.querying.tree import Leaf
from retrieval.words import ReadWord, analysis_of, read_words

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")


def marked(text: str, language: str, leaves: Sequence[Leaf]) -> list[tuple[int, int]]:
    """Start and end of every place where `text` holds one of `leaves`, in order, none within another."""
    analysis = analysis_of(language)
    words: list[ReadWord] = []
    places: list[tuple[int, int]] = []
    for found in _WORD.finditer(text):
        read = read_words(found[0], analysis)
        # Script without spaces is read sign by sign, and each sign has a place of its own.
        is_by_sign = len(read) == len(found[0])
        words += read
        places += [
            (found.start() + i, found.start() + i + 1) if is_by_sign else found.span()
            for i in range(len(read))
        ]
    spans = sorted(
        (places[first][0], places[last][1])
        for leaf in leaves
        for first, last in places_in(leaf, words, analysis)
    )
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
