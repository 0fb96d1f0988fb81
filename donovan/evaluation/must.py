"""Judging an answer by what it must and must not say, in words that two people can check by hand.

A gold answer is groups of alternatives. The answer satisfies it when of every group at least one alternative
stands in what was said, and none of the values that a careless reader would give does.

Accents, case, apostrophes and the commas of thousands do not count; a point counts only inside a number. An
alternative begins where a word begins and may end inside one ("nationalis" stands in "nationalists"), except
that a short one, or one that ends in a digit, is whole words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_APOSTROPHES: Final = frozenset("'’‘`ʼ")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3})")
_WORDS: Final = re.compile(r"(?:[^\W_]|(?<=\d)\.(?=\d))+")
_LONGEST_WHOLE: Final = 3


@dataclass(frozen=True)
class Gold:
    """`must`: groups of alternatives, one of each group needed. `must_not`: nothing of this may be said."""

    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()

    def is_satisfied_by(self, text: str) -> bool:
        """Whether the text says all it must and nothing it must not. Nothing satisfies a gold without
        groups.
        """
        said = normalised(text)
        return (
            bool(self.must)
            and all(_says_any(said, group) for group in self.must)
            and not _says_any(said, self.must_not)
        )

    def groups_in(self, text: str) -> int:
        """How many of the groups stand in the text."""
        said = normalised(text)
        return sum(_says_any(said, group) for group in self.must)


def normalised(text: str) -> str:
    """Lower-case words and numbers without accents and apostrophes, one space apart."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in _APOSTROPHES)
    return " ".join(_WORDS.findall(_THOUSANDS.sub("", bare.lower())))


def says(text: str, alternative: str) -> bool:
    """Whether the alternative stands in the text; one without letters and digits never does."""
    return _says(normalised(text), alternative)


def _says_any(said: str, alternatives: Iterable[str]) -> bool:
    return any(_says(said, alternative) for alternative in alternatives)


def _says(said: str, alternative: str) -> bool:
    wanted = normalised(alternative)
    if not wanted:
        return False
    is_whole = len(wanted) <= _LONGEST_WHOLE or wanted[-1].isdigit()
    end = r"(?!\w|\.\d)" if is_whole else ""
    return re.search(rf"(?<![\w.]){re.escape(wanted)}{end}", said) is not None
