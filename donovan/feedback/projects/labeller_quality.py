"""How a labeller does: accuracy, speed and agreement, visible to themselves, and to the owner of all.

    own_quality(caller, project_id) -> LabellerQuality
    qualities(caller, project_id) -> list[LabellerQuality]    the owner's

Counted over items that the reader may read now. What others said is compared only where the person has
labelled the item already, so that nothing is given away. Known answers are told as a share and never item by
item, because an item that is recognised measures nothing any more.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from donovan.feedback.projects.access import OWNER, project_for, readable_items
from donovan.feedback.projects.likeness import likeness
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.schema import answer_key, has_choices
from donovan.library.callers import Caller

LEAST_TO_TELL = 3
"""Of fewer known answers no share is told: it would say which one was wrong."""


@dataclass(frozen=True)
class LabellerQuality:
    """How one labeller does. Shares are 0 to 1, None where there is too little to tell.

    `known_right` is the share of known answers they gave, of `known_seen`; `decided_right` the share of items
    decided by an adjudicator or in review that ended as they said; `agreement` with the others' labels of the
    same items, and `usual_agreement` that of the whole group. `named_as` and `why` are filled for the owner
    alone.
    """

    person: str
    labels: int
    skipped: int
    seconds_each: float | None
    usual_seconds: float | None
    known_seen: int
    known_right: float | None
    decided_seen: int
    decided_right: float | None
    agreement: float | None
    usual_agreement: float | None
    skill: float | None = None
    named_as: str = ""
    why: str = ""
    is_paused: bool = False


@dataclass
class _Work:
    """The standing labels of the readable items, by item and by person."""

    project: LabelProject
    by_item: dict[UUID, dict[str, Assignment]]
    by_person: dict[str, list[Assignment]]
    skipped: dict[str, int]


def own_quality(caller: Caller, project_id: UUID | str) -> LabellerQuality:
    """The caller's own."""
    project = project_for(caller, project_id, ProjectMember.Role.LABELLER)
    return _quality(_work_of(caller, project), caller.name)


def qualities(caller: Caller, project_id: UUID | str) -> list[LabellerQuality]:
    """That of each labeller, for the owner: by name, those who were named first."""
    project = project_for(caller, project_id, OWNER)
    work = _work_of(caller, project)
    rows = project.members.filter(role=ProjectMember.Role.LABELLER).select_related("user")
    found = [_quality(work, row.user.get_username(), row) for row in rows]
    return sorted(found, key=lambda one: (not one.named_as, one.person))


def _work_of(caller: Caller, project: LabelProject) -> _Work:
    slots = Assignment.objects.filter(item__in=readable_items(caller, project)).select_related(
        "item", "label", "person"
    )
    by_item: dict[UUID, dict[str, Assignment]] = defaultdict(dict)
    by_person: dict[str, list[Assignment]] = defaultdict(list)
    skipped: dict[str, int] = defaultdict(int)
    for slot in slots:
        name = slot.person.get_username()
        if slot.state == Assignment.State.SKIPPED:
            skipped[name] += 1
        elif slot.state == Assignment.State.DONE and slot.label and slot.label.withdrawn_at is None:
            by_item[slot.item_id][name] = slot
            by_person[name].append(slot)
    return _Work(project, by_item, by_person, skipped)


def _quality(work: _Work, person: str, member: ProjectMember | None = None) -> LabellerQuality:
    slots = work.by_person.get(person, [])
    known = [slot for slot in slots if slot.item.is_gold]
    decided_by = (ProjectItem.How.ADJUDICATED, ProjectItem.How.REVIEWED)
    decided = [slot for slot in slots if slot.item.final_how in decided_by]
    return LabellerQuality(
        person=person,
        labels=len(slots),
        skipped=work.skipped.get(person, 0),
        seconds_each=_middle([slot.seconds for slot in slots]),
        usual_seconds=_middle([slot.seconds for them in work.by_person.values() for slot in them]),
        known_seen=len(known),
        known_right=_right(work.project, known),
        decided_seen=len(decided),
        decided_right=_right(work.project, decided),
        agreement=_agreement(work, [person]),
        usual_agreement=_agreement(work, list(work.by_person)),
        skill=member.skill if member is not None else None,
        named_as=member.named_as if member is not None else "",
        why=member.named_why if member is not None else "",
        is_paused=member.is_paused if member is not None else False,
    )


def _middle(times: Sequence[float | None]) -> float | None:
    kept = [one for one in times if one is not None]
    return round(median(kept), 1) if kept else None


def _right(project: LabelProject, slots: Sequence[Assignment]) -> float | None:
    if len(slots) < LEAST_TO_TELL:
        return None
    return sum(_same(project, slot, slot.item.final) for slot in slots) / len(slots)


def _same(project: LabelProject, slot: Assignment, value: dict[str, object] | None) -> float:
    if slot.label is None or value is None:
        return 0.0
    if has_choices(project):
        return float(answer_key(project, slot.label.value) == answer_key(project, value))
    return likeness(project.task, slot.label.value, value)


def _agreement(work: _Work, people: Sequence[str]) -> float | None:
    """The mean over pairs of labels of one item, of which at least one is by one of `people`."""
    total, pairs = 0.0, 0
    for person in people:
        for slot in work.by_person.get(person, []):
            for other, theirs in work.by_item[slot.item_id].items():
                if other != person and theirs.label is not None:
                    total += _same(work.project, slot, theirs.label.value)
                    pairs += 1
    return round(total / pairs, 4) if pairs else None
