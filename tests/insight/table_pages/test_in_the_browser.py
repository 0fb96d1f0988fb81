"""The pages of tables in Chromium: accessible in both themes, no wider than the screen, led by keys."""

from typing import Any

import pytest

from donovan.access.models import User
from donovan.insight.tables.models import DataTable
from tests.support.browsing import HEIGHT, IS_WIDER, LOOKS, OpenAs, faults, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, issues: DataTable, secret: DataTable, ana: User
) -> None:
    table = f"/tables/{issues.pk}/"
    pages = {
        "list": "/tables/",
        "grid": f"{table}?row=4&column=litres",
        "filtered": f"{table}?c=consumer&o=contains&v=zz",
        "profile": f"{table}profile/",
        "ask": f"{table}ask/?with={secret.pk}",
    }
    assert sweep(open_as, ana, pages) == []


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_an_answer_and_its_chart_are_accessible_and_fit_the_screen(  # noqa: PLR0917 - fixtures
    open_as: OpenAs, issues: DataTable, secret: DataTable, ana: User, scheme: str, width: int
) -> None:
    look: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": HEIGHT}}
    page = open_as(ana, f"/tables/{issues.pk}/ask/?with={secret.pk}", **look)
    page.locator("#question").fill("total litres by consumer")
    page.keyboard.press("Enter")
    page.get_by_text("The total litres by consumer is").wait_for()
    page.locator("#chart").select_option("bar")
    page.get_by_role("button", name="Run").click()
    page.locator("figure svg").wait_for()
    assert faults(page) == []
    assert not page.evaluate(IS_WIDER)


def test_the_cited_cell_is_in_sight_and_keys_lead_on(open_as: OpenAs, issues: DataTable, ana: User) -> None:
    page = open_as(ana, f"/tables/{issues.pk}/?row=7&column=litres")
    assert page.locator("#cell").is_visible()
    page = open_as(ana, "/tables/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/tables/{issues.pk}/")
