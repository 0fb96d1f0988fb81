"""Every change to people and collections: permission, change and audit record in one transaction."""

from collections.abc import Collection as Collected
from dataclasses import dataclass

from django.db import transaction

from donovan.access.models import Affiliation, Collection, Membership, Role, User
from donovan.access.sign_in import end_sessions
from donovan.audit import services as audit


class NotAllowed(Exception):
    """A change that the person at work may not make. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class PersonAttributes:
    """What an administrator decides about a person. `uploads_to` is a part of `collections`."""

    first_name: str
    last_name: str
    role: str
    clearance: str
    compartments: tuple[str, ...]
    nationality: str
    may_read_controlled: bool
    collections: frozenset[str]
    uploads_to: frozenset[str]
    affiliation: str = Affiliation.GOVERNMENT


def create_person(
    by: User | None, username: str, password: str, attributes: PersonAttributes, *, source: str = ""
) -> User:
    """Make a person, who must change `password` at the first sign-in. `by` is None for the command line."""
    _require_administrator(by)
    with transaction.atomic():
        user = User(username=username, must_change_password=True)
        _apply(user, attributes)
        user.set_password(password)
        user.save()
        _set_memberships(user, attributes)
        _record(by, source, "person made", user, attributes)
    return user


def change_person(by: User | None, user: User, attributes: PersonAttributes, *, source: str = "") -> None:
    """Give a person other attributes. It holds from their next request on."""
    _require_administrator(by)
    with transaction.atomic():
        if user.role == Role.ADMINISTRATOR and attributes.role != Role.ADMINISTRATOR:
            _require_another_administrator(user)
        _apply(user, attributes)
        user.save()
        _set_memberships(user, attributes)
        _record(by, source, "person changed", user, attributes)


def set_active(by: User | None, user: User, is_active: bool, *, source: str = "") -> None:
    """Disable a person, which ends all their sessions, or enable them again."""
    _require_administrator(by)
    with transaction.atomic():
        if not is_active and user.role == Role.ADMINISTRATOR:
            _require_another_administrator(user)
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        if not is_active:
            end_sessions(user, "disabled")
        _record(by, source, "person enabled" if is_active else "person disabled", user)


def reset_password(by: User | None, user: User, password: str, *, source: str = "") -> None:
    """Give a person a first password again; all their sessions end."""
    _require_administrator(by)
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        end_sessions(user, "password reset")
        _record(by, source, "password reset", user)


def change_own_password(user: User, password: str, *, source: str = "") -> None:
    """Set the person's own password; all their sessions end."""
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        end_sessions(user, "password changed")
        _record(user, source, "own password changed", user)


def create_collection(
    by: User | None, slug: str, title: str, description: str, *, source: str = ""
) -> Collection:
    """Make an empty collection without members."""
    _require_administrator(by)
    with transaction.atomic():
        collection = Collection.objects.create(slug=slug, title=title, description=description)
        audit.record(
            _name(by), "administer", source=source, detail={"what": "collection made", "collection": slug}
        )
    return collection


def _apply(user: User, attributes: PersonAttributes) -> None:
    user.first_name = attributes.first_name
    user.last_name = attributes.last_name
    user.role = attributes.role
    user.clearance = attributes.clearance
    user.compartments = list(attributes.compartments)
    user.nationality = attributes.nationality
    user.affiliation = attributes.affiliation
    user.may_read_controlled = attributes.may_read_controlled


def _set_memberships(user: User, attributes: PersonAttributes) -> None:
    kept = _existing(attributes.collections | attributes.uploads_to)
    Membership.objects.filter(user=user).exclude(collection_id__in=kept).delete()
    for slug in kept:
        Membership.objects.update_or_create(
            user=user, collection_id=slug, defaults={"may_upload": slug in attributes.uploads_to}
        )


def _existing(slugs: Collected[str]) -> list[str]:
    return list(Collection.objects.filter(slug__in=slugs).order_by("slug").values_list("slug", flat=True))


def _require_administrator(by: User | None) -> None:
    """The command line, which has the database anyway, acts as the system owner."""
    if by is None:
        return
    if not User.objects.filter(pk=by.pk, is_active=True, role=Role.ADMINISTRATOR).exists():
        raise NotAllowed("Only an administrator may change people and collections.")


def _require_another_administrator(user: User) -> None:
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise NotAllowed("This is the last administrator. Make another person administrator first.")


def _record(
    by: User | None, source: str, what: str, user: User, attributes: PersonAttributes | None = None
) -> None:
    detail: dict[str, object] = {"what": what, "person": user.username}
    if attributes is not None:
        detail |= {
            "role": attributes.role,
            "clearance": attributes.clearance,
            "compartments": attributes.compartments,
            "nationality": attributes.nationality,
            "affiliation": attributes.affiliation,
            "controlled": attributes.may_read_controlled,
            "collections": attributes.collections,
            "uploads_to": attributes.uploads_to,
        }
    audit.record(_name(by), "administer", source=source, detail=detail)


def _name(by: User | None) -> str:
    return by.username if by is not None else "system"
