"""Rows into train, dev and test, so that what belongs together stays together.

Groups are the connected components over the bonds of `rows.bonds` (one group, document or question, or nearly
the same text) and those of `masking` (one sentence filled in with other names and numbers). Whole groups are
then dealt out, the largest first and the rest in an order drawn from the seed, each to the split where it
brings the counts of languages and values nearest to what is wanted (stratification by least squared distance,
after Sechidis and others 2011, with groups instead of rows).
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.masking import of_one_template
from donovan.feedback.datasets.near_duplicates import same_words
from donovan.feedback.datasets.rows import (
    BY_DOCUMENTS,
    SPLITS,
    Row,
    bonds,
    is_counterexample,
    item_text,
    short_digest,
)

Shares = tuple[float, float, float]
DEFAULT_SHARES: Shares = (0.8, 0.1, 0.1)
_SIZE = ("size", "")


def read_shares(text: str) -> Shares:
    """The shares of train, dev and test from a text such as “0.8/0.1/0.1”, or from the name of one split,
    which then gets everything. Raises DatasetError.
    """
    if text in SPLITS:
        one, two, three = (float(split == text) for split in SPLITS)
        return one, two, three
    try:
        numbers = [float(part) for part in text.replace(",", ".").split("/")]
    except ValueError:
        numbers = []
    if len(numbers) != len(SPLITS) or not all(0 <= number <= 1 for number in numbers):
        raise DatasetError(
            f"“{text[:40]}” are no shares. Write three numbers from 0 to 1 for train, dev and test, "
            "such as 0.8/0.1/0.1."
        )
    if abs(sum(numbers) - 1) > 0.001:
        raise DatasetError("The shares of train, dev and test must add up to 1, as 0.8/0.1/0.1 do.")
    return numbers[0], numbers[1], numbers[2]


def set_groups(rows: Sequence[Row], binding: str = BY_DOCUMENTS) -> None:
    """Set `group` of every row: the same for all that must lie in one split, and for nothing else.

    A group that a row brings along binds it to the others that bring the same.
    """
    parents = list(range(len(rows)))

    def root(position: int) -> int:
        while parents[position] != position:
            parents[position] = parents[parents[position]]
            position = parents[position]
        return position

    bound = ((one, other) for one, other, _ in bonds(rows, binding))
    for one, other in chain(bound, of_one_template(rows)):
        first, second = sorted((root(one), root(other)))
        parents[second] = first
    smallest: dict[int, str] = {}
    for position, row in enumerate(rows):
        at, name = root(position), str(row["id"])
        smallest[at] = min(smallest.get(at, name), name)
    for position, row in enumerate(rows):
        row["group"] = short_digest("group", smallest[root(position)])


def set_splits(rows: Sequence[Row], shares: Shares, seed: int) -> None:
    """Set `split` of every row whose `group` is set. Same rows, shares and seed: same splits, in any order of
    the rows.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row)
    strata = {name: _strata(members) for name, members in groups.items()}
    totals: Counter[tuple[str, str]] = Counter()
    for counted in strata.values():
        totals.update(counted)
    wanted = {split: share for split, share in zip(SPLITS, shares, strict=True) if share > 0}
    have: dict[str, Counter[tuple[str, str]]] = {split: Counter() for split in wanted}

    def cost(split: str, counted: Mapping[tuple[str, str], int]) -> float:
        """How much farther the split is from what is wanted once it holds the group."""
        change = 0.0
        for key, count in counted.items():
            desired = totals[key] * wanted[split]
            change += (count * count + 2 * count * (have[split][key] - desired)) / desired
        return change

    for name in sorted(groups, key=lambda each: (-len(groups[each]), _drawn(seed, each))):
        chosen = min(wanted, key=lambda split: (cost(split, strata[name]), SPLITS.index(split)))
        have[chosen].update(strata[name])
        for row in groups[name]:
            row["split"] = chosen


FEWEST_TO_DIVIDE = 12
"""With fewer rows a split without one is no surprise."""


def check_divided(rows: Sequence[Row], shares: Shares) -> None:
    """Raises DatasetError where a split that should get a share got no row at all: nothing could be measured
    on it.
    """
    counts = Counter(str(row["split"]) for row in rows)
    empty = [split for split, share in zip(SPLITS, shares, strict=True) if share > 0 and not counts[split]]
    if len(rows) < FEWEST_TO_DIVIDE or not empty:
        return
    groups = Counter(str(row["group"]) for row in rows)
    (_name, largest), *_ = groups.most_common(1)
    divided = "/".join(str(counts[split]) for split in SPLITS)
    raise DatasetError(
        f"The {len(rows)} rows cannot be divided so (they would be {divided}): they are {len(groups)} "
        f"group{'' if len(groups) == 1 else 's'} of rows that belong together by document, question, nearly "
        f"the same text or one template, the largest of {largest}. Label more documents, hold rows together "
        "by their questions alone, or give everything to one split."
    )


def without_test_passages(rows: Sequence[Row]) -> list[Row]:
    """The rows without those that show, as one that does not answer, a passage by which another split is
    measured: training would have seen what the test asks for.
    """
    order = {split: number for number, split in enumerate(SPLITS)}
    measured: dict[str, int] = {}
    for row in rows:
        if row["task"] == "relevance" and not is_counterexample(row):
            words = same_words(item_text(row))
            measured[words] = max(measured.get(words, 0), order[row["split"]])
    return [
        row
        for row in rows
        if not is_counterexample(row) or measured.get(same_words(item_text(row)), 0) <= order[row["split"]]
    ]


def sample_training(rows: Sequence[Row], most: int, seed: int) -> list[Row]:
    """The rows with at most `most` of the training split, drawn by the seed; dev and test stay whole."""
    training = [row for row in rows if row["split"] == SPLITS[0]]
    drawn = sorted(training, key=lambda row: _drawn(seed, str(row["id"])))[:most]
    kept = {str(row["id"]) for row in drawn}
    return [row for row in rows if row["split"] != SPLITS[0] or str(row["id"]) in kept]


def stratum_of(row: Mapping[str, object]) -> str:
    """What a split should hold its share of, beside languages: the class, grade, verdict or choice."""
    value = row["value"]
    if not isinstance(value, Mapping):
        return ""
    for name in ("class", "grade", "verdict", "preferred", "disposition", "same", "useful"):
        if name in value:
            return str(value[name])
    spans = value.get("spans")
    if isinstance(spans, list):
        return " ".join(sorted({str(span["label"]) for span in spans})) or "no spans"
    return ""


def _strata(rows: Sequence[Row]) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter({_SIZE: len(rows)})
    counted.update(("value", stratum_of(row)) for row in rows)
    counted.update(("language", str(row.get("language", ""))) for row in rows)
    return counted


def _drawn(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}\x1f{name}".encode()).hexdigest()
