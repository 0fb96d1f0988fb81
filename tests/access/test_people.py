"""People and collections: who may change them, what a change does, and that it is on record."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from donovan.access import people_services
from donovan.access.cast import create_demo_people
from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import Collection, Membership, User
from donovan.access.people_services import NotAllowed
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord

pytestmark = pytest.mark.django_db

FORM = {
    "username": "zora",
    "first_name": "Zora",
    "last_name": "Klein",
    "role": "analyst",
    "clearance": "SECRET",
    "compartments": "harbor",
    "nationality": "usa",
    "affiliation": "government",
    "may_read_controlled": "on",
    "collections": ["relief"],
    "uploads_to": ["relief"],
    "password": "nine-lanterns-4",
}


def test_only_administrators_see_the_people(
    client_for: Callable[[User], Client], cast: dict[str, User]
) -> None:
    statuses = {name: client_for(user).get("/people/").status_code for name, user in cast.items()}
    others = ("ana", "ben", "chloe", "rita", "mia", "omar")
    assert statuses == {**dict.fromkeys(others, 403), "ada": 200}


def test_a_person_is_made_with_their_standing_and_on_record(
    client_for: Callable[[User], Client], ada: User
) -> None:
    assert client_for(ada).post("/people/new/", FORM).status_code == 302
    zora = User.objects.get(username="zora")
    assert (zora.clearance, zora.compartments, zora.nationality) == ("SECRET", ["HARBOR"], "USA")
    assert zora.must_change_password
    assert zora.check_password("nine-lanterns-4")
    assert [row.collection_id for row in zora.memberships.all()] == ["relief"]
    row = AuditRecord.objects.filter(actor="ada", action="administer").latest("sequence")
    assert row.detail["person"] == "zora"
    assert "nine-lanterns-4" not in str(row.detail)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "ANA", "already a person of this name"),
        ("password", "short", "too short"),
        ("compartments", "NOFORN", "not a compartment"),
        ("compartments", "a b!", "not a control"),
        ("nationality", "Utopia", "3 characters"),
        ("clearance", "COSMIC", "not one of the available choices"),
    ],
)
def test_a_wrong_entry_is_refused_with_a_sentence(
    client_for: Callable[[User], Client], ada: User, field: str, value: str, sentence: str
) -> None:
    response = client_for(ada).post("/people/new/", {**FORM, field: value})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not User.objects.filter(username="zora").exists()


def test_a_change_holds_from_the_next_request_on(
    client_for: Callable[[User], Client], ada: User, ana: User
) -> None:
    key = label_for("relief", parse_marking("SECRET//HARBOR"))
    assert scope_for(ana).may_read(key)
    form = {**FORM, "username": "ana", "compartments": "", "uploads_to": []}
    assert client_for(ada).post(f"/people/{ana.pk}/", form).status_code == 302
    assert not scope_for(ana).may_read(key)
    assert list(Membership.objects.filter(user=ana).values_list("collection_id", "may_upload")) == [
        ("relief", False)
    ]


def test_the_last_administrator_cannot_be_removed(client_for: Callable[[User], Client], ada: User) -> None:
    browser = client_for(ada)
    page = browser.post(f"/people/{ada.pk}/active/", {"active": "no"}, follow=True).content.decode()
    assert "last administrator" in page
    response = browser.post(f"/people/{ada.pk}/", {**FORM, "username": "ada", "role": "analyst"})
    assert response.status_code == 422
    assert User.objects.get(pk=ada.pk).role == "administrator"


def test_the_services_ask_who_is_at_work(ana: User, ben: User) -> None:
    with pytest.raises(NotAllowed):
        people_services.set_active(ana, ben, False)
    with pytest.raises(NotAllowed):
        people_services.create_collection(ana, "secret-room", "Room", "")
    assert User.objects.get(pk=ben.pk).is_active


def test_what_cannot_be_recorded_does_not_happen(
    client_for: Callable[[User], Client], ada: User, settings: LazySettings
) -> None:
    browser = client_for(ada)
    settings.CHECKPOINT_DIR = "/proc/no-folder-can-be-made-here"
    assert browser.post("/people/new/", FORM).status_code == 503
    assert not User.objects.filter(username="zora").exists()


def test_a_collection_is_made_without_members(client_for: Callable[[User], Client], ada: User) -> None:
    client_for(ada).post("/people/collections/", {"slug": "port", "title": "Port", "description": ""})
    assert Collection.objects.get(slug="port").memberships.count() == 0


def test_a_reset_password_is_a_first_password(
    client_for: Callable[[User], Client], ada: User, ana: User
) -> None:
    client_for(ada).post(f"/people/{ana.pk}/password/", {"password": "nine-lanterns-4"})
    ana.refresh_from_db()
    assert ana.must_change_password
    assert ana.check_password("nine-lanterns-4")


def test_making_the_demo_people_twice_changes_nothing(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(clearance="CONFIDENTIAL")
    rows = AuditRecord.objects.count()
    create_demo_people()
    assert User.objects.get(pk=ana.pk).clearance == "CONFIDENTIAL"
    assert AuditRecord.objects.count() == rows


def test_the_first_administrator_is_made_on_the_command_line(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = StringIO()
    monkeypatch.setenv("DONOVAN_PASSWORD", "nine-lanterns-4")
    call_command("create_person", "root", "--role", "administrator", stdout=out)
    person = User.objects.get(username="root")
    assert (person.role, person.must_change_password) == ("administrator", True)
    assert AuditRecord.objects.filter(actor="system", action="administer").exists()
