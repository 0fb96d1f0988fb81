"""The watch over quality: skills, who labels without care, and decisions that do not hold any more.

    look_after(project_id) -> Looked          for the worker, after labels were given

A person who is named is told to the owner alone, who decides whether they go on; their labels count by their
skill, and items that hung on them go to further people.
"""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from donovan.audit import services as audit
from donovan.feedback.projects.aggregation import aggregate
from donovan.feedback.projects.crowd import skills_apart
from donovan.feedback.projects.deciding import UNDECIDED, settle, skills_of
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.noticing import Notice, Vote, notice_all
from donovan.feedback.projects.ringing import LOOKING, answered
from donovan.feedback.projects.schema import answer_key, has_choices
from donovan.feedback.projects.shown_skills import shown_skills

How = ProjectItem.How
State = ProjectItem.State


@dataclass(frozen=True)
class Looked:
    """What came of a look: how many labels there are, who was newly named, how many items were reopened."""

    labels: int
    named: tuple[str, ...]
    reopened: int


def look_after(project_id: UUID) -> Looked:
    """Estimate skills, name who labels without care, and open again what is in doubt by that."""
    project = LabelProject.objects.get(pk=project_id)
    with answered(project_id, LOOKING):
        return _look_after(project)


def _look_after(project: LabelProject) -> Looked:
    votes, known = votes_of(project), known_answers(project)
    if not votes or not has_choices(project):
        return Looked(len(votes), (), 0)
    skills = skills_apart([(vote.item, vote.person, vote.answer) for vote in votes], known)
    members = {
        member.user.get_username(): member
        for member in project.members.filter(role=ProjectMember.Role.LABELLER).select_related("user")
    }
    told = shown_skills([(vote.item, vote.person, vote.answer) for vote in votes], known, skills)
    noticed = notice_all(
        votes,
        known,
        skills,
        options=max(len(project.options), 2),
        ignored={name: member.cleared_after for name, member in members.items()},
    )
    named = []
    with transaction.atomic():
        for name, member in members.items():
            if name in skills:
                # What the labels cannot tell is neither shown nor lets one vote count for more than another.
                ProjectMember.objects.filter(pk=member.pk).update(
                    skill=round(told[name], 4) if name in told else None,
                    skill_from=sum(vote.person == name for vote in votes),
                )
            if name in noticed and noticed[name].named and not member.named_as:
                _name(project, member, noticed[name])
                named.append(name)
        reopened = _look_again(project)
    return Looked(len(votes), tuple(named), reopened)


def votes_of(project: LabelProject) -> list[Vote]:
    """The standing labels of a project's labellers, in the order in which they were given."""
    slots = Assignment.objects.filter(
        item__project=project, state=Assignment.State.DONE, label__withdrawn_at__isnull=True
    )
    rows = slots.order_by("done_at").values_list("item_id", "person__username", "label__value", "seconds")
    return [
        Vote(str(item), person, str(answer_key(project, value)), seconds)
        for item, person, value, seconds in rows
    ]


def known_answers(project: LabelProject) -> dict[str, str]:
    """The right answers that are known: of items marked so, and of those adjudicated or put right."""
    sure = (How.GOLD, How.ADJUDICATED, How.REVIEWED)
    items = ProjectItem.objects.filter(project=project, final_how__in=sure, final__isnull=False)
    return {str(pk): str(answer_key(project, final)) for pk, final in items.values_list("pk", "final")}


def _name(project: LabelProject, member: ProjectMember, notice: Notice) -> None:
    ProjectMember.objects.filter(pk=member.pk).update(
        named_as=notice.named, named_why=notice.why[:400], named_after=notice.labels, named_at=timezone.now()
    )
    audit.record(
        "system",
        "label project",
        labels=project.labels,
        detail={
            "project": str(project.pk),
            "change": "labeller named",
            "person": member.user.get_username(),
            "as": notice.named,
            "labels": notice.labels,
        },
    )


def _look_again(project: LabelProject) -> int:
    """Decisions that people's skills support no longer are opened, and go to one person more."""
    if project.state != LabelProject.State.RUNNING or project.overlap == 1:
        return 0
    skills = skills_of(project)
    given: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for vote in votes_of(project):
        given[UUID(vote.item)].append((vote.person, vote.answer))
    decided = ProjectItem.objects.filter(
        project=project, state=State.DONE, final_how__in=[How.AGREED, How.WEIGHED], copy_of=None, review=""
    )
    reopened = 0
    for item in decided:
        said = given.get(item.pk)
        if not said:
            continue
        outcome = aggregate(
            said, skills, options=max(len(project.options), 2), most_people=project.most_people
        )
        is_same = outcome.answer == str(answer_key(project, item.final))
        if outcome.move == "done" and is_same:
            continue
        ProjectItem.objects.filter(pk=item.pk).update(state=State.OPEN, wanted=len(said), **UNDECIDED)
        ProjectItem.objects.filter(copy_of=item.pk).update(state=State.OPEN, **UNDECIDED)
        settle(item.pk)
        reopened += 1
    return reopened
