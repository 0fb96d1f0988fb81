"""The people and collections of the demonstration. The tests use the same cast: who may, and who may not."""

from dataclasses import dataclass

from django.db import transaction

from donovan.access.models import Collection, Membership, Role, User
from donovan.audit import services as audit

DEMO_PASSWORD = "donovan-demo"  # noqa: S105 - printed on the sign-in page on purpose


@dataclass(frozen=True)
class CastMember:
    """One person of the cast."""

    username: str
    first_name: str
    last_name: str
    role: Role
    clearance: str
    nationality: str = "USA"
    may_read_controlled: bool = True
    compartments: tuple[str, ...] = ()
    collections: tuple[str, ...] = ("relief", "logistics")


COLLECTIONS = {
    "relief": (
        "Operation Steady Harbour (relief)",
        "Situation reports, orders, mail and notices of the operation.",
    ),
    "logistics": ("Logistics tables", "Stocks, convoys and deliveries as tables."),
}

CAST = (
    CastMember("ana", "Ana", "Petrov", Role.ANALYST, "SECRET", compartments=("HARBOR",)),
    CastMember("ben", "Ben", "Okafor", Role.ANALYST, "UNCLASSIFIED"),
    CastMember("chloe", "Chloe", "Marsh", Role.ANALYST, "SECRET", nationality="GBR"),
    CastMember("rita", "Rita", "Lindqvist", Role.REVIEWER, "SECRET"),
    CastMember("mia", "Mia", "Sato", Role.MODEL_OWNER, "SECRET", compartments=("HARBOR",)),
    CastMember("omar", "Omar", "Haddad", Role.ANALYST, "SECRET", compartments=("HARBOR",), collections=()),
    CastMember(
        "ada", "Ada", "Novak", Role.ADMINISTRATOR, "UNCLASSIFIED", may_read_controlled=False, collections=()
    ),
)


def create_demo_people() -> list[User]:
    """Make the cast and its collections where they are missing, and leave what is there as it is."""
    with transaction.atomic():
        for slug, (title, description) in COLLECTIONS.items():
            Collection.objects.get_or_create(slug=slug, defaults={"title": title, "description": description})
        return [_person(member) for member in CAST]


def _person(member: CastMember) -> User:
    existing = User.objects.filter(username=member.username).first()
    if existing is not None:
        return existing
    user = User(
        username=member.username,
        first_name=member.first_name,
        last_name=member.last_name,
        role=member.role,
        clearance=member.clearance,
        compartments=list(member.compartments),
        nationality=member.nationality,
        may_read_controlled=member.may_read_controlled,
        is_demo=True,
    )
    user.set_password(DEMO_PASSWORD)
    user.save()
    Membership.objects.bulk_create(Membership(user=user, collection_id=slug) for slug in member.collections)
    audit.record("system", "administer", detail={"what": "demo person made", "person": member.username})
    return user
