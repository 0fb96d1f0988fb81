"""Everything that changes saved searches: permission, change and record in one transaction.

A saved search is its owner's alone. It keeps what was asked, never what was found.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from donovan.access.models import User
from donovan.audit import services as audit
from donovan.library.addresses import address_of_query, asked_of
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError, NotFoundHere
from donovan.library.finding import Asked
from donovan.library.media import KINDS, language_name
from donovan.library.models import SavedSearch

LONGEST_NAME = 200
MOST_SAVED = 200
MOST_REMOVED = 20
"""So many removed searches can be brought back; older ones are gone for good."""


@dataclass(frozen=True)
class SavedRow:
    """A saved search as it is listed; `narrowed` are its filters in words."""

    saved: SavedSearch
    query: str
    narrowed: tuple[str, ...]


def saved_searches(user: User) -> QuerySet[SavedSearch]:
    """What a person keeps, by name."""
    return SavedSearch.objects.filter(owner=user, removed_at=None)


def removed_searches(user: User) -> QuerySet[SavedSearch]:
    """What a person removed and can bring back, the last first."""
    return SavedSearch.objects.filter(owner=user).exclude(removed_at=None).order_by("-removed_at")


def saved_search(user: User, search_id: UUID | str) -> SavedSearch:
    """One of a person's searches, also a removed one.

    Raises NotFoundHere alike where there is none and where it is somebody else's.
    """
    try:
        found = SavedSearch.objects.filter(owner=user, pk=search_id).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise NotFoundHere
    return found


def asked_by(saved: SavedSearch) -> Asked:
    """What a saved search asks for."""
    asked, _ = asked_of(QueryDict(saved.address))
    return asked


def row_of(saved: SavedSearch) -> SavedRow:
    asked = asked_by(saved)
    titles = {kind.key: kind.title for kind in KINDS}
    narrowed = [
        *([f"collection {asked.collection}"] if asked.collection else []),
        *(titles.get(kind, kind) for kind in sorted(asked.kinds)),
        *(language_name(code) for code in sorted(asked.languages)),
        *([f"from {asked.date_from}"] if asked.date_from else []),
        *([f"to {asked.date_to}"] if asked.date_to else []),
        *([f"{asked.order_by} first"] if asked.order_by != "best" else []),
    ]
    return SavedRow(saved, asked.query, tuple(narrowed))


def save_search(caller: Caller, *, name: str, sent: QueryDict) -> SavedSearch:
    """Keep a search under a name; without one it is named after its query.

    The same search again is not kept twice but named anew, and a removed one comes back. Raises LibraryError
    with the sentence for what cannot be searched for, and where there are too many.
    """
    asked, problem = asked_of(sent)
    if problem:
        raise LibraryError(problem)
    asked.checked()
    chosen = _checked_name(name or asked.query[:LONGEST_NAME])
    # A search like a document is another page; only what the search page asks is kept here.
    kept = sent.copy()
    kept.pop("like", None)
    address = address_of_query(kept)
    with transaction.atomic():
        saved = SavedSearch.objects.filter(owner=caller.user, address=address).first()
        if (saved is None or saved.removed_at) and saved_searches(caller.user).count() >= MOST_SAVED:
            raise LibraryError(f"You keep {MOST_SAVED} searches, which is the most. Remove one first.")
        if saved is None:
            saved = SavedSearch(owner=caller.user, address=address)
        saved.name, saved.removed_at = chosen, None
        saved.save()
        _record(caller, saved, "search saved")
    return saved


def rename_search(caller: Caller, saved: SavedSearch, *, name: str) -> None:
    """Raises LibraryError for a name that is empty or too long."""
    _check_mine(caller, saved)
    chosen = _checked_name(name)
    with transaction.atomic():
        saved.name = chosen
        saved.save(update_fields=["name"])
        _record(caller, saved, "saved search renamed")


def set_search_removed(caller: Caller, saved: SavedSearch, *, is_removed: bool) -> None:
    """Put a saved search away, or bring it back. Of those put away the last MOST_REMOVED are kept."""
    _check_mine(caller, saved)
    with transaction.atomic():
        if not is_removed and saved.removed_at and saved_searches(caller.user).count() >= MOST_SAVED:
            raise LibraryError(f"You keep {MOST_SAVED} searches, which is the most. Remove one first.")
        saved.removed_at = timezone.now() if is_removed else None
        saved.save(update_fields=["removed_at"])
        old = list(removed_searches(caller.user).values_list("pk", flat=True)[MOST_REMOVED:])
        SavedSearch.objects.filter(pk__in=old).delete()
        _record(caller, saved, "saved search removed" if is_removed else "saved search brought back")


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise LibraryError("Give the search a name.")
    if len(name) > LONGEST_NAME:
        raise LibraryError(f"The name has {len(name):,} characters; it may have {LONGEST_NAME}. Shorten it.")
    return name


def _check_mine(caller: Caller, saved: SavedSearch) -> None:
    if saved.owner_id != caller.user.pk:
        raise NotFoundHere


def _record(caller: Caller, saved: SavedSearch, change: str) -> None:
    audit.record(
        caller.name, "administer", source=caller.source, detail={"change": change, "search": str(saved.pk)}
    )
