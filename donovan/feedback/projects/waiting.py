"""What waits for a person in label projects: items to label, to decide and to review.

    waiting_for(caller) -> list[Waiting]             newest project first; only those where something waits
    waiting_in_each(caller, projects, roles)         the same by id, with `roles` of `roles_in_each`

Counted over the items that they may read now. Nothing is labelled while a project is paused; what is
disputed or decided in it still waits. In one that is closed or being set up nothing does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from donovan.access.labels import marking_of
from donovan.feedback.projects.access import projects_of, readable_items, roles_in_each
from donovan.feedback.projects.calibration import running_rounds
from donovan.feedback.projects.models import LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.selectors import own_progress_in_each
from donovan.library.callers import Caller

Role = ProjectMember.Role
_AT_REST = (LabelProject.State.DRAFT, LabelProject.State.CLOSED)


@dataclass(frozen=True)
class Waiting:
    """How many items of one project wait for one person. `marking` is that of the words of the project.

    `has_round`: a round of calibration has come to where its owner has to say how it goes on.
    """

    project: LabelProject
    marking: str
    to_label: int
    to_decide: int
    to_review: int
    has_round: bool

    def __bool__(self) -> bool:
        return bool(self.to_label or self.to_decide or self.to_review or self.has_round)


def waiting_for(caller: Caller) -> list[Waiting]:
    """Where something waits for the caller."""
    open_projects = [project for project in projects_of(caller) if project.state not in _AT_REST]
    found = waiting_in_each(caller, open_projects, roles_in_each(caller, open_projects))
    return [one for one in found.values() if one]


def waiting_in_each(
    caller: Caller, projects: Collection[LabelProject], roles: Mapping[UUID, frozenset[str]]
) -> dict[UUID, Waiting]:
    """What waits for the caller in each of these projects, by id and in their order."""
    judged = _to_judge_in_each(caller, [one for one in projects if one.state not in _AT_REST])
    paused = _paused_in(caller, projects)
    labelled = [
        one for one in projects if Role.LABELLER in roles[one.pk] and one.is_open and one.pk not in paused
    ]
    own = own_progress_in_each(caller, labelled) if labelled else {}
    rounds = running_rounds(caller, projects)
    found = {}
    for project in projects:
        to_decide, to_review = judged.get(project.pk, (0, 0))
        report = rounds.get(project.pk)
        found[project.pk] = Waiting(
            project=project,
            marking=marking_of(project.text_labels).canonical if project.text_labels else "UNCLASSIFIED",
            to_label=own[project.pk].left if project.pk in own else 0,
            to_decide=to_decide if Role.ADJUDICATOR in roles[project.pk] else 0,
            to_review=to_review if Role.REVIEWER in roles[project.pk] else 0,
            has_round=report is not None and report.waits_for_owner,
        )
    return found


def _to_judge_in_each(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, tuple[int, int]]:
    """How many items there are to decide, and to review, by the id of the project."""
    items = readable_items(caller, *projects).filter(copy_of=None, is_gold=False).order_by()
    to_decide = Q(state=ProjectItem.State.ADJUDICATION)
    to_review = Q(state=ProjectItem.State.DONE, review__in=["", ProjectItem.Review.SENT_BACK])
    rows = items.values("project_id").annotate(
        to_decide=Count("pk", filter=to_decide), to_review=Count("pk", filter=to_review)
    )
    return {row["project_id"]: (row["to_decide"], row["to_review"]) for row in rows}


def _paused_in(caller: Caller, projects: Collection[LabelProject]) -> set[UUID]:
    """The projects in which the caller was told to wait with labelling."""
    rows = ProjectMember.objects.filter(
        project__in=[one.pk for one in projects], user=caller.user, role=Role.LABELLER, is_paused=True
    )
    return set(rows.values_list("project_id", flat=True))
