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


def test_a_fix_that_changes_nothing_is_an_acceptance(
    disputed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    item = client.get(f"/labelling/{disputed.pk}/review/").context["item"]
    form = {"action": "give", "choice": "3", "remark": "Clear."}
    said = client.post(f"/labelling/items/{item.pk}/review/", form, follow=True).content.decode()
    assert f"Item {item.ordinal} is accepted: Record is what was decided." in said
    item.refresh_from_db()
    assert (item.review, item.final_how, item.review_note) == ("accepted", "agreed", "Clear.")


def test_an_adjudicator_is_told_why_an_item_is_disputed(
    make_project: MakeProject, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    ana, people = cast["ana"], [cast[name] for name in ("ben", "rita", "mia")]
    project = make_project(ana, labellers=people, rows=REPORTS[:1], most_people=3)
    members.add_member(Caller.named(ana, source="test"), project.pk, username="ana", role="adjudicator")
    for person, answer in zip(people, ("record", "order", "record"), strict=True):
        label_all(person, project, [{"class": answer}])
    page = client_for(ana).get(f"/labelling/{project.pk}/decide/").content.decode()
    assert "People: 2 said Record, 1 said Order. Not sure enough: 93 % of the 97 % asked." in page


def test_an_owner_is_told_of_disputes_that_no_adjudicator_may_read(
    make_project: MakeProject, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    ana, mia = cast["ana"], cast["mia"]
    project = make_project(ana, labellers=[ana, mia], rows=REPORTS[:1], marking="SECRET//NOFORN")
    owner = Caller.named(ana, source="test")
    members.add_member(owner, project.pk, username="ben", role="adjudicator")
    label_all(ana, project, [{"class": "order"}])
    label_all(mia, project, [{"class": "record"}])
    client, address = client_for(ana), f"/labelling/{project.pk}/"
    assert "1 disputed item waits for an adjudicator who may read it" in client.get(address).content.decode()
    assert "who may read it" not in client_for(cast["ben"]).get(address).content.decode()
    members.add_member(owner, project.pk, username="rita", role="adjudicator")
    assert "who may read it" not in client.get(address).content.decode()


def test_the_dialog_of_keys_lists_those_of_the_page(
    disputed: LabelProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    said = {"decide": "decide, next item", "review": "accept what was decided"}
    for name, words in said.items():
        page = client_for(ana).get(f"/labelling/{disputed.pk}/{name}/").content.decode()
        assert words in page.split('id="keys-dialog"')[1], name
    page = client_for(ben).get(f"/labelling/{disputed.pk}/label/").content.decode()
    assert "skip, with a reason" in page.split('id="keys-dialog"')[1]
    assert "skip, with a reason" not in client_for(ben).get("/labelling/").content.decode()


def test_a_model_owner_goes_from_a_project_to_a_data_set_of_it(
    make_project: MakeProject, ana: User, mia: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(mia, labellers=[ana, mia], rows=REPORTS[:1], overlap=1)
    label_all(ana, project, [{"class": "order"}])
    client = client_for(mia)
    page = client.get(f"/labelling/{project.pk}/").content.decode()
    link = page.split("Build a data set from it")[0].rsplit('href="', 1)[1].split('"')[0]
    form = client.get(link.replace("&amp;", "&"))
    assert form.context["chosen"]["projects"] == [str(project.pk)]
    assert "Build a data set" not in client_for(ana).get(f"/labelling/{project.pk}/").content.decode()


@pytest.mark.parametrize(("says", "first"), [("report", "release"), ("order", "calibrate")])
def test_the_first_button_of_a_calibration_is_what_the_round_speaks_for(
    make_project: MakeProject,
    cast: dict[str, User],
    client_for: Callable[[User], Client],
    says: str,
    first: str,
) -> None:
    ana, ben = cast["ana"], cast["ben"]
    project = make_project(ana, labellers=[ana, ben], rows=REPORTS[:2], is_released=False)
    services.start_calibration(Caller.named(ana, source="test"), project.pk)
    label_all(ana, project, [{"class": "report"}] * 2)
    label_all(ben, project, [{"class": says}] * 2)
    for page in ("", "calibration/", "setup/"):
        text = client_for(ana).get(f"/labelling/{project.pk}/{page}").content.decode()
        assert text.count(f'button--primary" name="step" value="{first}"') == 1, page
        assert text.count('button--primary" name="step"') == 1, page


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
