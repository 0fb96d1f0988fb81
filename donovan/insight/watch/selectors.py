"""Shared reads of watches: each within what the reader may read at this moment."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from donovan.access.labels import split_label
from donovan.access.models import User
from donovan.insight.watch.models import Match, Watch
from donovan.library.errors import NotFoundHere
from donovan.library.reading import address_at
from retrieval.scope import AccessScope

MATCHES_SHOWN = 50


@dataclass(frozen=True)
class Change:
    """One match as it is shown: its place, and the earlier match it differs from where that may be read."""

    match: Match
    address: str
    marking: str
    is_new: bool
    contrary: Match | None = None
    contrary_address: str = ""


@dataclass(frozen=True)
class WatchChanges:
    """A watch with its matches, newest first. `new_count` counts those since the last look."""

    watch: Watch
    new_count: int
    total: int
    changes: list[Change] = field(default_factory=list)


def watches_of(user: User) -> QuerySet[Watch]:
    """The watches that a person keeps, oldest first."""
    return Watch.objects.filter(owner=user, is_removed=False)


def watch_of(user: User, watch_id: UUID | str) -> Watch:
    """One watch of this person, also one that was put away. Raises NotFoundHere."""
    found = Watch.objects.filter(owner=user, pk=watch_id).first()
    if found is None:
        raise NotFoundHere
    return found


def matches_of(watch: Watch, scope: AccessScope, *, since: datetime | None = None) -> QuerySet[Match]:
    """The matches in documents that lie in the scope, newest first; with `since` only those after it."""
    found = Match.objects.filter(watch=watch, document__label__in=scope.labels)
    if since is not None:
        found = found.filter(created_at__gt=since)
    return found.select_related("document", "differs_from__document").order_by("-created_at", "page", "start")


def changes_of(
    watch: Watch, scope: AccessScope, *, only_new: bool = False, most: int = MATCHES_SHOWN
) -> WatchChanges:
    """What was matched, at most `most` of it, with the counts of all."""
    new = matches_of(watch, scope, since=watch.looked_at)
    everything = matches_of(watch, scope)
    shown = (new if only_new else everything)[:most]
    return WatchChanges(
        watch,
        new_count=new.count(),
        total=everything.count(),
        changes=[_change(match, watch, scope) for match in shown],
    )


def changes_since_last_look(user: User, scope: AccessScope, *, most: int = 3) -> list[WatchChanges]:
    """The watches of a person that have something new, each with its newest `most` matches."""
    counted = (
        Match.objects.filter(watch__in=watches_of(user), document__label__in=scope.labels)
        .values("watch")
        .annotate(matches=Count("pk"))
    )
    having = {row["watch"] for row in counted}
    found = [
        changes_of(watch, scope, only_new=True, most=most) for watch in watches_of(user) if watch.pk in having
    ]
    return [changes for changes in found if changes.new_count]


def _change(match: Match, watch: Watch, scope: AccessScope) -> Change:
    contrary = match.differs_from
    if contrary is not None and not scope.may_read(contrary.document.label):
        contrary = None
    return Change(
        match,
        _address(match),
        split_label(match.document.label)[1].canonical,
        is_new=watch.looked_at is None or match.created_at > watch.looked_at,
        contrary=contrary,
        contrary_address=_address(contrary) if contrary else "",
    )


def _address(match: Match) -> str:
    return match.address or address_at(match.document_id, match.page, match.start, match.end)
