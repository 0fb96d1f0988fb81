"""Test rows that training has seen: the same sentence with other names and numbers, or the very passage.

Near-duplicates are found by their words, so a sentence filled in with another place counts as another one. A
model that has seen the sentence need only know it again, and a test made of such rows praises it for that.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from donovan.feedback.datasets.masking import masked, tells
from donovan.feedback.datasets.near_duplicates import same_words
from donovan.feedback.datasets.rows import is_counterexample, item_text

ALIKE = 0.8
"""Share of common runs of words, of all runs of the two, from which on two masked texts say the same."""

WORTH_SAYING = 0.02
"""The share of test rows from which on the gate mentions them."""

TOO_MANY = 0.1
"""The share from which on the gate refuses: what was measured is then no test of new texts any more."""

_RUN = 3


@dataclass(frozen=True)
class Likeness:
    """How many test rows say what a training row says, and the first such pair, by id. `passages` counts the
    passages by which the test measures, `seen` those of them that stand word for word in training.
    """

    alike: int
    tested: int
    example: tuple[str, str]
    seen: int = 0
    passages: int = 0

    @property
    def share(self) -> float:
        return self.alike / self.tested if self.tested else 0.0

    @property
    def seen_share(self) -> float:
        return self.seen / self.passages if self.passages else 0.0


def likeness_of(rows: Sequence[Mapping[str, Any]]) -> Likeness:
    """Every test row against every training row."""
    by_run: dict[tuple[str, ...], list[int]] = defaultdict(list)
    known: list[tuple[str, int]] = []
    first_of: dict[frozenset[tuple[str, ...]], int] = {}
    for row in rows:
        if row["split"] != "train" or not (runs := frozenset(_runs(row))) or runs in first_of:
            # Rows of one template are as one: else each of a thousand is held against each of a thousand.
            continue
        first_of[runs] = len(known)
        for run in runs:
            by_run[run].append(len(known))
        known.append((str(row["id"]), len(runs)))
    alike, tested, example = 0, 0, ("", "")
    for row in rows:
        if row["split"] != "test" or is_counterexample(row):
            continue
        tested += 1
        runs = frozenset(_runs(row))
        common = Counter(at for run in runs for at in by_run.get(run, ()))
        for at, count in common.most_common(1):
            if count >= ALIKE * (len(runs) + known[at][1] - count):
                alike += 1
                example = example if example[0] else (str(row["id"]), known[at][0])
    return Likeness(alike, tested, example, *_passages_seen(rows))


def _passages_seen(rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    of_relevance = [row for row in rows if row["task"] == "relevance"]
    trained = {same_words(item_text(row)) for row in of_relevance if row["split"] == "train"}
    asked = {
        same_words(item_text(row))
        for row in of_relevance
        if row["split"] == "test" and not is_counterexample(row)
    }
    return len(asked & trained), len(asked)


def _runs(row: Mapping[str, Any]) -> set[tuple[str, ...]]:
    words = masked(item_text(row))
    if not tells(words):
        return set()
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
