"""From a person to what they may read, held against an oracle written apart from the code."""

import itertools
from collections.abc import Callable

import pytest
from django.conf import LazySettings

from donovan.access.labels import label_for, label_key, marking_of, split_label
from donovan.access.markings import MarkingError, parse_marking
from donovan.access.models import AccessLabel, Collection, Membership, User
from donovan.access.scope import collection_labels, may_upload, scope_for
from retrieval.scope import AccessScope

pytestmark = pytest.mark.django_db

# What the oracle knows of each marking: rank, CUI, compartments, and nations (None where it says nothing).
MARKINGS: dict[str, tuple[int, bool, set[str], set[str] | None]] = {
    "UNCLASSIFIED": (0, False, set(), None),
    "CUI": (0, True, set(), None),
    "CUI//NOFORN": (0, True, set(), {"USA"}),
    "CONFIDENTIAL": (1, False, set(), None),
    "SECRET": (2, False, set(), None),
    "SECRET//NOFORN": (2, False, set(), {"USA"}),
    "SECRET//REL TO USA, GBR": (2, False, set(), {"USA", "GBR"}),
    "SECRET//REL TO USA, FRA": (2, False, set(), {"USA", "FRA"}),
    "SECRET//HARBOR": (2, False, {"HARBOR"}, None),
    "SECRET//HARBOR//NOFORN": (2, False, {"HARBOR"}, {"USA"}),
    "SECRET//HARBOR/LANTERN": (2, False, {"HARBOR", "LANTERN"}, None),
    "SECRET//CUI": (2, True, set(), None),
    "TOP SECRET": (3, False, set(), None),
    "TOP SECRET//HARBOR//ORCON/NOFORN": (3, False, {"HARBOR"}, {"USA"}),
}
RANKS = {"UNCLASSIFIED": 0, "CONFIDENTIAL": 1, "SECRET": 2, "TOP SECRET": 3}


def oracle(user: User, is_member: bool, marking: str) -> bool:
    rank, is_cui, compartments, nations = MARKINGS[marking]
    if not user.is_active or not is_member:
        return False
    if RANKS[user.clearance] < rank:
        return False
    if is_cui and not user.may_read_controlled:
        return False
    # Silence about release keeps everything but the plainly unclassified from other nations.
    is_open = marking == "UNCLASSIFIED" or user.nationality == "USA"
    if not is_open and user.nationality not in (nations or set()):
        return False
    return all(name in user.compartments for name in compartments)


@pytest.fixture
def labels(collections: dict[str, Collection]) -> list[str]:
    return [label_for(slug, parse_marking(text)) for slug in collections for text in MARKINGS]


def test_the_scope_of_every_profile_is_what_the_oracle_says(labels: list[str]) -> None:
    """3,584 cells: 128 profiles by 28 labels, each decided twice."""
    profiles = itertools.product(
        RANKS, [[], ["HARBOR"]], ["USA", "GBR"], [True, False], [(), ("relief",)], [True, False]
    )
    cells = 0
    for number, (clearance, compartments, nationality, cui, member_of, active) in enumerate(profiles):
        user = User.objects.create(
            username=f"profile{number}",
            clearance=clearance,
            compartments=compartments,
            nationality=nationality,
            may_read_controlled=cui,
            is_active=active,
        )
        Membership.objects.bulk_create(Membership(user=user, collection_id=slug) for slug in member_of)
        readable = scope_for(user)
        for key in labels:
            slug, _, marking = key.partition(":")
            assert readable.may_read(key) == oracle(user, slug in member_of, marking), (number, key)
            cells += 1
    assert cells == 128 * 28


def test_the_cast_reads_what_its_story_says(
    labels: list[str], cast: dict[str, User], scope_of: Callable[[User], AccessScope]
) -> None:
    def reads(name: str, marking: str) -> bool:
        return scope_of(cast[name]).may_read(f"relief:{marking}")

    assert all(reads("ana", marking) for marking in ("CUI", "SECRET//NOFORN", "SECRET//HARBOR//NOFORN"))
    assert reads("ben", "CUI")
    assert not reads("ben", "SECRET")
    assert reads("chloe", "SECRET//REL TO USA, GBR")
    assert not reads("chloe", "SECRET//NOFORN")
    assert not reads("rita", "SECRET//HARBOR")
    assert scope_of(cast["omar"]).labels == frozenset()
    assert scope_of(cast["ada"]).labels == frozenset()


def test_somebody_who_is_nobody_reads_nothing(labels: list[str]) -> None:
    assert scope_for(None).labels == frozenset()
    assert scope_for(User(username="unsaved", clearance="TOP SECRET")).labels == frozenset()


def test_a_change_of_standing_is_felt_although_the_record_at_hand_is_old(
    labels: list[str], ana: User
) -> None:
    assert scope_for(ana).may_read("relief:SECRET")
    User.objects.filter(pk=ana.pk).update(clearance="UNCLASSIFIED", compartments=[])
    assert not scope_for(ana).may_read("relief:SECRET")
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert scope_for(ana).labels == frozenset()


def test_leaving_a_collection_closes_it(labels: list[str], ana: User) -> None:
    Membership.objects.filter(user=ana, collection_id="relief").delete()
    assert {key.partition(":")[0] for key in scope_for(ana).labels} == {"logistics"}


@pytest.mark.parametrize("clearance", ["", "COSMIC", "secret"])
def test_an_unreadable_clearance_opens_nothing(labels: list[str], ana: User, clearance: str) -> None:
    User.objects.filter(pk=ana.pk).update(clearance=clearance)
    assert scope_for(ana).labels == frozenset()


def test_an_unreadable_label_is_closed_to_everyone(collections: dict[str, Collection], ana: User) -> None:
    AccessLabel.objects.create(key="relief:GARBLED", collection_id="relief", marking="GARBLED")
    assert not scope_for(ana).may_read("relief:GARBLED")


def test_collection_labels_are_a_part_of_the_scope(labels: list[str], ana: User, omar: User) -> None:
    assert collection_labels(ana, "relief") == {
        key for key in scope_for(ana).labels if key.startswith("relief:")
    }
    assert collection_labels(omar, "relief") == frozenset()
    assert collection_labels(ana, "no-such") == frozenset()


def test_nobody_uploads_what_they_could_not_read(
    cast: dict[str, User], collections: dict[str, Collection]
) -> None:
    secret, plain = parse_marking("SECRET//NOFORN"), parse_marking("U")
    assert may_upload(cast["ana"], "relief", secret)
    assert not may_upload(cast["ben"], "relief", secret)
    assert may_upload(cast["ben"], collections["relief"], plain)
    assert not may_upload(cast["chloe"], "relief", secret)
    assert not may_upload(cast["omar"], "relief", plain)
    assert not may_upload(cast["ada"], "relief", plain)
    Membership.objects.filter(user=cast["ana"]).update(may_upload=False)
    assert not may_upload(cast["ana"], "relief", plain)


def test_a_label_holds_its_collection_and_marking(collections: dict[str, Collection]) -> None:
    marking = parse_marking("SECRET//HARBOR//NOFORN")
    key = label_for(collections["relief"], marking)
    assert split_label(key) == ("relief", marking)
    assert label_for("relief", marking) == key
    assert AccessLabel.objects.filter(key=key).count() == 1


def test_a_label_needs_a_collection_that_exists(collections: dict[str, Collection]) -> None:
    with pytest.raises(MarkingError, match="no collection"):
        label_for("no-such", parse_marking("U"))


def test_the_marking_of_labels_is_their_bound_and_garbage_counts_as_the_highest(
    settings: LazySettings,
) -> None:
    keys = [label_key("relief", parse_marking(text)) for text in ("CUI", "S//REL TO USA, GBR", "S//HARBOR")]
    assert marking_of(keys).canonical == "SECRET//HARBOR//CUI//NOFORN"
    assert marking_of([]).canonical == "UNCLASSIFIED"
    assert marking_of([*keys, "garbage"]).dominates(parse_marking(settings.SYSTEM_HIGH))
