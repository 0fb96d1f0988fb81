"""The page of the record: who may see it, and which records."""

from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.audit.services import record

pytestmark = pytest.mark.django_db


def test_reviewers_and_administrators_enter(
    client_for: Callable[[User], Client], cast: dict[str, User]
) -> None:
    statuses = {name: client_for(user).get("/record/").status_code for name, user in cast.items()}
    assert {name for name, status in statuses.items() if status == 200} == {"rita", "ada"}
    assert set(statuses.values()) == {200, 403}


def test_a_reviewer_does_not_learn_of_what_they_may_not_read(
    client_for: Callable[[User], Client], rita: User, ada: User
) -> None:
    harbour = label_for("relief", parse_marking("SECRET//HARBOR"))
    record("ana", "view", labels=[harbour], documents=["hidden-document"])
    record("ana", "view", labels=[label_for("relief", parse_marking("CUI"))], documents=["open-document"])
    page = client_for(rita).get("/record/").content.decode()
    assert "open-document" in page
    assert "hidden-document" not in page
    assert "HARBOR" not in page
    # The administrator, who reads no documents, sees that there was an action and not what it was about.
    page = client_for(ada).get("/record/").content.decode()
    assert "hidden-document" not in page
    assert "HARBOR" not in page
    assert page.count("closed ") >= 2


def test_the_banner_is_the_bound_of_the_records_shown(
    client_for: Callable[[User], Client], rita: User
) -> None:
    record("ana", "view", labels=[label_for("relief", parse_marking("SECRET//NOFORN"))])
    page = client_for(rita).get("/record/").content.decode()
    assert page.count('<span class="banner-text">SECRET//NOFORN</span>') == 2


def test_a_record_may_tell_of_items(client_for: Callable[[User], Client], ada: User) -> None:
    """In a template `detail.items` is then the number, and no longer the pairs of the detail."""
    record("ana", "label project", detail={"change": "items added", "items": 3})
    page = client_for(ada).get("/record/")
    assert page.status_code == 200
    assert '<span class="meta">items</span> 3' in page.content.decode()


def test_filters_narrow_the_record(client_for: Callable[[User], Client], ada: User) -> None:
    record("ana", "search")
    record("ben", "view", documents=["11111111-2222"])
    browser = client_for(ada)
    assert browser.get("/record/", {"actor": "ana"}).context["records"][0].action == "search"
    assert [
        row.actor for row in browser.get("/record/", {"document": "11111111-2222"}).context["records"]
    ] == ["ben"]
    assert [row.actor for row in browser.get("/record/", {"action": "view"}).context["records"]] == ["ben"]
    assert browser.get("/record/", {"from": "2999-01-01"}).context["records"] == []
    assert "written as" in browser.get("/record/", {"from": "yesterday"}).content.decode()


def test_older_records_are_a_page_away(client_for: Callable[[User], Client], ada: User) -> None:
    for _ in range(120):
        record("ana", "search")
    browser = client_for(ada)
    first = browser.get("/record/", {"actor": "ana"})
    assert len(first.context["records"]) == 100
    second = browser.get(f"/record/?{first.context['older']}")
    assert len(second.context["records"]) == 20
    assert {row.actor for row in second.context["records"]} == {"ana"}


def test_the_page_says_when_the_chain_is_broken(client_for: Callable[[User], Client], ada: User) -> None:
    record("ana", "search").__class__.objects.filter(actor="ana").update(actor="ben")
    page = client_for(ada).get("/record/").content.decode()
    assert "has been tampered with" in page


def test_verifying_everything_is_itself_on_record(client_for: Callable[[User], Client], rita: User) -> None:
    response = client_for(rita).post("/record/verify/")
    assert "The record is intact" in response.content.decode()
    assert "record verified" in client_for(rita).get("/record/").content.decode()
