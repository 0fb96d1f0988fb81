"""Who may see and do what in a label project, and which of its items a person may read.

A project is open to its owner and its members who may read what its text was written from; to everybody else
it does not exist. Of its items each of them is shown, given and counted only those whose access labels they
may all read now, the owner included.
"""

import hashlib
from collections.abc import Collection, Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from donovan.access.labels import marking_of
from donovan.access.models import Role
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject, ProjectItem, ProjectMember
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

OWNER = "owner"
OWNING_ROLES = (Role.ANALYST, Role.REVIEWER, Role.MODEL_OWNER)


def may_label(role: str) -> bool:
    """Whether people of this role label, and own label projects."""
    return role in OWNING_ROLES


def projects_of(caller: Caller) -> list[LabelProject]:
    """The projects that the caller owns or is a member of, newest first."""
    rows = LabelProject.objects.filter(Q(owner=caller.user) | Q(members__user=caller.user)).distinct()
    return [row for row in rows.select_related("owner") if may_read_all(caller, row.text_labels)]


def project_of(caller: Caller, project_id: UUID | str) -> LabelProject:
    """The project, if the caller owns it or is a member; NotFoundHere in every other case."""
    try:
        project = LabelProject.objects.select_related("owner").get(pk=project_id)
    except (LabelProject.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None
    if not roles_in(caller, project) or not may_read_all(caller, project.text_labels):
        raise NotFoundHere
    return project


def roles_in(caller: Caller, project: LabelProject) -> frozenset[str]:
    """The roles of the caller in a project: of ProjectMember.Role, and "owner"."""
    return roles_in_each(caller, [project])[project.pk]


def roles_in_each(caller: Caller, projects: Collection[LabelProject]) -> dict[UUID, frozenset[str]]:
    """The same for each of several projects, by its id."""
    found: dict[UUID, set[str]] = {project.pk: set() for project in projects}
    if may_label(caller.user.role):
        rows = ProjectMember.objects.filter(project__in=list(found), user=caller.user)
        for project_id, role in rows.values_list("project_id", "role"):
            found[project_id].add(role)
        for project in projects:
            if project.owner_id == caller.user.pk:
                found[project.pk].add(OWNER)
    return {project_id: frozenset(roles) for project_id, roles in found.items()}


def project_for(caller: Caller, project_id: UUID | str, *roles: str) -> LabelProject:
    """The project, if the caller has one of `roles` in it; NotFoundHere in every other case."""
    project = project_of(caller, project_id)
    if not roles_in(caller, project) & set(roles):
        raise NotFoundHere
    return project


def item_for(caller: Caller, item_id: UUID | str, *roles: str) -> ProjectItem:
    """The item, if the caller may read all of it and has one of `roles` in its project; else NotFoundHere."""
    try:
        item = ProjectItem.objects.select_related("project", "project__owner").get(pk=item_id)
    except (ProjectItem.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None
    project_for(caller, item.project_id, *roles)
    if not may_read_item(caller, item):
        raise NotFoundHere
    return item


def may_read_item(caller: Caller, item: ProjectItem) -> bool:
    """Whether the caller may read all that an item holds, by its labels and those its document has now."""
    now = [item.document.label] if item.document is not None else []
    return may_read_all(caller, [*item.labels, *now])


def may_read_all(caller: Caller, labels: Iterable[str]) -> bool:
    return all(caller.scope.may_read(label) for label in labels)


def documents_of_item(item: ProjectItem) -> list[str]:
    """The id of the document an item is from, for the record; none for one from a file."""
    return [str(item.document_id)] if item.document_id is not None else []


def digest_of_labels(labels: Iterable[str]) -> str:
    """The same for the same set of access labels."""
    return hashlib.sha256("\x1f".join(sorted(set(labels))).encode()).hexdigest()


def readable_digests(caller: Caller, *projects: LabelProject) -> list[str]:
    """The sets of access labels in these projects that the caller may read whole, by their digests. A set has
    the same digest in every project.
    """
    rows = ProjectItem.objects.filter(project__in=_ids(projects)).order_by()
    sets = dict(rows.values_list("labels_digest", "labels").distinct())
    return sorted(digest for digest, labels in sets.items() if may_read_all(caller, labels))


def readable_items(caller: Caller, *projects: LabelProject) -> QuerySet[ProjectItem]:
    """The items of these projects that the caller may read: all that they are ever shown or told the number
    of.
    """
    items = ProjectItem.objects.filter(
        project__in=_ids(projects), labels_digest__in=readable_digests(caller, *projects)
    )
    # A document may have been given another label since: then the item is as secret as the document is now.
    return items.filter(Q(document=None) | Q(document__label__in=caller.scope.labels))


def _ids(projects: Iterable[LabelProject]) -> list[UUID]:
    return [project.pk for project in projects]


def marking_shown(caller: Caller, project: LabelProject, *, beside: Iterable[str] = ()) -> str:
    """The banner of a page about the project: of its text, of those items that the caller may read, and of
    what has the access labels `beside` them.
    """
    rows = readable_items(caller, project).order_by().values_list("labels", flat=True).distinct()
    labels = {label for labels in rows for label in labels} | set(project.text_labels) | set(beside)
    return marking_of(labels).canonical if labels else "UNCLASSIFIED"


def require(allowed: bool, sentence: str, *, field: str = "", row: int | None = None) -> None:
    """ProjectError with the sentence, and what it is about, unless it is allowed."""
    if not allowed:
        raise ProjectError(sentence, field=field, row=row)
