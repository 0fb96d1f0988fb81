"""From what nearness on a passage without any word of the question is a hit.

By meaning alone everything is near to everything a little, so that letters without sense would find twenty
passages. Where the question's words stand nowhere in the scope, it is looked at what those words are: how
likely the letters are in any language, as the vocabulary of a multilingual model has it (Kudo 2018, "Subword
Regularization": each piece of a unigram vocabulary bears its probability). Letters without sense, codes and
strange names have no meaning that a model could know; only their spelling counts.

The bounds were set on words of four letters or more in ten languages of NTREX-128. Of other such words 92 to
97 of 100 pass, of random strings 1 to 3, in Chinese 13 (`make bench BENCH=floors`). Where one does not pass,
the search says that it did not compare by meaning.
"""

import re
from typing import Final

from .embedder import Embedder

UNRELATED = 0.12
"""A passage whose cosine is lower has nothing to do with the question, whatever that is. Of the right
passages of XQuAD asked in English of four other languages 1 in 200 lies below, of those asked in their own
language none.
"""

UNREADABLE = 2.0
"""No cosine reaches it: nothing is found by meaning alone."""

UNSAID = 0.3
"""The same where no word of the question is known and the model cannot tell whether it has a sense."""

_BOUNDS: Final = (
    (re.compile("[\u3040-\u30ff\u3400-\u9fff]"), -11.0),
    (re.compile("[\u0600-\u06ff]"), -6.2),
    (re.compile("[\u0400-\u04ff]"), -5.3),
    (re.compile("[a-z\u00df-\u024f]", re.IGNORECASE), -4.3),
)
"""For each script the mean log-probability of a letter from which on letters have a sense."""


def floor(embedder: Embedder, query: str, *, is_any_word_known: bool) -> float:
    """The least cosine of a hit that shares no word with `query`; above 1 where there can be none.

    `is_any_word_known` says whether a word of the query stands anywhere in the scope.
    """
    if is_any_word_known:
        return UNRELATED
    familiarity = embedder.familiarity(query)
    if familiarity is None:
        return UNSAID
    return UNRELATED if familiarity >= _bound(query) else UNREADABLE


def _bound(query: str) -> float:
    """That of the script of most letters; letters of other scripts are taken to have a sense."""
    counts = [(len(letters.findall(query)), bound) for letters, bound in _BOUNDS]
    most, bound = max(counts)
    others = sum(char.isalpha() for char in query) - sum(count for count, _ in counts)
    if others > most:
        return float("-inf")
    # Digits and signs alone are told by their spelling.
    return bound if most else float("inf")
