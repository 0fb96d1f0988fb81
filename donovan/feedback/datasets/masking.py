"""Texts that are one sentence filled in with other names and numbers: of one template.

Near-duplicates are found by their words, so that a sentence with another place in it counts as another one.
A model that has seen the sentence need only know it again, and a test made of such rows praises it for that.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from donovan.feedback.datasets.near_duplicates import near_duplicates
from donovan.feedback.datasets.rows import is_counterexample, item_text

MASK = "_"
_MASK_WORD = "0"
_FEWEST_WORDS = 4
_LEAST_LEFT = 0.6
_LONGEST = 4_000
_WORD = re.compile(r"\w+")


def masked(text: str) -> list[str]:
    """The words of a text in small letters; what holds a digit or begins with a capital is a mark, as are
    several of them in a row.
    """
    found: list[str] = []
    for word in _WORD.findall(text[:_LONGEST]):
        is_masked = word[0].isupper() or any(one.isdigit() for one in word)
        if not is_masked:
            found.append(word)
        elif not found or found[-1] != MASK:
            found.append(MASK)
    return found


def tells(words: Sequence[str]) -> bool:
    """Whether enough of a masked text is left for it to be known again by: not of a few words, and not of a
    text that is mostly names or whose language begins every noun with a capital.
    """
    left = sum(word != MASK for word in words)
    return left >= _FEWEST_WORDS and left >= _LEAST_LEFT * len(words)


def of_one_template(rows: Sequence[Mapping[str, Any]]) -> Iterable[tuple[int, int]]:
    """Pairs (earlier, later) of positions, enough to connect all rows that are of one template.

    Passages that do not answer stand for no template: they follow their question.
    """
    return near_duplicates([_plain(row) for row in rows])


def _plain(row: Mapping[str, Any]) -> str:
    words = [] if is_counterexample(row) else masked(item_text(row))
    return " ".join(_MASK_WORD if word == MASK else word for word in words) if tells(words) else ""
