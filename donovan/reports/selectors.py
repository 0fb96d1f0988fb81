"""Shared reads of reports. Whoever may not read all that a report was made from is told it is not there.

A draft is its author's alone. In review, reviewers may open it; once released, everybody may whose scope
holds all its labels and who is cleared for its banner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from donovan.access.clearance import clearance_of
from donovan.access.labels import cached_marking, marking_of
from donovan.access.markings import Marking
from donovan.access.models import Role, User
from donovan.library.errors import NotFoundHere
from donovan.reports.models import Design, Report
from donovan.reports.resting import labels_of
from retrieval.scope import AccessScope

MOST_CONSIDERED = 2000


def banner_of(report: Report, labels: frozenset[str]) -> Marking:
    """The least upper bound of what was used and of what the author asked for."""
    bound = marking_of(labels)
    return bound.joined_with(cached_marking(report.raised_marking)) if report.raised_marking else bound


def is_readable(user: User, scope: AccessScope, report: Report, labels: frozenset[str]) -> bool:
    """Whether `user` may open a report that rests on `labels`. Who is asked about drafts is `_open_to`."""
    clearance = clearance_of(user)
    return (
        clearance is not None
        and all(scope.may_read(label) for label in labels)
        and clearance.permits(banner_of(report, labels))
    )


def readable_report(user: User, scope: AccessScope, report_id: UUID | str) -> Report:
    """The report, if `user` may open it now; NotFoundHere alike when there is none and when they may not."""
    try:
        found = _open_to(user).filter(pk=report_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None or not is_readable(user, scope, found, labels_of([found])[found.pk]):
        raise NotFoundHere
    return found


def readable_reports(user: User, scope: AccessScope, rows: QuerySet[Report]) -> list[Report]:
    """Those of `rows` that `user` may open now, newest first, out of the newest MOST_CONSIDERED."""
    considered = list(
        rows.filter(pk__in=_open_to(user).values("pk"))
        .select_related("author", "released_by")
        .order_by("-created_at")[:MOST_CONSIDERED]
    )
    return _readable(user, scope, considered)


def _readable(user: User, scope: AccessScope, considered: Sequence[Report]) -> list[Report]:
    labels = labels_of(considered)
    return [report for report in considered if is_readable(user, scope, report, labels[report.pk])]


def _open_to(user: User) -> QuerySet[Report]:
    out = Q(state__in=(Report.State.RELEASED, Report.State.WITHDRAWN))
    mine = Q(author=user)
    reviewed = Q(state=Report.State.REVIEW) if user.role == Role.REVIEWER else Q(pk__in=[])
    return Report.objects.filter(out | mine | reviewed).select_related("author", "released_by")


@dataclass(frozen=True)
class ReportLists:
    """The reports of a person's desk: their own, those that wait for their review, and released ones."""

    mine: list[Report] = field(default_factory=list)
    to_review: list[Report] = field(default_factory=list)
    released: list[Report] = field(default_factory=list)


def report_lists(user: User, scope: AccessScope) -> ReportLists:
    """What stands on the desk of `user` now."""
    out = (Report.State.RELEASED, Report.State.WITHDRAWN)
    rows = Report.objects.all()
    return ReportLists(
        mine=readable_reports(user, scope, rows.filter(author=user)),
        to_review=readable_reports(user, scope, rows.filter(state=Report.State.REVIEW).exclude(author=user)),
        released=readable_reports(user, scope, rows.filter(state__in=out).exclude(author=user)),
    )


def own_design(user: User, design_id: UUID | str) -> Design:
    """The design, if it belongs to `user`; NotFoundHere in every other case."""
    try:
        return Design.objects.get(pk=design_id, owner=user)
    except (Design.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None


def own_designs(user: User) -> QuerySet[Design]:
    """The templates that a person designed and has not put away, by name."""
    return Design.objects.filter(owner=user, is_put_away=False).order_by("name")
