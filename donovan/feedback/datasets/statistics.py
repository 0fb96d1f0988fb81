"""What a version holds, in numbers: computed once when it is made, because its files never change."""

import statistics as numbers
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from donovan.feedback.datasets.near_duplicates import same_words
from donovan.feedback.datasets.reading import leaks_in
from donovan.feedback.datasets.rows import SPLITS, Row, bonds, item_text
from donovan.feedback.datasets.slices import classes_of

MOST_VALUES = 40
FACETS = ("language", "source", "scan_quality", "marking", "origin", "how")


LEAKS_KEPT = 10


def statistics_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Counts by split of values, languages, sources, scan quality, markings, origins and people; lengths in
    words; agreement; groups, near-duplicates and leaks. Every count of values can be opened as a slice.
    """
    if not rows:
        return {"total": 0}
    bound = list(bonds(rows))
    leaks = leaks_in(rows, bound)
    texts = [item_text(row) for row in rows]
    lengths = sorted(len(same_words(text).split()) for text in texts)
    groups = Counter(str(row["group"]) for row in rows)
    dates = sorted(str(row["date"]) for row in rows if row.get("date"))
    return {
        "total": len(rows),
        **divided_by(rows),
        "words": {
            "least": lengths[0],
            "median": numbers.median(lengths),
            "most": lengths[-1],
            "mean": round(numbers.fmean(lengths), 1),
        },
        "agreement": _mean(row.get("agreement") for row in rows),
        "weight": _mean(row.get("weight") for row in rows),
        "groups": len(groups),
        "largest_group": max(groups.values()),
        "largest_group_share": round(max(groups.values()) / len(rows), 3),
        # Rows whose text is nearly that of an earlier row.
        "near_duplicates": len({later for _, later, kind in bound if kind == "text"}),
        "leaks": len(leaks),
        "first_leaks": [leak.words for leak in leaks[:LEAKS_KEPT]],
        "first_date": dates[0] if dates else "",
        "last_date": dates[-1] if dates else "",
        "dated": len(dates),
    }


def divided_by(rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """How the rows of each split divide by value, by the fields of FACETS and by people."""
    return {
        "values": _by_split((value, row["split"]) for row in rows for value in classes_of(row)),
        **{
            name: _by_split((str(row.get(name) or "not known"), row["split"]) for row in rows)
            for name in FACETS
        },
        "people": _by_split(
            (person, row["split"]) for row in rows for person in row.get("annotators") or ["nobody named"]
        ),
    }


def _by_split(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """[{"name", "total", "train", "dev", "test"}], the most frequent first; what is rare stands together."""
    counted: dict[str, Counter[str]] = {}
    for name, split in pairs:
        counted.setdefault(name, Counter())[split] += 1
    order = sorted(counted, key=lambda name: (-counted[name].total(), name))
    lines = [_line(name, counted[name]) for name in order[:MOST_VALUES]]
    if len(order) > MOST_VALUES:
        rest: Counter[str] = Counter()
        for name in order[MOST_VALUES:]:
            rest.update(counted[name])
        lines.append({**_line(f"{len(order) - MOST_VALUES} others", rest), "is_rest": True})
    return lines


def _line(name: str, counted: Mapping[str, int]) -> dict[str, Any]:
    return {
        "name": name,
        "total": sum(counted.values()),
        **{split: counted.get(split, 0) for split in SPLITS},
    }


def _mean(values: Iterable[Any]) -> float | None:
    known = [float(value) for value in values if isinstance(value, int | float)]
    return round(numbers.fmean(known), 3) if known else None
