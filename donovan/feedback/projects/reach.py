"""Which items a labeller can be given at all, and who is left for an item.

Labellers.of(project).are_left_for(item) -> bool      whether anybody may still answer it
reach_of(caller, project) -> dict[str, Reach]         for the owner, by user name
short_of_people(caller, project) -> int               items that too few labellers may read
undecidable(caller, project) -> int                   disputes that no adjudicator may read
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.feedback.projects.access import may_label, readable_items
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.library.callers import Caller
from retrieval.scope import AccessScope

Role = ProjectMember.Role
_ANSWERED = (Assignment.State.DONE, Assignment.State.SKIPPED)


@dataclass(frozen=True)
class Reach:
    """Of `items`, those of the project that the owner may read, a person may read `readable`."""

    readable: int
    items: int

    @property
    def is_all(self) -> bool:
        return self.readable == self.items


@dataclass(frozen=True)
class Labellers:
    """Who is given items of a project now, each with what they may read at this moment."""

    people: tuple[tuple[int, str, AccessScope], ...]

    @classmethod
    def of(cls, project: LabelProject) -> "Labellers":
        """Those who are not paused, and see the project at all."""
        rows = ProjectMember.objects.filter(project=project, role=Role.LABELLER, is_paused=False)
        people = [row.user for row in rows.select_related("user") if may_label(row.user.role)]
        known = [(person.pk, person.get_username(), scope_for(person)) for person in people]
        return cls(tuple(one for one in known if _reads(one[2], project.text_labels)))

    def are_left_for(self, item: ProjectItem) -> bool:
        """Whether one of them may read all of the item and has not answered it yet.

        Who has it open counts as left: they may still answer. Who has seen what others said of it does not.
        """
        had = set(item.assignments.filter(state__in=_ANSWERED).values_list("person_id", flat=True))
        judges, labels = (item.decided_by, item.reviewed_by), labels_now(item)
        return any(
            person not in had and name not in judges and _reads(scope, labels)
            for person, name, scope in self.people
        )


def labels_now(item: ProjectItem) -> list[str]:
    """The access labels of an item, with the one that its document has now."""
    return [*item.labels, *([item.document.label] if item.document is not None else [])]


def reach_of(caller: Caller, project: LabelProject) -> dict[str, Reach]:
    """How many of the items that the caller may read each labeller may read, by user name."""
    groups = _to_label(caller, project)
    total = sum(count for _, count in groups)
    rows = project.members.filter(role=Role.LABELLER).select_related("user")
    return {row.user.get_username(): Reach(_readable(row.user, project, groups), total) for row in rows}


def short_of_people(caller: Caller, project: LabelProject) -> int:
    """How many items that the caller may read can be read by fewer labellers than are to see each."""
    people = Labellers.of(project).people
    return sum(
        count
        for labels, count in _to_label(caller, project)
        if sum(_reads(scope, labels) for _, _, scope in people) < project.overlap
    )


def undecidable(caller: Caller, project: LabelProject) -> int:
    """How many disputes that the caller may read wait in vain: no adjudicator may read them."""
    disputed = readable_items(caller, project).filter(copy_of=None, state=ProjectItem.State.ADJUDICATION)
    groups = _groups(disputed)
    rows = project.members.filter(role=Role.ADJUDICATOR).select_related("user")
    scopes = [scope_for(row.user) for row in rows if may_label(row.user.role)]
    return sum(count for labels, count in groups if not any(_reads(scope, labels) for scope in scopes))


def _to_label(caller: Caller, project: LabelProject) -> list[tuple[list[str], int]]:
    return _groups(readable_items(caller, project).filter(copy_of=None, is_gold=False))


def _groups(items: QuerySet[ProjectItem]) -> list[tuple[list[str], int]]:
    """The sets of access labels of these items as they are now, each with how many items have it."""
    rows = items.order_by().values_list("labels", "document__label").annotate(Count("pk"))
    return [([*labels, *([now] if now else [])], count) for labels, now, count in rows]


def _readable(person: User, project: LabelProject, groups: list[tuple[list[str], int]]) -> int:
    scope = scope_for(person)
    if not may_label(person.role) or not _reads(scope, project.text_labels):
        return 0
    return sum(count for labels, count in groups if _reads(scope, labels))


def _reads(scope: AccessScope, labels: Iterable[str]) -> bool:
    return all(scope.may_read(label) for label in labels)
