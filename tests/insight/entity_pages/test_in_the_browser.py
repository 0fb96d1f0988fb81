"""Pages of entities and trends in Chromium: accessible, no wider than the screen, driven by keys."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from donovan.access.models import User
from donovan.insight.entities.models import Appearance
from tests.insight.entity_pages.conftest import MakeReport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(
    browser: Browser, live_server: Any, client_for: Callable[[User], Client]
) -> Iterator[Callable[..., Page]]:
    """`open_as(ana, width=400, color_scheme="dark")` is a signed-in page; `goto` takes whole addresses."""
    contexts: list[BrowserContext] = []

    def open_page(user: User, *, width: int = 1440, color_scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=color_scheme)  # type: ignore[arg-type]
        contexts.append(context)
        cookie = client_for(user).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def told(report: MakeReport) -> str:
    """Nine days of reports that name places; the id of one."""
    for offset in range(9):
        report(
            "The convoy went from Sarajevo to Zagreb on 3 September 2026.",
            date(2026, 9, 1) + timedelta(offset),
        )
    return str(Appearance.objects.filter(name="Sarajevo")[0].entity_id)


@pytest.mark.parametrize("look", [("light", 1440), ("dark", 400)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    look: tuple[str, int], told: str, ana: User, live_server: Any, open_as: Callable[..., Page]
) -> None:
    color_scheme, width = look
    page = open_as(ana, width=width, color_scheme=color_scheme)
    other = Appearance.objects.filter(name="Zagreb")[0].entity_id
    for address in (
        "/entities/",
        f"/entities/{told}/",
        f"/entities/{told}/split/",
        f"/entities/merge/?id={told}&id={other}",
        "/entities/graph/",
        f"/entities/together/?one={told}&other={other}",
        "/entities/timeline/",
        "/entities/map/",
        "/trends/?what=documents",
        f"/trends/?what=entity&entity={told}&interval=week",
        "/trends/point/?what=documents&interval=month&at=2026-09-01",
    ):
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        found = [
            f"{row['id']}: {row['nodes'][0]['html'][:200]}" for row in Axe().run(page).response["violations"]
        ]
        assert found == [], address
        is_wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(is_wider), f"{address} at {width} px"


def test_the_map_is_moved_in_place_and_keeps_the_focus(
    told: str, ana: User, live_server: Any, open_as: Callable[..., Page]
) -> None:
    page = open_as(ana)
    page.goto(f"{live_server.url}/entities/map/")
    page.evaluate("window.stays = true")
    page.locator("#move-nearer").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**bounds=**")
    assert page.evaluate("window.stays") is True
    assert page.evaluate("document.activeElement.id") == "move-nearer"
    assert page.locator("#map-part").count() == 1
    page.get_by_role("link", name="All places").click()
    page.wait_for_url("**/entities/map/")
    assert page.locator(".picture--wide .map-point").count() == 2


def test_a_point_of_the_map_opens_its_profile_by_keyboard(
    told: str, ana: User, live_server: Any, open_as: Callable[..., Page]
) -> None:
    page = open_as(ana)
    page.goto(f"{live_server.url}/entities/map/")
    page.locator(".picture--wide a[aria-label^='Sarajevo']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/entities/{told}/")
    assert page.get_by_role("heading", name="Sarajevo", exact=True).is_visible()
