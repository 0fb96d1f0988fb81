"""Pages of entities and trends in Chromium: accessible, no wider than the screen, driven by keys."""

from datetime import date, timedelta

import pytest

from donovan.access.models import User
from donovan.insight.entities.models import Appearance
from tests.insight.entity_pages.conftest import MakeReport
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def told(report: MakeReport) -> str:
    """Nine days of reports that name places; the id of one."""
    for offset in range(9):
        report(
            "The convoy went from Sarajevo to Zagreb on 3 September 2026.",
            date(2026, 9, 1) + timedelta(offset),
        )
    return str(Appearance.objects.filter(name="Sarajevo")[0].entity_id)


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    told: str, ana: User, open_as: OpenAs
) -> None:
    other = Appearance.objects.filter(name="Zagreb")[0].entity_id
    pages = {
        "entities": "/entities/",
        "profile": f"/entities/{told}/",
        "split": f"/entities/{told}/split/",
        "merge": f"/entities/merge/?id={told}&id={other}",
        "graph": "/entities/graph/",
        "together": f"/entities/together/?one={told}&other={other}",
        "timeline": "/entities/timeline/",
        "map": "/entities/map/",
        "trends": "/trends/?what=documents",
        "trend-of-an-entity": f"/trends/?what=entity&entity={told}&interval=week",
        "point": "/trends/point/?what=documents&interval=month&at=2026-09-01",
    }
    assert sweep(open_as, ana, pages, also_slight=True, waits_for="networkidle") == []


def test_the_map_is_moved_in_place_and_keeps_the_focus(told: str, ana: User, open_as: OpenAs) -> None:
    page = open_as(ana, "/entities/map/")
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


def test_a_point_of_the_map_opens_its_profile_by_keyboard(told: str, ana: User, open_as: OpenAs) -> None:
    page = open_as(ana, "/entities/map/")
    page.locator(".picture--wide a[aria-label^='Sarajevo']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/entities/{told}/")
    assert page.get_by_role("heading", name="Sarajevo", exact=True).is_visible()
