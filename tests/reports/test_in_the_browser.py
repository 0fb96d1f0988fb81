"""The pages of reports in Chromium: accessible in both colours, calm on a narrow screen, and worked by
keys.
"""

import pytest

from donovan.access.models import User
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import commenting, designing, editing, jobs, review, services
from donovan.reports.models import Report, Statement
from tests.assistant.material import add_document, index_all
from tests.reports.conftest import BRIDGE, DEPOT, SECRET
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(people: dict[str, User]) -> dict[str, str]:
    """A draft that was worked on, a report in review, and a design; addresses by name."""
    for title, text, marking in (
        ("Situation report 12 — Orlov bridge", BRIDGE, "UNCLASSIFIED"),
        ("Assessment 3", SECRET, "SECRET//NOFORN"),
        ("Inventory", DEPOT, "UNCLASSIFIED"),
    ):
        add_document(title, text, marking=marking)
    index_all()
    ana, ben, rita = (Caller.named(people[name], source="test") for name in ("ana", "ben", "rita"))
    draft = services.start_report(ana, "situation", parameters={"subject": "Orlov bridge"})
    sent = services.start_report(ben, "spot", parameters={"subject": "Zeta depot"})
    with using(ScriptedModel([""] * 60)):
        jobs.run_report(draft.pk)
        jobs.run_report(sent.pk)
    statement = Statement.objects.filter(block__section__report=draft).order_by("pk")[0]
    wrong = "The Orlov bridge was closed on 9 July 2026."
    editing.edit_statement(ana, draft, statement.pk, text=wrong, source_ids=statement.source_ids)
    review.submit(ben, Report.objects.get(pk=sent.pk))
    commenting.comment(rita, sent, "Which depot?")
    design = designing.start_design(ana, name="Morning note", copied="intelligence")
    return {
        "draft": f"/reports/{draft.pk}/",
        "work": f"/reports/{draft.pk}/?work=1&statement={statement.pk}#statement-{statement.pk}",
        "review": f"/reports/{sent.pk}/",
        "design": f"/reports/designs/{design.pk}/",
    }


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, people: dict[str, User], desk: dict[str, str]
) -> None:
    pages = {
        "list": "/reports/",
        "choose": "/reports/new/",
        "new": "/reports/new/?template=comparison",
        "draft": desk["draft"],
        "work": desk["work"],
        "designs": "/reports/designs/",
        "design": desk["design"],
    }
    assert sweep(open_as, people["ana"], pages) == []
    assert sweep(open_as, people["rita"], {"review": desk["review"]}) == []


def test_sections_appear_while_they_are_made_and_the_banner_rises_with_them(
    open_as: OpenAs, people: dict[str, User], desk: dict[str, str]
) -> None:
    caller = Caller.named(people["ana"], source="test")
    report = services.start_report(caller, "situation", parameters={"subject": "Orlov bridge"})
    page = open_as(people["ana"], f"/reports/{report.pk}/")
    assert page.locator(".banner-text").first.inner_text() == "UNCLASSIFIED"
    with using(ScriptedModel([""] * 60)):
        jobs.run_report(report.pk)
    page.get_by_text("The Kestrel group mined the Orlov bridge").first.wait_for()
    assert "SECRET" in page.locator(".banner-text").first.inner_text()
    page.locator("#report-progress[hx-trigger]").wait_for(state="detached")


def test_a_template_is_designed_by_keyboard_alone(
    open_as: OpenAs, people: dict[str, User], desk: dict[str, str]
) -> None:
    page = open_as(people["ana"], desk["design"])
    first = page.locator(".designer-part h2").first.inner_text()
    page.get_by_role("button", name="Move section 1", exact=False).nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#part-1")
    assert page.locator(".designer-part h2").first.inner_text() != first
    page.locator("#new-kind").select_option("text")
    page.get_by_role("button", name="Add", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#part-8")
    assert page.locator(".designer-part").count() == 9
