"""Who finds which page: members and the owner by their roles, and no trace of what one may not read."""

from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.feedback.projects import members, services
from donovan.library.callers import Caller
from tests.feedback.pages.conftest import REPORTS, MakeProject, add_items, label_all

pytestmark = pytest.mark.django_db
OWN = ("", "setup/", "items/", "quality/", "calibration/")


def test_the_outsider_finds_no_page_of_a_project_and_nothing_in_the_list(
    make_project: MakeProject, ana: User, omar: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana)
    client = client_for(omar)
    for page in (*OWN, "label/", "decide/", "review/"):
        assert client.get(f"/labelling/{project.pk}/{page}").status_code == 404, page
    item = project.items.first()
    assert client.get(f"/labelling/items/{item.pk}/").status_code == 404
    assert client.post(f"/labelling/items/{item.pk}/item/", {"action": "leave-out"}).status_code == 404
    assert client.post(f"/labelling/{project.pk}/step/", {"step": "close"}).status_code == 404
    assert client.post(f"/labelling/{project.pk}/setup/people/", {"action": "add"}).status_code == 404
    shown = client.get("/labelling/")
    assert shown.status_code == 200
    assert project.title not in shown.content.decode()
    assert "No project of yours yet" in shown.content.decode()


def test_the_administrator_has_no_labelling(ada: User, client_for: Callable[[User], Client]) -> None:
    assert "/labelling/" not in client_for(ada).get("/people/").content.decode()
    assert client_for(ada).get("/labelling/").status_code == 403


def test_a_labeller_finds_the_queue_and_their_quality_and_nothing_of_the_owner(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, labellers=[ana, ben])
    client = client_for(ben)
    for page in ("", "label/", "quality/"):
        assert client.get(f"/labelling/{project.pk}/{page}").status_code == 200, page
    for page in ("setup/", "items/", "calibration/", "decide/", "review/", "quality/agreement/"):
        assert client.get(f"/labelling/{project.pk}/{page}").status_code == 404, page


def test_reviewers_and_adjudicators_find_their_queues(
    make_project: MakeProject, ana: User, rita: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana)
    client = client_for(rita)
    caller = Caller.named(ana, source="test")
    for role, page in (("reviewer", "review/"), ("adjudicator", "decide/")):
        assert client.get(f"/labelling/{project.pk}/{page}").status_code == 404
        members.add_member(caller, project.pk, username="rita", role=role)
        assert client.get(f"/labelling/{project.pk}/{page}").status_code == 200


def test_pages_are_the_same_whether_or_not_there_are_items_that_one_may_not_read(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, labellers=[ben], is_released=False)
    services.release(Caller.named(ana, source="test"), project.pk)
    client = client_for(ben)
    pages = [f"/labelling/{project.pk}/{page}" for page in ("", "label/", "quality/")] + ["/labelling/"]
    before = [_plain(client.get(page)) for page in pages]
    secret = [{"title": "Kestrel", "text": f"The Kestrel group, number {n}."} for n in range(3)]
    add_items(ana, project, secret, marking="SECRET//NOFORN")
    after = [_plain(client.get(page)) for page in pages]
    assert before == after
    assert not any("Kestrel" in page for page in after)
    assert "SECRET" in client_for(ana).get(f"/labelling/{project.pk}/").content.decode()


def test_the_banner_carries_the_marking_of_the_item(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, rows=REPORTS[:1], marking="SECRET//NOFORN")
    shown = client_for(ana).get(f"/labelling/{project.pk}/label/").content.decode()
    assert 'aria-label="Marking of this page"><span class="banner-text">SECRET//NOFORN' in shown


def test_an_owner_who_labels_too_does_not_see_what_others_said_in_calibration(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, labellers=[ana, ben], is_released=False)
    services.start_calibration(Caller.named(ana, source="test"), project.pk)
    label_all(ben, project, [{"class": "record"}] * 3)
    shown = client_for(ana).get(f"/labelling/{project.pk}/calibration/").content.decode()
    assert "Hidden until you have labelled it yourself" in shown
    assert '<span class="badge">Record</span>' not in shown


def _plain(response: object) -> str:
    """A page without what differs from one request to the next."""
    text = response.content.decode()  # type: ignore[attr-defined]
    lines = [line for line in text.splitlines() if "csrf" not in line.lower()]
    return "\n".join(lines)
