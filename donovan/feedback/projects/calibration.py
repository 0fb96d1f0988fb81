"""What a calibration round shows: which items people see differently, and which answers they confuse.

    calibration_report(caller, project_id) -> CalibrationReport     the owner's
    running_round(caller, project) -> CalibrationReport | None      while it runs, for the owner
    running_rounds(caller, projects) -> dict[UUID, CalibrationReport]    the same for several, by id

An owner reads it, says the instruction more clearly, and repeats the round or releases the rest.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import F

from donovan.feedback.projects.access import OWNER, project_for, readable_items, roles_in_each
from donovan.feedback.projects.agreement import labels_in_each
from donovan.feedback.projects.likeness import likeness
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem
from donovan.feedback.projects.schema import answer_key, has_choices
from donovan.library.callers import Caller

LOW = 0.67
LEAST_CONFUSED = 0.1
_UNCLEAR = Assignment.Skip.UNCLEAR


@dataclass(frozen=True)
class CalibrationItem:
    """One item of the batch: the share of pairs of people who agree (None below two), and what each said.

    `skips` are (person, reason, note) of those who could not tell.
    """

    item: ProjectItem
    agreement: float | None
    said: tuple[tuple[str, dict[str, Any]], ...]
    skips: tuple[tuple[str, str, str], ...]

    @property
    def is_low(self) -> bool:
        return self.agreement is not None and self.agreement < LOW


@dataclass(frozen=True)
class Confusion:
    """Two answers given to the same item by different people, in `times` of the `items` with one of them."""

    one: str
    other: str
    times: int
    items: int

    @property
    def share(self) -> float:
        return self.times / self.items


@dataclass(frozen=True)
class CalibrationReport:
    """The round as far as it has come. `expected` labels are asked for, `given` are there.

    `unclear` counts those who skipped with "unclear instruction"; `gold_right` is the share of right answers
    to items of the batch whose answer is known.
    """

    round: int
    given: int
    expected: int
    agreement: float | None
    items: tuple[CalibrationItem, ...]
    confusions: tuple[Confusion, ...]
    unclear: int
    gold_right: float | None

    @property
    def is_complete(self) -> bool:
        return self.given >= self.expected

    @property
    def next_step(self) -> str:
        """The step the round speaks for, release or (once more) calibrate; empty while it says nothing."""
        if self.unclear or (self.agreement is not None and self.agreement < LOW):
            return "calibrate"
        is_good = self.agreement is not None and self.is_complete and not self.is_read_otherwise
        return "release" if is_good else ""

    @property
    def is_read_otherwise(self) -> bool:
        """Whether people answer otherwise than the owner, where the owner has said what is right."""
        return self.gold_right is not None and self.gold_right < LOW

    @property
    def waits_for_owner(self) -> bool:
        """Whether the owner has something to do: all is answered, or enough to see that it goes wrong."""
        return bool(self.next_step) or (self.given > 0 and self.is_complete)

    @property
    def advice(self) -> str:
        """One sentence about what to do next."""
        if self.unclear:
            return "People skipped items because the instruction is unclear. Say more, and repeat the round."
        if not self.given:
            return "Nobody has labelled yet. The report fills as people do."
        if self.agreement is None:
            return "Wait for a second person: only then can answers be compared."
        if self.confusions and self.agreement < LOW:
            worst = self.confusions[0]
            return (
                f"“{worst.one}” and “{worst.other}” are confused most. Say in the instruction how to tell "
                "them apart, add an example, and repeat the round."
            )
        if self.agreement < LOW:
            return (
                "People see the items differently. Look at the lowest ones, say more, and repeat the round."
            )
        if self.is_read_otherwise:
            return (
                "People agree with one another, and not with the known answers. Look whether those are "
                "right; if they are, say more in the instruction, and repeat the round."
            )
        if not self.is_complete:
            return "Agreement is good so far. Wait for the rest, or release."
        return "Agreement is good. Release the rest."


def calibration_report(caller: Caller, project_id: UUID | str) -> CalibrationReport:
    """The report of the running or last round, over the items that the owner may read."""
    project = project_for(caller, project_id, OWNER)
    return _reports(caller, [project])[project.pk]


def running_round(caller: Caller, project: LabelProject) -> CalibrationReport | None:
    """The report of the round that runs; None outside of one, and for all but the owner."""
    return running_rounds(caller, [project]).get(project.pk)


def running_rounds(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, CalibrationReport]:
    """The reports of the rounds that run in these projects, by id, where the caller owns them."""
    owned = {key for key, roles in roles_in_each(caller, projects).items() if OWNER in roles}
    calibrating = [
        project
        for project in projects
        if project.state == LabelProject.State.CALIBRATING and project.pk in owned
    ]
    return _reports(caller, calibrating) if calibrating else {}


def _reports(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, CalibrationReport]:
    said = labels_in_each(caller, projects, is_calibration=True)
    batches: dict[UUID, list[ProjectItem]] = {project.pk: [] for project in projects}
    for item in readable_items(caller, *projects).filter(is_calibration=True).order_by("ordinal"):
        batches[item.project_id].append(item)
    skipped: dict[UUID, list[Assignment]] = {}
    slots = Assignment.objects.filter(
        item__in=[item.pk for batch in batches.values() for item in batch],
        round=F("item__project__round"),
        state=Assignment.State.SKIPPED,
    )
    for slot in slots.select_related("person"):
        skipped.setdefault(slot.item_id, []).append(slot)
    return {
        project.pk: _report(project, batches[project.pk], said[project.pk], skipped) for project in projects
    }


def _report(
    project: LabelProject,
    batch: list[ProjectItem],
    said: dict[str, dict[str, dict[str, Any]]],
    skipped: dict[UUID, list[Assignment]],
) -> CalibrationReport:
    rows = [_row(project, item, said.get(str(item.pk), {}), skipped.get(item.pk, [])) for item in batch]
    rows.sort(key=lambda row: (1.0 if row.agreement is None else row.agreement, row.item.ordinal))
    measured = [row.agreement for row in rows if row.agreement is not None]
    given = sum(len(row.said) for row in rows)
    answered = given + sum(len(row.skips) for row in rows)
    unclear = [slot for item in batch for slot in skipped.get(item.pk, []) if slot.skip == _UNCLEAR]
    return CalibrationReport(
        round=project.round,
        given=given,
        expected=given if answered >= sum(item.wanted for item in batch) else sum(i.wanted for i in batch),
        agreement=sum(measured) / len(measured) if measured else None,
        items=tuple(rows),
        confusions=_confusions(project, rows),
        unclear=len(unclear),
        gold_right=_gold_right(project, rows),
    )


def _row(
    project: LabelProject,
    item: ProjectItem,
    said: dict[str, dict[str, Any]],
    skipped: list[Assignment],
) -> CalibrationItem:
    pairs = [_alike(project, one, other) for one, other in combinations(said.values(), 2)]
    agreement = sum(pairs) / len(pairs) if pairs else None
    skips = tuple((slot.person.get_username(), slot.get_skip_display(), slot.note) for slot in skipped)
    return CalibrationItem(item, agreement, tuple(sorted(said.items())), skips)


def _alike(project: LabelProject, one: dict[str, Any], other: dict[str, Any]) -> float:
    if has_choices(project):
        return float(answer_key(project, one) == answer_key(project, other))
    return likeness(project.task, one, other)


def _confusions(project: LabelProject, rows: list[CalibrationItem]) -> tuple[Confusion, ...]:
    words = {str(option["value"]): str(option["words"]) for option in project.options}
    if project.task == "preference":
        # Which draft stands first differs from person to person.
        words |= {"a": "Draft A", "b": "Draft B"}
    if project.task == "spans":
        return _confused_spans(rows, words)
    if not has_choices(project):
        return ()
    together: Counter[tuple[str, str]] = Counter()
    occurring: Counter[str] = Counter()
    for row in rows:
        answers = sorted({str(answer_key(project, value)) for _, value in row.said})
        occurring.update(answers)
        together.update(combinations(answers, 2))
    found = [
        Confusion(
            words.get(one, one), words.get(other, other), times, occurring[one] + occurring[other] - times
        )
        for (one, other), times in together.items()
    ]
    return _worst(found)


def _confused_spans(rows: list[CalibrationItem], words: dict[str, str]) -> tuple[Confusion, ...]:
    """Classes that different people give to the very same words."""
    together: Counter[tuple[str, str]] = Counter()
    occurring: Counter[str] = Counter()
    for row in rows:
        by_place: dict[tuple[int, int], set[str]] = {}
        for _, value in row.said:
            for span in value["spans"]:
                by_place.setdefault((span["start"], span["end"]), set()).add(span["label"])
        for labels in by_place.values():
            occurring.update(labels)
            together.update(combinations(sorted(labels), 2))
    return _worst(
        [
            Confusion(
                words.get(one, one), words.get(other, other), times, occurring[one] + occurring[other] - times
            )
            for (one, other), times in together.items()
        ]
    )


def _worst(found: list[Confusion]) -> tuple[Confusion, ...]:
    kept = [confusion for confusion in found if confusion.share >= LEAST_CONFUSED]
    return tuple(sorted(kept, key=lambda one: (-one.times, -one.share, one.one, one.other)))


def _gold_right(project: LabelProject, rows: list[CalibrationItem]) -> float | None:
    known = [
        _alike(project, value, row.item.gold)
        for row in rows
        if row.item.is_gold and row.item.gold is not None
        for _, value in row.said
    ]
    return sum(known) / len(known) if known else None
