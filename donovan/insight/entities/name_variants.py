"""One person in several spellings: Goran Veselin, Горан Веселин, Goran Vesselin.

Names are compared word for word by sound (`retrieval.name_forms`). Only full names are: a word alone is like
too many others. Where nothing speaks against it two spellings are one, and whoever knows better keeps them
apart; where they are merely alike, an analyst is asked.
"""

from collections.abc import Callable
from typing import Final

from retrieval.name_forms import is_same, likeness, script_of, skeleton, sounds

ONE: Final = 0.95
"""Above this likeness of each word two spellings are one. On 400 pairs of `tests/benchmarks/names.tsv` no two
words of different names are that alike, and three quarters of the Russian names are.
"""

ALIKE: Final = 0.9

LONGEST = 40
_LEFT_OUT: Final = frozenset(
    {"al", "ar", "as", "ad", "at", "an", "el", "ash", "az", "bin", "ibn", "ben", "bint"}
)
"""Articles and "son of": written or left out, and in more than one way."""


def sound_key(normal: str) -> str:
    """What spellings of one full name share: the consonants of each word, coarsely. Empty for other names.

    `normal` is a normal form as `identity.normal_name` gives it.
    """
    words = _words(normal)
    keys = [skeleton(sounds(word), "arabic") for word in words]
    return " ".join(keys)[:200] if len(words) > 1 and all(keys) else ""


def are_one(one: str, other: str) -> bool:
    """Whether two normal forms are spellings of one full name so surely that they are shown as one."""
    return _each(one, other, _is_one)


def may_be_one(one: str, other: str) -> bool:
    """Whether it is worth asking. In a full name short words count too: the others bear them out."""
    return _each(one, other, lambda a, b: a == b or is_same(a, b) or likeness(a, b) >= ALIKE)


def _each(one: str, other: str, agree: Callable[[str, str], bool]) -> bool:
    pairs = list(zip(_words(one), _words(other), strict=False))
    return len(pairs) == len(_words(one)) == len(_words(other)) > 1 and all(agree(*pair) for pair in pairs)


def _words(normal: str) -> list[str]:
    return [word for word in normal.split() if word not in _LEFT_OUT and len(word) <= LONGEST]


def _is_one(one: str, other: str) -> bool:
    if one == other:
        return True
    # Scripts that leave vowels out write Hassan and Hussein with one row of consonants.
    if script_of(one) or script_of(other):
        return False
    # Petrov and Petrova, Ivan and Ivana: what many languages tell a man and a woman apart by.
    return sounds(one).endswith("a") == sounds(other).endswith("a") and likeness(one, other) > ONE
