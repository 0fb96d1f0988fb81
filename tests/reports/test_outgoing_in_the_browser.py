"""The pages of export and of scheduled reports in Chromium: accessible, and calm on a narrow screen."""

from collections.abc import Iterator

import pytest

from donovan.access.models import User
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import jobs, schedule_services, services
from donovan.reports.models import Report, Section
from donovan.reports.schedules import Schedule
from tests.assistant.material import add_document, index_all
from tests.reports.conftest import BRIDGE, SECRET
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(people: dict[str, User]) -> Iterator[tuple[User, Report, Schedule, Schedule]]:
    """Ana with a report that has a failed section, a scheduled report that ran, and one that was stopped."""
    ana = people["ana"]
    add_document("Situation report 12 — Orlov bridge", BRIDGE)
    add_document("Assessment 3", SECRET, marking="SECRET//NOFORN")
    index_all()
    caller = Caller.named(ana, source="test")
    told = {"template": "situation", "collection": "relief", "parameters": {"subject": "Orlov bridge"}}
    daily = schedule_services.begin(caller, title="Morning at the bridge", when="daily", at="06:30", **told)
    run = schedule_services.run_now(caller, daily)
    assert run.report is not None
    with using(ScriptedModel([""] * 40)):
        report = jobs.run_report(run.report.pk)
    Section.objects.filter(report=report, ordinal=2).update(
        state=Section.State.FAILED, notice="The model did not answer in time. Make it again."
    )
    stopped = schedule_services.begin(caller, title="Anomalies of the week", when="anomaly", **told)
    Schedule.objects.filter(pk=stopped.pk).update(
        state=Schedule.State.STOPPED, stopped_because="Its template is gone.", next_at=None
    )
    services.start_report(caller, "situation", title="Another", parameters={"subject": "Lamar dock"})
    yield ana, report, daily, stopped


def test_the_pages_are_accessible_and_no_wider_than_the_screen(
    open_as: OpenAs, desk: tuple[User, Report, Schedule, Schedule]
) -> None:
    ana, report, daily, stopped = desk
    pages = {
        "export": f"/reports/{report.pk}/export/",
        "schedules": "/reports/schedules/",
        "schedule": f"/reports/schedules/{daily.pk}/",
        "stopped": f"/reports/schedules/{stopped.pk}/",
        "choose": "/reports/schedules/new/",
        "new": "/reports/schedules/new/?template=situation",
    }
    assert sweep(open_as, ana, pages) == []


def test_a_file_is_saved_under_its_marking(
    open_as: OpenAs, desk: tuple[User, Report, Schedule, Schedule]
) -> None:
    ana, report, _daily, _stopped = desk
    page = open_as(ana, f"/reports/{report.pk}/export/", accept_downloads=True)
    with page.expect_download() as expected:
        page.get_by_role("link", name="Export Markdown").click()
    assert expected.value.suggested_filename.startswith("(S-NF) Morning at the bridge")
