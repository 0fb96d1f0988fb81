"""One person in several spellings: Goran Veselin, Горан Веселин, Goran Vesselin.

Names are compared word for word by sound (`retrieval.name_forms`). Only full names are: a word alone is like
too many others. Where nothing speaks against it two spellings are one, and whoever knows better keeps them
apart; where they are merely alike, an analyst is asked.
"""

import re
from collections.abc import Callable
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from retrieval.name_forms import VOWELS, is_same, likeness, readings, script_of, skeleton, sounds

ONE: Final = 0.94
"""Above this likeness of each word two spellings are one. Of all pairs of names in
`tests/benchmarks/names.tsv` (`make bench BENCH=names`) hardly two are that alike without being one.
"""

ALIKE: Final = 0.9

LONGEST = 40
_SERVANT = re.compile(r"\babd\s*[aeiou][a-z]\s*(?=[a-z]{2})")
"""Abd al-Rahman, Abdul Rahman, Abdurrahman: the article takes on the letter that follows it."""
_LIKE: Final = str.maketrans({"W": "F", "G": "K"})
"""Consonants that one spelling has for the other's: Gaddafi and Qadhafi, Ahmedov and Akhmedoff."""
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
    whole = _SERVANT.sub("abd", normal)
    return [word for word in whole.split() if word not in _LEFT_OUT and len(word) <= LONGEST]


def _is_one(one: str, other: str) -> bool:
    if one == other:
        return True
    # Scripts that leave vowels out write Hassan and Hussein with one row of consonants.
    if script_of(one) or script_of(other):
        return False
    # Petrov and Petrova, Ivan and Ivana: what many languages tell a man and a woman apart by.
    if sounds(one).endswith("a") != sounds(other).endswith("a"):
        return False
    return max(_agreement(*pair) for pair in readings(one, other)) > ONE


def _agreement(one: str, other: str) -> float:
    """How well two rows of sounds agree, 0 to 1, where their consonants are the same; else 0."""
    first, second = one.translate(_LIKE), other.translate(_LIKE)
    consonants = skeleton(first)
    if not consonants or consonants != skeleton(second):
        return 0.0
    share = VOWELS[""]
    return 1 - share + share * DamerauLevenshtein.normalized_similarity(first, second)
