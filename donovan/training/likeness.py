"""Test rows that differ from a training row only in names and numbers.

Near-duplicates are found by their words, so a sentence filled in with another place counts as another one. A
model that has seen the sentence need only know it again, and a test made of such rows praises it for that.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.feedback.datasets.rows import item_text

ALIKE = 0.8
"""Share of common runs of words, of all runs of the two, from which on two masked texts say the same."""

WORTH_SAYING = 0.1
"""The share of test rows from which on the gate mentions them."""

_RUN = 3
_FEWEST_WORDS = 4
_LONGEST = 4_000
_WORD = re.compile(r"\w+")
_MASK = "_"


@dataclass(frozen=True)
class Likeness:
    """How many test rows say what a training row says, and the first such pair, by id."""

    alike: int
    tested: int
    example: tuple[str, str]

    @property
    def share(self) -> float:
        return self.alike / self.tested if self.tested else 0.0


def masked(text: str) -> list[str]:
    """The words of a text in small letters; what holds a digit or begins with a capital is a mark, as are
    several of them in a row.
    """
    found: list[str] = []
    for word in _WORD.findall(text[:_LONGEST]):
        is_masked = word[0].isupper() or any(one.isdigit() for one in word)
        if not is_masked:
            found.append(word)
        elif not found or found[-1] != _MASK:
            found.append(_MASK)
    return found


def likeness_of(rows: Sequence[Mapping[str, Any]]) -> Likeness:
    """Every test row against every training row."""
    by_run: dict[tuple[str, ...], list[int]] = defaultdict(list)
    known: list[tuple[str, int]] = []
    for row in rows:
        if row["split"] == "train" and (runs := _runs(row)):
            for run in runs:
                by_run[run].append(len(known))
            known.append((str(row["id"]), len(runs)))
    alike, tested, example = 0, 0, ("", "")
    for row in rows:
        if row["split"] != "test":
            continue
        tested += 1
        runs = _runs(row)
        common = Counter(at for run in runs for at in by_run.get(run, ()))
        for at, count in common.most_common(1):
            if count >= ALIKE * (len(runs) + known[at][1] - count):
                alike += 1
                example = example if example[0] else (str(row["id"]), known[at][0])
    return Likeness(alike, tested, example)


def _runs(row: Mapping[str, Any]) -> set[tuple[str, ...]]:
    words = masked(item_text(row))
    if sum(word != _MASK for word in words) < _FEWEST_WORDS:
        return set()
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
