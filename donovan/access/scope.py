"""Turns a person into what they may read, anew for each request, so that a change is felt at once."""

from donovan.access.clearance import Clearance, clearance_of
from donovan.access.labels import cached_marking
from donovan.access.markings import Marking, MarkingError
from donovan.access.models import AccessLabel, Collection, Membership, User
from retrieval.scope import AccessScope

NOTHING = AccessScope(frozenset())


def scope_for(user: object) -> AccessScope:
    """The labels that `user` may read now: cleared for the marking, and a member of the collection.

    The person's record is read again, because the one at hand may be as old as an open stream. Anybody who is
    not an active person reads nothing.
    """
    person = _current(user)
    clearance = clearance_of(person) if person is not None else None
    if person is None or clearance is None:
        return NOTHING
    rows = AccessLabel.objects.filter(collection__memberships__user=person).values_list("key", "marking")
    return AccessScope.of(key for key, marking in rows if _permits(clearance, marking))


def collection_labels(user: object, slug: str) -> frozenset[str]:
    """The labels of one collection that `user` may read; none when it does not exist or is not theirs."""
    scope = scope_for(user)
    return frozenset(
        AccessLabel.objects.filter(collection_id=slug, key__in=scope.labels).values_list("key", flat=True)
    )


def may_upload(user: object, collection: Collection | str, marking: Marking) -> bool:
    """Whether `user` may add a document of this marking: a member who may upload, and may read it."""
    person = _current(user)
    clearance = clearance_of(person) if person is not None else None
    if person is None or clearance is None or not clearance.permits(marking):
        return False
    slug = collection if isinstance(collection, str) else collection.slug
    return Membership.objects.filter(user=person, collection_id=slug, may_upload=True).exists()


def _current(user: object) -> User | None:
    key = getattr(user, "pk", None)
    if key is None:
        return None
    return User.objects.filter(pk=key, is_active=True).first()


def _permits(clearance: Clearance, marking: str) -> bool:
    try:
        return clearance.permits(cached_marking(marking))
    except MarkingError:
        return False
