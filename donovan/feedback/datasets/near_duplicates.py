"""Texts that say nearly the same: MinHash over shingles of three words, found by locality-sensitive hashing.

Two texts are near-duplicates from an estimated Jaccard similarity of their shingles of 0.7 on. MinHash with
128 permutations estimates it with a standard error of at most 0.045 (Broder 1997); the banding
is chosen for that threshold, and every candidate that it brings is compared before it counts. Texts of fewer
than six words are near-duplicates only when their words are the same.
"""

import re
from collections.abc import Iterable, Sequence

from donovan.feedback.sketches import Sketches

THRESHOLD = 0.7
PERMUTATIONS = 128
SHINGLE = 3
FEWEST_WORDS = 6
_WORD = re.compile(r"[^\W_]+")


def same_words(text: str) -> str:
    """The words of a text in small letters, without what stands between them."""
    return " ".join(_WORD.findall(text.casefold()))


def shingles(text: str) -> set[str]:
    """The runs of three words of a text. A script that writes no spaces is cut into characters instead."""
    words = _WORD.findall(text.casefold())
    if len(words) < FEWEST_WORDS <= len("".join(words)) // 4:
        words = list("".join(words))
    if len(words) < FEWEST_WORDS:
        return set()
    return {" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


def near_duplicates(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Pairs (earlier, later) of positions in `texts`, enough to connect all near-duplicates: each text with
    those before it. Empty texts are like nothing.
    """
    sketches = Sketches(threshold=THRESHOLD, permutations=PERMUTATIONS)
    first_of: dict[str, int] = {}
    for position, text in enumerate(texts):
        words = same_words(text)
        if not words:
            continue
        if words in first_of:
            yield first_of[words], position
            continue
        first_of[words] = position
        parts = shingles(text)
        if not parts:
            continue
        sketch = sketches.sketch(sorted(parts))
        for other in sketches.candidates(sketch):
            if sketches.similarity(sketch, other) >= THRESHOLD:
                yield other, position
        sketches.add(position, sketch)
