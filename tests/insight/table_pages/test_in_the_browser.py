"""The pages of tables in Chromium: accessible in both themes, no wider than the screen, led by keys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from donovan.access.models import User
from donovan.insight.tables.models import DataTable
from tests.ui.test_in_the_browser import open_as, serious

__all__ = ["open_as"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(  # noqa: PLR0917
    scheme: str,
    width: int,
    open_as: Callable[..., Page],
    issues: DataTable,
    secret: DataTable,
    ana: User,
    tmp_path: Path,
) -> None:
    look: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    table = f"/tables/{issues.pk}/"
    for name, address in (
        ("list", "/tables/"),
        ("grid", f"{table}?row=4&column=litres"),
        ("filtered", f"{table}?c=consumer&o=contains&v=zz"),
        ("profile", f"{table}profile/"),
        ("ask", f"{table}ask/?with={secret.pk}"),
    ):
        page = open_as(ana, address, **look)
        page.screenshot(path=tmp_path / f"{name}-{scheme}.png", full_page=True)
        assert serious(page) == [], name
        assert not page.evaluate(IS_WIDER), f"{name} at {width} px"
    page.locator("#question").fill("total litres by consumer")
    page.keyboard.press("Enter")
    page.get_by_text("The total litres by consumer is").wait_for()
    page.locator("#chart").select_option("bar")
    page.get_by_role("button", name="Run").click()
    page.locator("figure svg").wait_for()
    page.screenshot(path=tmp_path / f"answer-{scheme}.png", full_page=True)
    assert serious(page) == []
    assert not page.evaluate(IS_WIDER)


def test_the_cited_cell_is_in_sight_and_keys_lead_on(
    open_as: Callable[..., Page], issues: DataTable, ana: User
) -> None:
    page = open_as(ana, f"/tables/{issues.pk}/?row=7&column=litres")
    assert page.locator("#cell").is_visible()
    page = open_as(ana, "/tables/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/tables/{issues.pk}/")
