"""The people of a project: who labels, reviews and adjudicates. All of it is the owner's to say.

    add_member(caller, project_id, *, username, role) -> ProjectMember
    remove_member(caller, project_id, *, username, role) -> None
    pause_member(caller, project_id, *, username, is_paused) -> ProjectMember     labellers only
    clear_member(caller, project_id, *, username) -> ProjectMember                takes a naming back
    people_to_choose(caller) -> list[User]

A role opens the project and nothing else: what a member may read is decided by their own clearance.
"""

from uuid import UUID

from django.db import transaction

from donovan.access.models import User
from donovan.feedback.projects.access import OWNER, OWNING_ROLES, may_label, project_for, require
from donovan.feedback.projects.deciding import give_out_again, settle_unreached
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectMember
from donovan.feedback.projects.services import note
from donovan.library.callers import Caller

Role = ProjectMember.Role


def people_to_choose(caller: Caller) -> list[User]:
    """The active people who may label, by name; none for somebody who may own no project."""
    if not may_label(caller.user.role):
        return []
    return list(User.objects.filter(is_active=True, role__in=OWNING_ROLES).order_by("username"))


def add_member(caller: Caller, project_id: UUID | str, *, username: str, role: str) -> ProjectMember:
    """Give a person a role; giving it twice changes nothing."""
    require(role in Role.values, "Choose labeller, reviewer or adjudicator.")
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        require(project.state != LabelProject.State.CLOSED, "This project is closed.")
        person = User.objects.filter(username=username, is_active=True, role__in=OWNING_ROLES).first()
        if person is None:
            raise ProjectError("There is nobody of that name who labels here. Choose a person from the list.")
        member, is_new = ProjectMember.objects.get_or_create(project=project, user=person, role=role)
        if is_new:
            note(caller, project, "member added", person=person.username, role=role)
            give_out_again(project)
    return member


def remove_member(caller: Caller, project_id: UUID | str, *, username: str, role: str) -> None:
    """Take a role away. What the person labelled stays."""
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        removed, _ = ProjectMember.objects.filter(
            project=project, user__username=username, role=role
        ).delete()
        if removed:
            note(caller, project, "member removed", person=username, role=role)
            settle_unreached(project)


def pause_member(caller: Caller, project_id: UUID | str, *, username: str, is_paused: bool) -> ProjectMember:
    """Give a labeller nothing more, or go on. Their labels so far count by their skill, as before."""
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        member = _labeller(project, username)
        member.is_paused = is_paused
        member.save(update_fields=["is_paused"])
        note(caller, project, "member paused" if is_paused else "member goes on", person=username)
        if is_paused:
            settle_unreached(project)
        else:
            give_out_again(project)
    return member


def clear_member(caller: Caller, project_id: UUID | str, *, username: str) -> ProjectMember:
    """Take back what the watch over quality found: it begins anew with the next label of the person."""
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        member = _labeller(project, username)
        member.named_as, member.named_why, member.named_at = "", "", None
        member.cleared_after = Assignment.objects.filter(
            item__project=project, person=member.user, state=Assignment.State.DONE
        ).count()
        member.save()
        note(caller, project, "member cleared", person=username)
    return member


def _labeller(project: LabelProject, username: str) -> ProjectMember:
    member = ProjectMember.objects.filter(
        project=project, user__username=username, role=Role.LABELLER
    ).first()
    if member is None:
        raise ProjectError("Nobody of that name labels in this project.")
    return member
