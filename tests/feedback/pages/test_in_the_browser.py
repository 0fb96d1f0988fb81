"""Labelling in Chromium: by keys alone, with exact offsets, accessible in both colours."""

import pytest
from playwright.sync_api import Page, expect

from donovan.access.models import User
from donovan.feedback.models import Annotation
from donovan.feedback.projects import members, services
from donovan.feedback.projects.models import Assignment
from donovan.library.callers import Caller
from tests.feedback.pages.conftest import NAMES, REPORTS, MakeProject, label_all
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at_item(page: Page, number: int) -> None:
    """Wait for an item to come; it has the focus then."""
    expect(page.locator("[data-item-title]")).to_contain_text(f"{number} of", timeout=20_000)
    expect(page.locator("[data-item-title]")).to_be_focused()


def test_five_items_are_labelled_with_keys_alone_and_the_last_is_taken_back(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    project = make_project(people["ana"])
    page = open_as(people["ana"], f"/labelling/{project.pk}/label/")
    for number, (choice, go_on) in enumerate(
        (("1", "Enter"), ("2", "n"), ("3", "Enter"), ("4", "n"), ("5", "Enter")), start=2
    ):
        page.keyboard.press(choice)
        page.keyboard.press(go_on)
        at_item(page, number)
    given = list(Annotation.objects.order_by("pk").values_list("value", flat=True))
    assert [value["class"] for value in given] == ["report", "order", "message", "record", "other"]
    page.keyboard.press("u")
    at_item(page, 5)
    assert page.locator("input[name=choice]:checked").get_attribute("data-key") == "5"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    at_item(page, 6)
    assert Annotation.objects.get(pk=Annotation.objects.latest("pk").pk).value == {"class": "report"}
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Choose one of the answers first.")
    page.keyboard.press("s")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    at_item(page, 7)
    slot = Assignment.objects.get(state="skipped")
    assert slot.skip == "cannot_tell"
    assert all(
        0 < seconds < 60
        for seconds in Assignment.objects.filter(state="done").values_list("seconds", flat=True)
    )


def test_spans_are_marked_by_keyboard_and_by_mouse_at_exact_offsets(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    project = make_project(people["ana"], "entities")
    page = open_as(people["ana"], f"/labelling/{project.pk}/label/")
    page.get_by_role("application").focus()
    for key in ("ArrowRight", "ArrowRight", "1"):
        page.keyboard.press(key)
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "3"):
        page.keyboard.press(key)
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "4"):
        page.keyboard.press(key)
    expect(page.locator("[data-span-said]")).to_contain_text("12 March marked as Date")
    page.locator("[data-span-text] span", has_text="Lamar").dblclick()
    expect(page.locator("[data-span-said]")).to_have_text("Lamar")
    page.keyboard.press("3")
    page.keyboard.press("Home")
    page.keyboard.press("1")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    at_item(page, 2)
    spans = Annotation.objects.get().value["spans"]
    marked = [(NAMES[span["start"] : span["end"]], span["label"]) for span in spans]
    assert marked == [("Ivanov", "person"), ("Kessa", "place"), ("12 March", "date"), ("Lamar", "place")]


def test_steps_and_a_typed_line_are_answered_with_keys_alone(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    ana = people["ana"]
    page = open_as(ana, f"/labelling/{make_project(ana, 'claim_support').pk}/label/")
    for key in "2113":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is left for you here").wait_for()
    value = Annotation.objects.latest("pk").value
    assert ([step["answer"] for step in value["steps"]], value["verdict"]) == (
        ["no", "yes", "yes"],
        "unsupported",
    )
    page = open_as(ana, f"/labelling/{make_project(ana, 'table_cell').pk}/label/")
    page.keyboard.press("Control+a")
    page.keyboard.type("205")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is left for you here").wait_for()
    assert Annotation.objects.latest("pk").value == {"text": "205"}


def test_a_review_is_done_with_keys_alone(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    ana, rita = people["ana"], people["rita"]
    project = make_project(ana, rows=REPORTS[:4], overlap=1)
    members.add_member(Caller.named(ana, source="test"), project.pk, username="rita", role="reviewer")
    label_all(ana, project, [{"class": "report"}] * 4)
    page = open_as(rita, f"/labelling/{project.pk}/review/")

    def comes(number: int) -> None:
        expect(page.locator("[data-item-title]")).to_have_text(f"Review item {number}")
        page.wait_for_load_state()  # the keys are listened to from then on

    comes(1)
    page.keyboard.press("n")
    comes(2)
    page.keyboard.press("a")
    expect(page.get_by_text("Item 2 is accepted.")).to_be_visible()
    comes(3)
    page.keyboard.press("4")
    page.keyboard.press("f")
    expect(page.get_by_text("Item 3 is put right: Record.")).to_be_visible()
    comes(4)
    page.keyboard.press("b")
    page.keyboard.type("a better reason")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Item 4 goes back to the labellers.")).to_be_visible()
    comes(1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits for review.")).to_be_visible()
    assert list(project.items.values_list("review", flat=True)) == [
        "accepted", "accepted", "fixed", "sent_back",
    ]  # fmt: skip


def test_what_is_typed_in_one_step_stays_when_another_is_saved(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    project = make_project(people["ana"], is_released=False)
    page = open_as(people["ana"], f"/labelling/{project.pk}/setup/")
    page.get_by_label("What to do, in plain words").fill("Half a sentence")
    instruction = page.locator("#instruction")
    expect(instruction.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_label("Words of answer 1", exact=True).fill("Situation report")
    page.get_by_role("button", name="Save the answers").click()
    expect(page.locator("#answers").get_by_role("status")).to_contain_text("The answers are saved.")
    expect(page.locator("#answers").get_by_text("Not saved yet")).to_have_count(0)
    expect(page.get_by_label("What to do, in plain words")).to_have_value("Half a sentence")
    expect(instruction.get_by_text("Not saved yet")).to_be_visible()
    page.get_by_label("People for each item").fill("0")
    page.locator("#quality").get_by_role("button", name="Save").click()
    expect(page.locator("#quality").get_by_role("alert")).to_contain_text("whole number from 1")
    expect(page.get_by_label("People for each item")).to_have_value("0")
    expect(page.locator("#wrong-overlap")).to_contain_text("whole number from 1")
    expect(page.locator("#quality").get_by_text("Not saved yet")).to_be_visible()
    page.get_by_label("Title or file name").fill("bridge")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("No document that you may read has that")).to_be_visible()
    # A second step that is saved before the first is answered waits for its turn.
    page.get_by_label("People for each item").fill("2")
    page.get_by_label("Items for calibration").fill("7")
    page.evaluate(
        """() => {
          document.querySelector("[data-form=instruction] button").click();
          document.querySelector("[data-form=quality] button").click();
        }"""
    )
    expect(page.locator("#quality").get_by_role("status")).to_have_text("Saved.")
    expect(page.locator(".unsaved")).to_have_count(0)
    project.refresh_from_db()
    assert project.calibration_size == 7
    assert project.instruction == "Half a sentence"
    assert project.options[0]["words"] == "Situation report"
    assert project.overlap == 2


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    ana, ben = people["ana"], people["ben"]
    owner = Caller.named(ana, source="test")
    draft = make_project(ana, rows=REPORTS[:2], labellers=[ana, ben], is_released=False)
    running = make_project(ana, rows=REPORTS[:2], labellers=[ana, ben], most_people=2)
    for role in ("adjudicator", "reviewer"):
        members.add_member(owner, running.pk, username="ana", role=role)
    label_all(ana, running, [{"class": "report"}, {"class": "order"}])
    label_all(ben, running, [{"class": "record"}, {"class": "order"}])
    calibrating = make_project(ana, "entities", labellers=[ana, ben], is_released=False)
    services.start_calibration(Caller.named(ana, source="test"), calibrating.pk)
    label_all(ana, calibrating, [{"spans": [{"start": 0, "end": 7, "label": "person"}]}])
    pages = [
        "/labelling/",
        "/labelling/new/",
        f"/labelling/{draft.pk}/setup/",
        f"/labelling/{running.pk}/",
        *(f"/labelling/{running.pk}/{name}/" for name in ("items", "decide", "review", "quality")),
        f"/labelling/{calibrating.pk}/calibration/",
        f"/labelling/{calibrating.pk}/label/",
        *(
            f"/labelling/{make_project(ana, template).pk}/label/"
            for template in ("document_class", "preference", "claim_support", "translation", "table_cell")
        ),
        "/feedback/",
    ]
    assert sweep(open_as, ana, {f"page-{at}": path for at, path in enumerate(pages)}) == []


def test_without_scripts_a_refusal_is_what_one_sees_first(
    open_as: OpenAs, people: dict[str, User], make_project: MakeProject
) -> None:
    project = make_project(people["ana"], is_released=False)
    page = open_as(people["ana"], f"/labelling/{project.pk}/setup/", java_script_enabled=False)
    page.get_by_label("People for each item").fill("none")
    page.locator("#quality").get_by_role("button", name="Save").click()
    refusal = page.locator("#quality").get_by_role("alert")
    expect(refusal).to_be_in_viewport()
    expect(page.get_by_label("People for each item")).to_have_value("none")
    refusal.get_by_role("link").click()
    expect(page.locator("#wrong-overlap")).to_be_in_viewport()
