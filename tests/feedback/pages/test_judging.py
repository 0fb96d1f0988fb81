"""Deciding disputes, reviewing what is decided, known answers, and the figures of quality."""

from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.feedback.projects import members, services
from donovan.feedback.projects.models import LabelProject, ProjectItem
from donovan.library.callers import Caller
from tests.feedback.pages.conftest import REPORTS, MakeProject, label_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def disputed(make_project: MakeProject, ana: User, ben: User, rita: User) -> LabelProject:
    """Ben and Rita differ on the first item and agree on the second; Ana decides and Rita reviews."""
    project = make_project(ana, labellers=[ben, rita], rows=REPORTS[:2], most_people=2)
    owner = Caller.named(ana, source="test")
    members.add_member(owner, project.pk, username="ana", role="adjudicator")
    members.add_member(owner, project.pk, username="ana", role="reviewer")
    label_all(ben, project, [{"class": "order"}, {"class": "record"}])
    label_all(rita, project, [{"class": "report"}, {"class": "record"}])
    return project


def test_an_adjudicator_sees_what_was_said_side_by_side_and_decides(
    disputed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    page = client.get(f"/labelling/{disputed.pk}/decide/")
    text, item = page.content.decode(), page.context["item"]
    assert "<strong>ben</strong>" in text
    assert "<strong>rita</strong>" in text
    address = f"/labelling/items/{item.pk}/adjudicate/"
    refused = client.post(address, {"action": "give", "remark": "My reason"})
    assert refused.status_code == 400
    assert "Choose one of the answers first." in refused.content.decode()
    done = client.post(address, {"action": "give", "choice": "1", "remark": "It orders."}, follow=True)
    assert "is decided: Order" in done.content.decode()
    assert "Nothing is disputed" in done.content.decode()
    item.refresh_from_db()
    assert (item.final, item.final_how) == ({"class": "order"}, "adjudicated")


def test_a_reviewer_accepts_fixes_or_sends_back_with_a_remark(
    disputed: LabelProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    page = client.get(f"/labelling/{disputed.pk}/review/")
    item = page.context["item"]
    assert "Accept: Record" in page.content.decode()
    address = f"/labelling/items/{item.pk}/review/"
    refused = client.post(address, {"action": "send-back", "choice": "3"})
    assert "Say what is wrong" in refused.content.decode()
    client.post(address, {"action": "send-back", "choice": "3", "remark": "Look at the date."})
    queue = client_for(ben).get(f"/labelling/{disputed.pk}/label/").content.decode()
    assert "Sent back by a reviewer:</strong> Look at the date." in queue


def test_a_fix_and_an_acceptance_are_kept(
    disputed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    item = client.get(f"/labelling/{disputed.pk}/review/").context["item"]
    client.post(f"/labelling/items/{item.pk}/review/", {"action": "give", "choice": "4"})
    item.refresh_from_db()
    assert (item.final, item.review) == ({"class": "other"}, "fixed")
    first = ProjectItem.objects.get(state="adjudication")
    client.post(f"/labelling/items/{first.pk}/adjudicate/", {"action": "give", "choice": "0"})
    client.post(f"/labelling/items/{first.pk}/review/", {"action": "accept"})
    first.refresh_from_db()
    assert first.review == "accepted"
    assert "Nothing waits for review" in client.get(f"/labelling/{disputed.pk}/review/").content.decode()


def test_an_owner_says_what_is_known_and_labellers_are_not_told(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, labellers=[ben], rows=REPORTS[:3], is_released=False, gold_share=0.5)
    client, item = client_for(ana), project.items.first()
    client.post(f"/labelling/items/{item.pk}/item/", {"action": "give", "choice": "0"})
    item.refresh_from_db()
    assert item.gold == {"class": "report"}
    assert "known" in client.get(f"/labelling/{project.pk}/items/").content.decode()
    services.release(Caller.named(ana, source="test"), project.pk)
    for page in ("", "label/", "quality/"):
        text = client_for(ben).get(f"/labelling/{project.pk}/{page}").content.decode()
        assert "known answers</dt>" not in text
        assert ">known<" not in text


def test_items_are_found_by_state_and_words(
    disputed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client, address = client_for(ana), f"/labelling/{disputed.pk}/items/"
    assert [row[0].ordinal for row in client.get(address, {"state": "done"}).context["rows"]] == [2]
    assert [row[0].ordinal for row in client.get(address, {"find": "lane 1"}).context["rows"]] == [1]
    assert "No item that you may read matches" in client.get(address, {"find": "zebra"}).content.decode()


def test_a_labeller_sees_their_own_figures_and_the_owner_everybodys(
    disputed: LabelProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    own = client_for(ben).get(f"/labelling/{disputed.pk}/quality/").content.decode()
    assert "you said the same in 50 %" in own
    assert "rita" not in own
    page = client_for(ana).get(f"/labelling/{disputed.pk}/quality/?person=rita").content.decode()
    assert "Over time: rita" in page
    assert "What is taken for what" in page
    forged = client_for(ben).get(f"/labelling/{disputed.pk}/quality/?person=rita").content.decode()
    assert "Over time: rita" not in forged


def test_agreement_is_loaded_after_the_page(
    disputed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    part = client_for(ana).get(f"/labelling/{disputed.pk}/quality/agreement/").content.decode()
    assert "ben, rita" in part
    assert "50 %" in part


def test_who_is_noticed_is_named_to_the_owner_who_may_pause_or_clear_them(
    disputed: LabelProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    member = disputed.members.get(user=ben, role="labeller")
    member.named_as, member.named_why = "spammer", "Every answer is the same."
    member.save()
    client, address = client_for(ana), f"/labelling/{disputed.pk}/"
    assert "ben: answers without reading." in client.get(address).content.decode()
    assert "Every answer is the same" not in client_for(ben).get(address).content.decode()
    client.post(f"{address}people/", {"action": "pause:ben"})
    assert "has paused your queue" in client_for(ben).get(f"{address}label/").content.decode()
    client.post(f"{address}people/", {"action": "clear:ben"})
    member.refresh_from_db()
    assert member.named_as == ""


def test_calibration_shows_where_people_differ_first(
    make_project: MakeProject, ana: User, ben: User, rita: User, client_for: Callable[[User], Client]
) -> None:  # fmt: skip
    project = make_project(ana, labellers=[ben, rita], rows=REPORTS[:3], is_released=False)
    services.start_calibration(Caller.named(ana, source="test"), project.pk)
    label_all(ben, project, [{"class": "report"}] * 3)
    label_all(rita, project, [{"class": "report"}, {"class": "report"}, {"class": "order"}])
    page = client_for(ana).get(f"/labelling/{project.pk}/calibration/")
    assert [shown.row.item.ordinal for shown in page.context["items"]] == [3, 1, 2]
    assert "Order and Report" in page.content.decode()
