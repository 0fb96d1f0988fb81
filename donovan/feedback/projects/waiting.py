"""What waits for a person in label projects: items to label, to decide and to review.

    waiting_for(caller) -> list[Waiting]             newest project first; only those where something waits
    waiting_in(caller, project, roles) -> Waiting    `roles` of `roles_in`

Counted over the items that they may read now. Nothing is labelled while a project is paused; what is
disputed or decided in it still waits. In one that is closed or being set up nothing does.
"""

from dataclasses import dataclass

from donovan.access.labels import marking_of
from donovan.feedback.projects.access import projects_of, readable_items, roles_in
from donovan.feedback.projects.calibration import running_round
from donovan.feedback.projects.models import LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.selectors import own_progress
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
    open_projects = (project for project in projects_of(caller) if project.state not in _AT_REST)
    found = (waiting_in(caller, project, roles_in(caller, project)) for project in open_projects)
    return [one for one in found if one]


def waiting_in(caller: Caller, project: LabelProject, roles: frozenset[str]) -> Waiting:
    """What waits for the caller in one project."""
    is_at_rest = project.state in _AT_REST
    items = readable_items(caller, project).filter(copy_of=None, is_gold=False)
    to_decide = items.filter(state=ProjectItem.State.ADJUDICATION)
    to_review = items.filter(state=ProjectItem.State.DONE, review__in=["", ProjectItem.Review.SENT_BACK])
    report = running_round(caller, project)
    may_label = Role.LABELLER in roles and project.is_open and not _is_paused(caller, project)
    return Waiting(
        project=project,
        marking=marking_of(project.text_labels).canonical if project.text_labels else "UNCLASSIFIED",
        to_label=own_progress(caller, project).left if may_label else 0,
        to_decide=to_decide.count() if Role.ADJUDICATOR in roles and not is_at_rest else 0,
        to_review=to_review.count() if Role.REVIEWER in roles and not is_at_rest else 0,
        has_round=report is not None and report.waits_for_owner,
    )


def _is_paused(caller: Caller, project: LabelProject) -> bool:
    rows = ProjectMember.objects.filter(project=project, user=caller.user, role=Role.LABELLER)
    return rows.filter(is_paused=True).exists()
