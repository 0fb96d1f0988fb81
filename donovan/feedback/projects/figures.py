"""Figures of the quality page: how somebody labels over time, and which answers are taken for each other.

    stretches_of(caller, project, person) -> list[Stretch]
    confusion_of(caller, project) -> list[ConfusionRow]
    alike_in(caller, project) -> float | None        alike_in_each(caller, projects) -> by id

All are counted over items that the reader may read now. What others said is compared only where the person
has labelled the item already.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from statistics import median
from typing import Any
from uuid import UUID

from donovan.feedback.projects.access import readable_items
from donovan.feedback.projects.agreement import labels_by_item, labels_in_each
from donovan.feedback.projects.likeness import likeness
from donovan.feedback.projects.models import Assignment, LabelProject
from donovan.feedback.projects.schema import answer_key, has_choices
from donovan.library.callers import Caller

STRETCH = 20
MOST_STRETCHES = 30


@dataclass(frozen=True)
class Stretch:
    """Labels `first` to `last` of a person in the order in which they were given, the newest stretch last.

    `agreement` is the mean likeness (0 to 1) to the others' labels of the same items, None without any.
    """

    first: int
    last: int
    began: datetime | None
    seconds_each: float | None
    agreement: float | None
    compared: int


@dataclass(frozen=True)
class ConfusionCell:
    """How many pairs of people gave these two answers to one item."""

    other: str
    count: int
    is_same: bool
    share: float


@dataclass(frozen=True)
class ConfusionRow:
    """One answer, and what others said where one person gave it."""

    words: str
    cells: list[ConfusionCell]


def stretches_of(caller: Caller, project: LabelProject, person: str) -> list[Stretch]:
    """The work of a person in stretches of STRETCH labels, at most the last MOST_STRETCHES."""
    slots = (
        Assignment.objects.filter(
            item__in=readable_items(caller, project),
            person__username=person,
            state=Assignment.State.DONE,
            label__withdrawn_at__isnull=True,
        )
        .select_related("label")
        .order_by("done_at", "pk")
    )
    said, rows = labels_by_item(caller, project), list(slots)
    found = []
    for begin in range(0, len(rows), STRETCH):
        chunk = rows[begin : begin + STRETCH]
        times = [slot.seconds for slot in chunk if slot.seconds is not None]
        alike = [
            _alike(project, slot.label.value, theirs)
            for slot in chunk
            if slot.label is not None
            for other, theirs in said.get(str(slot.item_id), {}).items()
            if other != person
        ]
        found.append(
            Stretch(
                first=begin + 1,
                last=begin + len(chunk),
                began=chunk[0].done_at,
                seconds_each=median(times) if times else None,
                agreement=sum(alike) / len(alike) if alike else None,
                compared=len(alike),
            )
        )
    return found[-MOST_STRETCHES:]


def confusion_of(caller: Caller, project: LabelProject) -> list[ConfusionRow]:
    """A row for each answer that was given; none for tasks without answers to choose from."""
    if not has_choices(project):
        return []
    together: Counter[tuple[str, str]] = Counter()
    for values in labels_by_item(caller, project).values():
        for one, other in combinations([str(answer_key(project, value)) for value in values.values()], 2):
            together[one, other] += 1
            together[other, one] += one != other
    names = [(str(option["value"]), str(option["words"])) for option in project.options]
    given = {answer for pair in together for answer in pair}
    names = [(value, words) for value, words in names if value in given]
    rows = []
    for value, words in names:
        total = sum(together[value, other] for other, _ in names)
        cells = [
            ConfusionCell(said, together[value, other], value == other, together[value, other] / total)
            for other, said in names
            if total
        ]
        rows.append(ConfusionRow(words, cells))
    return rows


def alike_in(caller: Caller, project: LabelProject) -> float | None:
    """The mean likeness of pairs of labels of one item: for choices the share of pairs that say the same."""
    return alike_in_each(caller, [project])[project.pk]


def alike_in_each(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, float | None]:
    """The same in each of several projects, by its id."""
    said = labels_in_each(caller, projects)
    return {project.pk: _mean_of(project, said[project.pk].values()) for project in projects}


def alike_by_round(caller: Caller, project: LabelProject) -> dict[int, float]:
    """The same for each calibration round that was, by its number."""
    slots = Assignment.objects.filter(
        item__in=readable_items(caller, project), state=Assignment.State.DONE, round__gt=0
    )
    found: dict[int, dict[Any, dict[str, dict[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
    for number, item, person, value in slots.values_list(
        "round", "item_id", "person__username", "label__value"
    ):
        if value is not None:
            found[number][item][person] = value
    means = {number: _mean_of(project, said.values()) for number, said in sorted(found.items())}
    return {number: mean for number, mean in means.items() if mean is not None}


def _mean_of(project: LabelProject, said: Iterable[Mapping[str, dict[str, Any]]]) -> float | None:
    alike = [
        _alike(project, one, other)
        for values in said
        for one, other in combinations(list(values.values()), 2)
    ]
    return sum(alike) / len(alike) if alike else None


def _alike(project: LabelProject, one: dict[str, Any], other: dict[str, Any]) -> float:
    if has_choices(project):
        return float(answer_key(project, one) == answer_key(project, other))
    return likeness(project.task, one, other)
