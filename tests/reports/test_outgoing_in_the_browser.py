"""The pages of export and of standing reports in Chromium: accessible, and calm on a narrow screen."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser

from donovan.access.cast import create_demo_people
from donovan.access.models import User
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import jobs, schedule_services, services
from donovan.reports.models import Report, Section
from donovan.reports.schedules import Schedule
from tests.assistant.material import add_document, index_all
from tests.reports.conftest import BRIDGE, SECRET

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def desk(transactional_db: None) -> Iterator[tuple[User, Report, Schedule, Schedule]]:
    """Ana with a report that has a failed section, a standing report that ran, and one that was stopped."""
    ana = next(user for user in create_demo_people() if user.username == "ana")
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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_the_pages_are_accessible_and_no_wider_than_the_screen(  # noqa: PLR0917 - fixtures
    browser: Browser,
    live_server: Any,
    client_for: Callable[[User], Client],
    desk: tuple[User, Report, Schedule, Schedule],
    scheme: Any,
    width: int,
) -> None:
    ana, report, daily, stopped = desk
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    cookie = client_for(ana).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    pages = {
        "export": f"/reports/{report.pk}/export/",
        "schedules": "/reports/schedules/",
        "schedule": f"/reports/schedules/{daily.pk}/",
        "stopped": f"/reports/schedules/{stopped.pk}/",
        "choose": "/reports/schedules/new/",
        "new": "/reports/schedules/new/?template=situation",
    }
    shots = os.environ.get("DONOVAN_SHOTS")
    for name, address in pages.items():
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(live_server.url + address)
        if shots:
            page.screenshot(path=str(Path(shots) / f"{name}-{width}.png"), full_page=True)
        found = Axe().run(page).response["violations"]
        assert [row["id"] for row in found if row["impact"] in ("serious", "critical")] == [], name
        assert not page.evaluate(IS_WIDER), f"{name} at {width} px"
        page.close()
    context.close()


def test_a_file_is_saved_under_its_marking(
    browser: Browser,
    live_server: Any,
    client_for: Callable[[User], Client],
    desk: tuple[User, Report, Schedule, Schedule],
) -> None:
    ana, report, _daily, _stopped = desk
    context = browser.new_context(accept_downloads=True)
    cookie = client_for(ana).cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/reports/{report.pk}/export/")
    with page.expect_download() as expected:
        page.get_by_role("link", name="Export Markdown").click()
    assert expected.value.suggested_filename.startswith("(S-NF) Morning at the bridge")
    context.close()
