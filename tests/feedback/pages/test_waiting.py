"""What waits for a person is said on their home page and in the list, by numbers of what they may read."""

from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.feedback.projects import members, services
from donovan.feedback.projects.models import LabelProject
from donovan.library.callers import Caller
from tests.feedback.pages.conftest import REPORTS, MakeProject, add_items, label_all

pytestmark = pytest.mark.django_db

ADDRESS = "/labelling/waiting/"


@pytest.fixture
def judged(make_project: MakeProject, cast: dict[str, User]) -> LabelProject:
    """Ana's project with ben and rita as adjudicators and reviewers. One open item is disputed and one
    decided; so is one more of each that is SECRET//NOFORN, which ben may not read.
    """
    ana, mia = cast["ana"], cast["mia"]
    project = make_project(ana, rows=REPORTS[:2], labellers=[ana, mia], most_people=2, is_released=False)
    secret = [{"title": f"Kestrel {n}", "text": f"The Kestrel group, number {n}."} for n in range(2)]
    add_items(ana, project, secret, marking="SECRET//NOFORN")
    owner = Caller.named(ana, source="test")
    for name in ("ben", "rita"):
        for role in ("adjudicator", "reviewer"):
            members.add_member(owner, project.pk, username=name, role=role)
    services.release(owner, project.pk)
    label_all(ana, project, [{"class": "report"}] * 4)
    label_all(mia, project, [{"class": "report"}, {"class": "order"}] * 2)
    states = [item.state for item in project.items.order_by("ordinal")]
    assert states == ["done", "adjudication"] * 2
    return project


def test_a_reviewer_and_adjudicator_is_told_of_what_they_may_read_and_no_more(
    judged: LabelProject, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    for name, number in (("rita", 2), ("ben", 1)):
        part = client_for(cast[name]).get(ADDRESS).content.decode()
        assert f">Decide {number}<" in part, name
        assert f">Review {number}<" in part, name
        assert f"/labelling/{judged.pk}/decide/" in part
        assert f"/labelling/{judged.pk}/review/" in part
        assert "Label " not in part
        listed = client_for(cast[name]).get("/labelling/").content.decode()
        assert f">Decide {number}<" in listed
    # The owner judges nothing in it, and who is not in it learns nothing.
    for name in ("ana", "chloe"):
        assert client_for(cast[name]).get(ADDRESS).content.decode().strip() == ""
    assert client_for(cast["ada"]).get(ADDRESS).status_code == 403


def test_home_asks_for_it_where_there_can_be_some(
    cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    for name, is_asked in (("ben", True), ("rita", True), ("mia", True), ("ada", False)):
        assert (f'hx-get="{ADDRESS}"' in client_for(cast[name]).get("/").content.decode()) is is_asked


def test_a_labeller_is_told_unless_the_project_or_their_queue_is_paused(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project, owner = make_project(ana, labellers=[ben]), Caller.named(ana, source="test")
    client = client_for(ben)
    assert ">Label 8<" in client.get(ADDRESS).content.decode()
    members.pause_member(owner, project.pk, username="ben", is_paused=True)
    assert client.get(ADDRESS).content.decode().strip() == ""
    assert "Nothing waits for you now" in client.get("/labelling/").content.decode()
    members.pause_member(owner, project.pk, username="ben", is_paused=False)
    services.pause(owner, project.pk)
    assert client.get(ADDRESS).content.decode().strip() == ""


def test_disputes_wait_while_a_project_is_paused_and_not_once_it_is_closed(
    judged: LabelProject, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    owner, client = Caller.named(cast["ana"], source="test"), client_for(cast["rita"])
    services.pause(owner, judged.pk)
    assert ">Decide 2<" in client.get(ADDRESS).content.decode()
    services.close(owner, judged.pk)
    assert client.get(ADDRESS).content.decode().strip() == ""
