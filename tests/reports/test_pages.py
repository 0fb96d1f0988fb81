"""The pages of reports: whoever may not read one finds the page for what is not there."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.library import services as library
from donovan.library.callers import Caller
from donovan.reports import review
from donovan.reports.models import Design, Report, Section, Statement
from ingest.models import Document
from tests.reports.conftest import DOCK_QUESTION, MakeReport

ClientFor = Callable[[User], Client]
QUESTION = {"questions": "How much fuel does the Zeta depot hold?"}
NOBODY = "/reports/00000000-0000-4000-8000-000000000000/"


def by(user: User) -> Caller:
    return Caller.named(user, source="test")


@pytest.fixture
def dock(make_report: MakeReport, ana: User) -> Report:
    """Ana's report out of the compartment, released."""
    report = make_report(ana, ("question", {"questions": DOCK_QUESTION}))
    Report.objects.filter(pk=report.pk).update(state=Report.State.RELEASED)
    return report


def test_a_report_reads_as_a_document_with_notes_that_open_the_page_at_the_words(
    bridge_report: Report, client_for: ClientFor, ana: User
) -> None:
    page = client_for(ana).get(f"/reports/{bridge_report.pk}/").content.decode()
    assert "SYSTEM-DERIVED, REVIEW REQUIRED" in page
    assert "was closed on 5 July 2026" in page
    assert re.search(
        r'class="citation" href="/documents/[0-9a-f-]+/\?page=1&amp;start=\d+&amp;end=\d+#words"', page
    )
    assert "documents were at hand" in page


@pytest.mark.parametrize("name", ["omar", "ben", "chloe", "rita", "ada"])
def test_every_address_of_a_closed_report_answers_as_if_there_were_none(
    name: str, dock: Report, client_for: ClientFor, cast: dict[str, User]
) -> None:
    client = client_for(cast[name])
    section, statement = (
        Section.objects.get(report=dock),
        Statement.objects.filter(block__section__report=dock)[0],
    )
    address = f"/reports/{dock.pk}/"
    asked = [
        ("get", ""),
        ("get", "progress/"),
        ("post", "settings/"),
        ("post", "step/"),
        ("post", "comments/"),
        ("post", "comments/1/settle/"),
        ("post", f"sections/{section.pk}/again/"),
        ("post", f"sections/{section.pk}/add/"),
        ("post", f"statements/{statement.pk}/edit/"),
        ("post", f"statements/{statement.pk}/take-out/"),
        ("post", f"statements/{statement.pk}/bring-back/"),
    ]
    for method, path in asked:
        closed = getattr(client, method)(address + path)
        missing = getattr(client, method)(NOBODY + path)
        assert closed.status_code == missing.status_code == 404, path
        assert _bare(closed.content) == _bare(missing.content), path


def _bare(page: bytes) -> bytes:
    return re.sub(rb"[A-Za-z0-9]{64}", b"token", page)


def test_a_closed_report_is_in_no_list(dock: Report, client_for: ClientFor, cast: dict[str, User]) -> None:
    for name in ("omar", "ben", "chloe", "rita", "ada"):
        assert b"Report on the Orlov bridge" not in client_for(cast[name]).get("/reports/").content
    assert b"Report on the Orlov bridge" in client_for(cast["ana"]).get("/reports/").content


def test_home_names_what_waits_for_a_reviewer_and_hides_what_is_closed(
    make_report: MakeReport, client_for: ClientFor, cast: dict[str, User]
) -> None:
    open_one = make_report(cast["ben"], ("question", QUESTION))
    closed = make_report(cast["ben"], ("text", {"text": "Words."}))
    for report in (open_one, closed):
        review.submit(by(cast["ben"]), report)
    Report.objects.filter(pk=closed.pk).update(raised_marking="SECRET//HARBOR", title="Closed to Rita")
    page = client_for(cast["rita"]).get("/reports/waiting/").content
    assert b"Report on the Orlov bridge" in page
    assert b"Closed to Rita" not in page
    assert b"No report waits for you" in client_for(cast["omar"]).get("/reports/waiting/").content


def test_opening_a_report_is_on_record_and_so_is_a_denial(
    dock: Report, client_for: ClientFor, ana: User, omar: User
) -> None:
    client_for(ana).get(f"/reports/{dock.pk}/")
    client_for(omar).get(f"/reports/{dock.pk}/")
    opened, denied = AuditRecord.objects.order_by("-sequence")[:2][::-1]
    assert (opened.actor, opened.action, opened.detail["report"]) == ("ana", "view", str(dock.pk))
    assert "relief:SECRET//HARBOR" in opened.labels
    assert (denied.actor, denied.action, denied.labels) == ("omar", "denial", [])


def test_the_banner_of_the_page_is_that_of_the_report(dock: Report, client_for: ClientFor, ana: User) -> None:
    page = client_for(ana).get(f"/reports/{dock.pk}/").content.decode()
    assert re.search(r"banner-text[^>]*>\s*SECRET//HARBOR", page)


def test_a_report_is_started_from_a_template(
    archive: dict[str, Document], client_for: ClientFor, ana: User
) -> None:
    client = client_for(ana)
    assert b"Situation report" in client.get("/reports/new/").content
    assert b"Subject" in client.get("/reports/new/?template=situation").content
    response = client.post("/reports/new/", {"template": "situation", "subject": "Orlov bridge"})
    report = Report.objects.get()
    assert response["Location"] == f"/reports/{report.pk}/"
    assert report.title == "Situation report Orlov bridge"
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "0 of 11 made" in page


@pytest.mark.parametrize(
    "form",
    [
        {"template": "nonsense"},
        {"template": "own:nonsense"},
        {"template": "note", "questions": " "},
        {"template": "situation", "subject": "Beta", "collection": "logistics-of-others"},
        {"template": "situation", "subject": "Beta", "title": "x" * 300},
        {"template": "situation", "subject": "x" * 5000},
    ],
)
def test_a_report_that_cannot_be_started_says_why(
    archive: dict[str, Document], client_for: ClientFor, ana: User, form: dict[str, str]
) -> None:
    response = client_for(ana).post("/reports/new/", form)
    assert response.status_code in (400, 404)
    assert not Report.objects.exists()


def test_progress_brings_only_what_the_page_has_not_seen(
    bridge_report: Report, client_for: ClientFor, ana: User
) -> None:
    client = client_for(ana)
    section = bridge_report.sections.get()
    address = f"/reports/{bridge_report.pk}/progress/"
    fresh = client.get(address, {"seen": "0-waiting-0-0"})
    assert b"was closed on 5 July 2026" in fresh.content
    assert "donovan:marking" in fresh["HX-Trigger"]
    began = int(section.started_at.timestamp() * 1000)
    known = client.get(address, {"seen": f"{section.pk}-done-1-{began}"})
    assert b"was closed on 5 July 2026" not in known.content


def test_a_sentence_is_worked_on_in_its_place(
    bridge_report: Report, client_for: ClientFor, ana: User
) -> None:
    client = client_for(ana)
    statement = Statement.objects.filter(block__section__report=bridge_report)[0]
    address = f"/reports/{bridge_report.pk}/"
    form = client.get(address, {"work": "1", "statement": statement.pk}).content.decode()
    assert "Check and keep" in form
    assert statement.text.strip("“”") in form
    saved = client.post(
        f"{address}statements/{statement.pk}/edit/",
        {"text": "The Orlov bridge was closed on 9 July 2026.", "sources": statement.source_ids},
        follow=True,
    ).content.decode()
    assert "not supported" in saved
    assert "Show generated" in saved
    assert statement.text in saved.replace("&#x27;", "'")


def test_the_review_goes_its_way_over_the_pages(
    make_report: MakeReport, client_for: ClientFor, ben: User, rita: User
) -> None:
    report = make_report(ben, ("question", QUESTION))
    author, reviewer = client_for(ben), client_for(rita)
    address = f"/reports/{report.pk}/"
    assert reviewer.get(address).status_code == 404
    author.post(f"{address}step/", {"step": "submit"})
    assert b"Waiting for your review" in reviewer.get("/reports/").content
    assert b'value="release"' in reviewer.get(address).content
    assert b'value="release"' not in author.get(address).content
    reviewer.post(f"{address}comments/", {"text": "Which litres?"})
    reviewer.post(f"{address}step/", {"step": "release"})
    assert b"released" in author.get(address).content
    report.refresh_from_db()
    assert report.released_by == rita


def test_a_changed_source_is_said_in_the_list_and_on_the_page(
    make_report: MakeReport, client_for: ClientFor, ben: User, rita: User, archive: dict[str, Document]
) -> None:
    report = make_report(ben, ("question", QUESTION))
    client = client_for(ben)
    assert b"changed or went away" not in client.get("/reports/").content
    library.remove(by(rita), archive["depot"].pk)
    assert b"changed or went away" in client.get("/reports/").content
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert "was removed since" in page
    assert "source changed" in page


def test_a_design_is_changed_by_buttons_and_nothing_typed_is_lost(
    archive: dict[str, Document], client_for: ClientFor, ana: User
) -> None:
    client = client_for(ana)
    client.post("/reports/designs/", {"name": "Morning note"})
    design = Design.objects.get()
    address = f"/reports/designs/{design.pk}/"
    client.post(address, {"count": "0", "name": "Morning note", "action": "add", "new-kind": "question"})
    form = {
        "count": "1",
        "name": "Morning note",
        "key-0": "question-1",
        "kind-0": "question",
        "heading-0": "Fuel",
        "0-questions": QUESTION["questions"],
    }
    client.post(address, {**form, "action": "add", "new-kind": "text"})
    design.refresh_from_db()
    assert [(part["kind"], part["heading"]) for part in design.sections] == [
        ("question", "Fuel"),
        ("text", "Free text"),
    ]
    both = {
        **form,
        "count": "2",
        "key-1": "text-1",
        "kind-1": "text",
        "heading-1": "Note",
        "1-text": "Read on.",
    }
    client.post(address, {**both, "action": "up:1"})
    design.refresh_from_db()
    assert [part["heading"] for part in design.sections] == ["Note", "Fuel"]
    assert design.sections[0]["settings"]["text"] == "Read on."
    assert b"Make a report of it" in client.get(address).content
    response = client.post("/reports/new/", {"template": f"own:{design.pk}"})
    assert Report.objects.get().sections.count() == 2
    assert response.status_code == 302


@pytest.mark.parametrize(
    "action", ["up:0", "down:99", "remove:-1", "remove:x", "", "up:", "nonsense", "remove:²"]
)
def test_a_button_that_cannot_do_anything_changes_nothing(
    cast: dict[str, User], client_for: ClientFor, ana: User, action: str
) -> None:
    part = {"key": "text-1", "kind": "text", "heading": "Note", "settings": {"text": "Words."}}
    design = Design.objects.create(owner=ana, name="D", sections=[part])
    form = {
        "count": "1", "name": "D", "key-0": "text-1", "kind-0": "text", "heading-0": "Note",
        "0-text": "Words.",
    }  # fmt: skip
    client_for(ana).post(f"/reports/designs/{design.pk}/", {**form, "action": action})
    design.refresh_from_db()
    assert design.sections == [part]


def test_a_design_asks_for_what_its_sections_name(
    archive: dict[str, Document], client_for: ClientFor, ana: User
) -> None:
    part = {
        "key": "q",
        "kind": "question",
        "heading": "On {unit}",
        "settings": {"questions": "Where is {unit}?"},
    }
    design = Design.objects.create(owner=ana, name="D", sections=[part])
    client = client_for(ana)
    assert b'name="unit"' in client.get("/reports/new/", {"template": f"own:{design.pk}"}).content
    client.post("/reports/new/", {"template": f"own:{design.pk}", "unit": "Convoy Seven"})
    section = Section.objects.get()
    assert (section.heading, section.settings["questions"]) == ("On Convoy Seven", "Where is Convoy Seven?")


def test_a_design_of_somebody_else_is_not_there(cast: dict[str, User], client_for: ClientFor) -> None:
    design = Design.objects.create(owner=cast["ana"], name="Hers", sections=[])
    client = client_for(cast["ben"])
    assert client.get(f"/reports/designs/{design.pk}/").status_code == 404
    assert client.get("/reports/new/", {"template": f"own:{design.pk}"}).status_code == 404
    assert b"Hers" not in client.get("/reports/designs/").content


def test_a_reviewer_sees_comments_and_the_author_settles_them(
    make_report: MakeReport, client_for: ClientFor, ben: User, rita: User
) -> None:
    report = make_report(ben, ("question", QUESTION))
    review.submit(by(ben), report)
    address = f"/reports/{report.pk}/"
    client_for(rita).post(f"{address}comments/", {"text": "Which <b>day</b>?"})
    page = client_for(ben).get(address).content.decode()
    assert "Which &lt;b&gt;day&lt;/b&gt;?" in page
    client_for(ben).post(f"{address}comments/{report.comments.get().pk}/settle/")
    assert "1 settled" in client_for(ben).get(address).content.decode()
