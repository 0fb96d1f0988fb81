"""Ways from one page to the next: numbers that open to their rows, the next item, what is said meanwhile."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.feedback.projects import deciding, items, members, services
from donovan.feedback.projects.models import LabelProject
from donovan.library.callers import Caller
from tests.feedback.pages.conftest import REPORTS, ROWS, MakeProject, label_all

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.fixture
def mixed(make_project: MakeProject, ana: User, ben: User) -> LabelProject:
    """A project with items of every kind: decided, reviewed, disputed, open, known, left out and a copy."""
    project = make_project(ana, labellers=[ana, ben], most_people=2)
    owner = Caller.named(ana, source="test")
    rows = list(project.items.order_by("ordinal"))
    items.mark_gold(owner, rows[7].pk, {"class": "order"})
    items.leave_out(owner, rows[6].pk)
    project.items.filter(pk=rows[5].pk).update(copy_of=rows[4], state="done")
    label_all(ana, project, [{"class": "report"}] * 3)
    label_all(ben, project, [{"class": name} for name in ("report", "report", "order")])
    project.items.filter(pk=rows[0].pk).update(review="accepted")
    return project


def test_every_number_of_a_project_opens_to_as_many_rows(
    mixed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    page = text_of(client, f"/labelling/{mixed.pk}/")
    links = re.findall(r'href="(/labelling/[^"]+/items/\?state=(\w+))">(\d+)<', page)
    assert {state: int(number) for _, state, number in links} == {
        "done": 2, "unreviewed": 1, "adjudication": 1, "open": 2, "known": 1, "left_out": 1, "copies": 1,
    }  # fmt: skip
    for address, _, number in links:
        assert text_of(client, address).count("<tr data-item>") == int(number), address


def test_who_does_not_own_the_project_is_not_told_which_answers_are_known(
    mixed: LabelProject, ana: User, rita: User, client_for: Callable[[User], Client]
) -> None:
    members.add_member(Caller.named(ana, source="test"), mixed.pk, username="rita", role="reviewer")
    client = client_for(rita)
    assert "state=known" not in text_of(client, f"/labelling/{mixed.pk}/")
    page = text_of(client, f"/labelling/{mixed.pk}/items/?state=known")
    assert page.count("<tr data-item>") == 8
    assert 'value="known"' not in page


def test_an_owner_goes_from_item_to_item_and_takes_one_in_again(
    mixed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    client, rows = client_for(ana), list(mixed.items.order_by("ordinal"))
    assert f'href="/labelling/items/{rows[1].pk}/" data-later' in text_of(
        client, f"/labelling/items/{rows[0].pk}/"
    )
    assert "data-later" not in text_of(client, f"/labelling/items/{rows[7].pk}/")
    assert 'value="leave-out"' not in text_of(client, f"/labelling/items/{rows[6].pk}/")
    page = client.post(f"/labelling/items/{rows[6].pk}/item/", {"action": "take-in"}, follow=True)
    assert "is one like the others again" in page.content.decode()
    rows[6].refresh_from_db()
    assert rows[6].state == "open"


def test_who_decides_between_drafts_sees_them_by_the_names_people_are_quoted_with(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, "preference", labellers=[ana, ben], most_people=2)
    members.add_member(Caller.named(ana, source="test"), project.pk, username="ana", role="adjudicator")
    label_all(ana, project, [{"preferred": "a", "strength": 2, "why": "shorter"}])
    label_all(ben, project, [{"preferred": "b", "strength": 1, "why": "surer"}])
    item = deciding.disputed_items(Caller.named(ana, source="test"), project.pk)[0]
    page = text_of(client_for(ana), f"/labelling/{project.pk}/decide/")
    said = [page.index(words) for words in ("Draft A</h3>", item.input["a"], "Draft B</h3>", item.input["b"])]
    assert said == sorted(said)
    assert '<span class="option-words">Draft A</span>' in page
    assert "The first" not in page
    # One field for a reason, not two.
    assert page.count("<textarea") == 1
    queue = text_of(client_for(ana), f"/labelling/{project.pk}/label/")
    assert "The first" in queue
    assert "Draft A" not in queue


@pytest.mark.parametrize(
    ("template", "titles"),
    [
        ("document_class", ["Instruction", "Answers", "Examples", "Items", "People", "Quality", "Start"]),
        ("preference", ["Instruction", "Examples", "Items", "People", "Quality", "Start"]),
        ("translation", ["Instruction", "Examples", "Items", "People", "Quality", "Start"]),
    ],
)
def test_steps_are_numbered_without_a_gap(
    make_project: MakeProject,
    ana: User,
    client_for: Callable[[User], Client],
    template: str,
    titles: list[str],
) -> None:
    project = make_project(ana, template, rows=[], is_released=False)
    page = text_of(client_for(ana), f"/labelling/{project.pk}/setup/")
    found = re.findall(r'<h2 id="\w+-head">(\d)\. ([^<]+)</h2>', page)
    assert found == [(str(number), title) for number, title in enumerate(titles, start=1)]


def test_where_nothing_was_found_it_is_said_what_helps(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, "preference", rows=[], is_released=False)
    address = f"/labelling/{project.pk}/setup/items/"
    page = client_for(ana).post(address, {"source": "answers", "most": "5"})
    assert page.status_code == 400
    assert "No question of yours has two different answers yet" in page.content.decode()
    assert 'id="wrong-most-answers"' in page.content.decode()


def test_items_of_one_question_or_one_title_are_told_apart_in_lists(
    make_project: MakeProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    project = make_project(ana, "relevance")
    page = text_of(client_for(ana), f"/labelling/{project.pk}/items/")
    for row in REPORTS:
        assert f"When did it open? → {row['text']}" in page
    spans = make_project(ana, "entities", rows=[{**row, "title": "The same"} for row in ROWS["entities"]])
    spans.items.update(origin={"page": 1, "start": 0, "end": 9})
    assert "Captain Marsh met him" in text_of(client_for(ana), f"/labelling/{spans.pk}/items/")


def test_an_owner_is_told_that_a_round_of_calibration_is_answered(
    make_project: MakeProject, ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    rows = [{"text": "Marsh is at the Orlov bridge."}]
    project = make_project(ana, "entities", labellers=[ana, ben], rows=rows, is_released=False)
    owner, client = Caller.named(ana, source="test"), client_for(ana)
    services.start_calibration(owner, project.pk)
    label_all(ana, project, [{"spans": [{"start": 0, "end": 5, "label": "person"}]}])
    assert "See the calibration" not in text_of(client, "/labelling/waiting/")
    label_all(ben, project, [{"spans": [{"start": 0, "end": 5, "label": "other"}]}])
    assert "See the calibration" in text_of(client, "/labelling/waiting/")
    assert "See the calibration" not in text_of(client_for(ben), "/labelling/waiting/")
    page = text_of(client, f"/labelling/{project.pk}/calibration/")
    assert "Other name and Person" in page
    assert "what was said of them so far" in page.lower()
    overview = text_of(client, f"/labelling/{project.pk}/")
    assert "2 of 2 labels are there" in overview


def test_a_project_is_closed_only_after_a_second_button(
    mixed: LabelProject, ana: User, client_for: Callable[[User], Client]
) -> None:
    page = text_of(client_for(ana), f"/labelling/{mixed.pk}/")
    fold = page.split('<details class="sure-step">')[1].split("</details>")[0]
    assert 'value="close"' in fold
    assert "2 items stay without an answer" in fold
    assert page.count('value="close"') == 1
