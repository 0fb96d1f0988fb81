"""What pages show of label projects. Everything is counted over items that the reader may read now.

    projects_of(caller) -> list[LabelProject]                 project_of(caller, id) -> LabelProject
    roles_in(caller, project) -> frozenset[str]               roles_in_each(caller, projects) -> by id
    marking_shown(caller, project) -> str
    progress_of(caller, project) -> Progress                  progress_of_each(caller, projects) -> by id
    own_progress(caller, project) -> OwnProgress              own_progress_in_each(caller, projects) -> by id
    shown_item(caller, assignment) -> ShownItem               what to draw for one open slot
    items_of(caller, project, *, state="", words="") -> QuerySet[ProjectItem]    owner, reviewer, adjudicator
    labels_of(caller, item) -> list[GivenLabel]               what people said of it, never before one's own
    members_of(caller, project) -> list[ProjectMember]

What is there for each of several projects asks the database as often for many as for one.
`qualities` and `own_quality` are in `labeller_quality`, agreement and calibration in `agreement` and
`calibration`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from donovan.feedback.projects.access import (
    OWNER,
    marking_shown,
    may_read_item,
    project_of,
    projects_of,
    readable_items,
    roles_in,
    roles_in_each,
)
from donovan.feedback.projects.deciding import current_slots
from donovan.feedback.projects.labelling import has_undone
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.stream import ahead
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

__all__ = [
    "GivenLabel",
    "OwnProgress",
    "Progress",
    "ShownItem",
    "decided_items",
    "items_of",
    "labels_of",
    "marking_shown",
    "members_of",
    "own_progress",
    "own_progress_in_each",
    "progress_of",
    "progress_of_each",
    "project_of",
    "projects_of",
    "roles_in",
    "roles_in_each",
    "shown_item",
]

Role = ProjectMember.Role
State = ProjectItem.State
KINDS = (("unreviewed", "not reviewed"), ("copies", "near-duplicate"), ("known", "known answer"))
"""Further ways to look through items; which answers are known is the owner's to see."""

_PLAIN = Q(copy_of=None, is_gold=False)
_UNREVIEWED = Q(state=State.DONE, review__in=["", ProjectItem.Review.SENT_BACK])
_COUNTED = {
    "total": _PLAIN,
    "waiting": _PLAIN & Q(state=State.WAITING),
    "open": _PLAIN & Q(state=State.OPEN),
    "disputed": _PLAIN & Q(state=State.ADJUDICATION),
    "done": _PLAIN & Q(state=State.DONE),
    "left_out": _PLAIN & Q(state=State.LEFT_OUT),
    "copies": ~Q(copy_of=None),
    "gold": Q(is_gold=True),
    "to_review": _PLAIN & _UNREVIEWED,
}


@dataclass(frozen=True)
class Progress:
    """How far a project is, over the items that the reader may read.

    `total` = `waiting` + `open` + `disputed` + `done` + `left_out`, without the items with known answers
    (`gold`) and the near-duplicates (`copies`), which are labelled with what they are copies of.
    """

    total: int
    waiting: int
    open: int
    disputed: int
    done: int
    left_out: int
    copies: int
    gold: int
    to_review: int

    @property
    def share_done(self) -> float:
        return self.done / self.total if self.total else 0.0


@dataclass(frozen=True)
class OwnProgress:
    """A labeller's own count: labelled, skipped, and how many of theirs are left now.

    `left` counts items with known answers that are still to come like any other, so that nobody can tell them
    apart: with each item done it falls by one.
    """

    done: int
    skipped: int
    left: int
    seconds_each: float | None


@dataclass(frozen=True)
class ShownItem:
    """One item as a labeller sees it. `draft` is the machine's answer, where the project shows it, else None;
    `sent_back` is the note of a reviewer, where it is labelled anew.
    """

    assignment: Assignment
    input: dict[str, Any]
    marking: str
    draft: dict[str, Any] | None
    draft_by: str
    sent_back: str
    document_id: str
    can_undo: bool


@dataclass(frozen=True)
class GivenLabel:
    """What one person said of an item; `seconds` is the time they took."""

    person: str
    value: dict[str, Any]
    seconds: float | None
    is_own: bool


def progress_of(caller: Caller, project: LabelProject) -> Progress:
    """Counts of a project for this reader."""
    return progress_of_each(caller, [project])[project.pk]


def progress_of_each(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, Progress]:
    """The same for each of several projects, by its id."""
    rows = (
        readable_items(caller, *projects)
        .order_by()
        .values("project_id")
        .annotate(**{name: Count("pk", filter=counted) for name, counted in _COUNTED.items()})
        .values_list("project_id", *_COUNTED)
    )
    counts = {row[0]: dict(zip(_COUNTED, row[1:], strict=True)) for row in rows}
    found = {}
    for project_id, roles in roles_in_each(caller, projects).items():
        counted = counts.get(project_id, dict.fromkeys(_COUNTED, 0))
        if OWNER not in roles:
            # Only the owner may know how many answers are known beforehand.
            counted["gold"] = 0
        found[project_id] = Progress(**counted)
    return found


def own_progress(caller: Caller, project: LabelProject) -> OwnProgress:
    """What the caller has done and has before them."""
    return own_progress_in_each(caller, [project])[project.pk]


def own_progress_in_each(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, OwnProgress]:
    """The same in each of several projects, by its id."""
    readable = readable_items(caller, *projects)
    mine = Assignment.objects.filter(item__in=readable, person=caller.user)
    done: dict[UUID, list[float | None]] = defaultdict(list)
    for project_id, seconds in mine.filter(
        state=Assignment.State.DONE, label__withdrawn_at__isnull=True
    ).values_list("item__project_id", "seconds"):
        done[project_id].append(seconds)
    skipped = Counter(mine.filter(state=Assignment.State.SKIPPED).values_list("item__project_id", flat=True))
    left = _left_in_each(caller, readable, mine, projects)
    return {
        project.pk: OwnProgress(
            done=len(done[project.pk]),
            skipped=skipped[project.pk],
            left=left.get(project.pk, 0),
            seconds_each=_middle(done[project.pk]),
        )
        for project in projects
    }


def _left_in_each(
    caller: Caller,
    readable: QuerySet[ProjectItem],
    mine: QuerySet[Assignment],
    projects: Collection[LabelProject],
) -> dict[UUID, int]:
    """How many items are left for the person whose slots are `mine`, in the projects that are open."""
    calibrating = [one.pk for one in projects if one.state == LabelProject.State.CALIBRATING]
    others = [one for one in projects if one.is_open and one.pk not in calibrating]
    had = mine.filter(state__in=[Assignment.State.DONE, Assignment.State.SKIPPED]).filter(
        Q(item__project__in=others) | Q(item__project__in=calibrating, round=F("item__project__round"))
    )
    left = readable.filter(
        Q(project__in=others, copy_of=None) | Q(project__in=calibrating, is_calibration=True),
        state=State.OPEN,
    ).exclude(pk__in=had.values("item_id"))
    left = left.exclude(Q(decided_by=caller.name) | Q(reviewed_by=caller.name))
    now_open = mine.filter(state=Assignment.State.OPEN, until__gte=timezone.now())
    is_mine, is_known = Q(pk__in=now_open.values("item_id")), Q(is_gold=True, project__in=others)
    for_all = Q(project__in=calibrating)
    rows = left.filter(Q(taken__lt=F("wanted")) | is_mine | is_known | for_all).order_by()
    counted = rows.values_list("project_id").annotate(
        plain=Count("pk", filter=~is_known & ~is_mine, distinct=True),
        known=Count("pk", filter=is_known & ~is_mine, distinct=True),
        mine=Count("pk", filter=is_mine, distinct=True),
    )
    found = {project_id: (plain, known, own) for project_id, plain, known, own in counted}
    result = {pk: sum(found[pk]) for pk in calibrating if pk in found}
    places = _places(caller, others)
    for project in others:
        plain, known, own = found.get(project.pk, (0, 0, 0))
        # What is open on the page counts as one, whether its answer is known or not.
        coming = ahead(caller.name, project, place=places.get(project.pk, 0), plain=plain, known=known)
        result[project.pk] = own + coming
    return result


def _places(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, int]:
    """How many items the person had in each project, as the stream counts them."""
    taken = (Assignment.State.OPEN, Assignment.State.DONE, Assignment.State.SKIPPED)
    slots = Assignment.objects.filter(
        item__project__in=projects, person=caller.user, state__in=taken, round=0
    )
    return dict(slots.order_by().values_list("item__project_id").annotate(Count("pk")))


def _middle(seconds: Iterable[float | None]) -> float | None:
    times = sorted(one for one in seconds if one is not None)
    return times[len(times) // 2] if times else None


def shown_item(caller: Caller, assignment: Assignment) -> ShownItem:
    """What a page draws for an open slot of the caller. Raises NotFoundHere for anybody else's."""
    item = assignment.item
    project = item.project
    if assignment.person_id != caller.user.pk or not may_read_item(caller, item):
        raise NotFoundHere
    shows = bool(project.schema.get("shows_prelabel"))
    was_sent_back = item.review == ProjectItem.Review.SENT_BACK
    done = Assignment.objects.filter(
        item__project=project,
        person=caller.user,
        state=Assignment.State.DONE,
        label__withdrawn_at__isnull=True,
        round=assignment.round,
    )
    last = done.order_by("-done_at").first()
    return ShownItem(
        assignment=assignment,
        input=dict(item.input),
        marking=item.marking,
        draft=item.prelabel if shows else None,
        draft_by=item.prelabel_model if shows and item.prelabel else "",
        sent_back=item.review_note if was_sent_back else "",
        document_id=str(item.document_id or ""),
        can_undo=last is not None and not has_undone(caller, project, last.done_at),
    )


def items_of(
    caller: Caller, project: LabelProject, *, state: str = "", words: str = ""
) -> QuerySet[ProjectItem]:
    """The items, for the owner, reviewers and adjudicators; a labeller is given one at a time.

    `state` is one of ProjectItem.State or of KINDS, and gives the items that `progress_of` counts under it.
    """
    roles = roles_in(caller, project)
    if not roles & {OWNER, Role.REVIEWER, Role.ADJUDICATOR}:
        raise NotFoundHere
    items = readable_items(caller, project)
    if state in State.values:
        items = items.filter(_PLAIN, state=state)
    elif state == "unreviewed":
        items = items.filter(_PLAIN, _UNREVIEWED)
    elif state == "copies":
        items = items.exclude(copy_of=None)
    elif state == "known" and OWNER in roles:
        items = items.filter(is_gold=True)
    if words.strip():
        items = items.filter(input__icontains=words.strip())
    return items.order_by("ordinal")


def labels_of(caller: Caller, item: ProjectItem) -> list[GivenLabel]:
    """What people said of an item. Somebody who may still label it is shown their own label alone."""
    roles = roles_in(caller, item.project)
    if not roles or not may_read_item(caller, item):
        raise NotFoundHere
    slots = current_slots(item)
    own = [slot for slot in slots if slot.person_id == caller.user.pk]
    may_look = bool(roles & {OWNER, Role.REVIEWER, Role.ADJUDICATOR})
    is_blind = Role.LABELLER in roles and not own and item.state in (State.WAITING, State.OPEN)
    seen = slots if may_look and not is_blind else own
    return [
        GivenLabel(
            person=slot.person.get_username(),
            value=dict(slot.label.value),
            seconds=slot.seconds,
            is_own=slot.person_id == caller.user.pk,
        )
        for slot in seen
        if slot.label is not None
    ]


def members_of(caller: Caller, project: LabelProject) -> list[ProjectMember]:
    """The people of a project, by role and name. What was noticed of whom is only the owner's to see: others
    get rows without it.
    """
    rows = list(project.members.select_related("user").order_by("role", "user__username"))
    if OWNER not in roles_in(caller, project):
        for row in rows:
            row.named_as, row.named_why, row.skill = "", "", None
    return rows


def decided_items(caller: Caller, project: LabelProject) -> list[ProjectItem]:
    """What came of the project so far: every decided item the caller may read, copies and known ones too.

    `item.input` and `item.final` are the pair for a data set, `item.group` keeps near-duplicates together.
    """
    items = readable_items(caller, project).filter(final__isnull=False)
    return list(items.filter(Q(state=State.DONE) | Q(is_gold=True)).order_by("ordinal"))
