"""The frame in Chromium: accessible, driven by keys, calm on a narrow screen, and in the right colours."""

from itertools import pairwise
from typing import Any

import pytest

from donovan.access.cast import DEMO_PASSWORD
from donovan.access.models import OpenSession, User
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, cast: dict[str, User]
) -> None:
    pages: list[tuple[User | None, dict[str, str]]] = [
        (None, {"sign-in": "/sign-in/"}),
        (
            cast["ada"],
            {
                "people": "/people/",
                "person": f"/people/{cast['ana'].pk}/",
                "record": "/record/",
                "components": "/components/?marking=TOP SECRET//SI//NOFORN",
            },
        ),
        (cast["ana"], {"account": "/account/", "refused": "/people/"}),
    ]
    assert [fault for user, paths in pages for fault in sweep(open_as, user, paths)] == []


def test_signing_in_by_keyboard_alone(open_as: OpenAs, ana: User) -> None:
    page = open_as(None, "/sign-in/?next=/account/")
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your account").wait_for()
    assert page.get_by_text("This is your first sign-in.").is_visible()


def test_the_first_tab_leads_past_the_navigation(open_as: OpenAs, ada: User) -> None:
    page = open_as(ada, "/people/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_keys_move_open_go_and_explain_themselves(open_as: OpenAs, ada: User) -> None:
    page = open_as(ada, "/people/")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.wait_for_url("**/people/*/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/record/")


def test_keys_rest_while_one_types(open_as: OpenAs, ada: User) -> None:
    page = open_as(ada, "/record/")
    page.locator("#actor").focus()
    page.keyboard.type("?gp/j")
    assert page.locator("#actor").input_value() == "?gp/j"
    assert not page.get_by_role("dialog").is_visible()


def test_the_choice_of_colours_is_kept_and_applied_before_the_first_paint(open_as: OpenAs, ada: User) -> None:
    page = open_as(ada, "/people/", color_scheme="light")
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    order = page.evaluate("[...document.head.children].map(e => e.src || e.href || '').filter(Boolean)")
    names = [address.rsplit("/", 1)[-1] for address in order]
    assert names.index("theme.js") < names.index("donovan.css")


def test_nothing_moves(open_as: OpenAs, ada: User) -> None:
    page = open_as(ada, "/components/")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0; }).length"
    )
    assert moving == 0


def test_a_part_that_arrives_later_can_raise_the_marking(open_as: OpenAs, ada: User) -> None:
    page = open_as(ada, "/people/")
    page.evaluate(
        "document.body.dispatchEvent(new CustomEvent('donovan:marking',"
        " {detail: {marking: 'SECRET//NOFORN', kind: 's'}}))"
    )
    assert page.locator(".banner.marking--s .banner-text").all_inner_texts() == ["SECRET//NOFORN"] * 2


def test_an_empty_chair_does_not_leave_the_page_open(open_as: OpenAs, ada: User, settings: Any) -> None:
    settings.IDLE_SECONDS_ADMINISTRATOR = 1
    page = open_as(ada, "/people/")
    page.wait_for_url("**/sign-in/?ended=idle**")
    assert OpenSession.objects.filter(user=ada, ended_at__isnull=False).exists()


WIDTHS = (320, 400, 640, 1024, 1215, 1217, 1280, 1343, 1345, 1440, 1471, 1473, 1601, 1920, 2560)
BAR = """() => {
  const seen = (element) => element !== null && element.getClientRects().length > 0;
  const boxes = [...document.querySelectorAll(".topbar > *")].filter(seen)
    .map((e) => [e.className, e.getBoundingClientRect().left, e.getBoundingClientRect().right]);
  const links = [...document.querySelectorAll(".nav a")].filter(seen)
    .map((e) => [e.textContent, e.getBoundingClientRect().left, e.getBoundingClientRect().right]);
  return {
    boxes, links, hidden: document.querySelectorAll(".nav a").length - links.length,
    menu: seen(document.querySelector(".nav-menu")), wide: document.documentElement.scrollWidth,
  };
}"""


def test_nothing_in_the_top_bar_overlaps_and_no_page_is_out_of_reach(
    open_as: OpenAs, cast: dict[str, User]
) -> None:
    for name, person in cast.items():
        page = open_as(person, "/account/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 600})
            found = page.evaluate(BAR)
            where = f"{name} at {width} px: {found}"
            for one, next_one in pairwise([*found["boxes"], ["edge", width, width]]):
                assert one[2] <= next_one[1] + 0.5, where
            places = [box for box in found["boxes"] if box[0] == "nav"]
            for link in found["links"]:
                assert places and places[0][1] - 0.5 <= link[1] and link[2] <= places[0][2] + 0.5, where
            assert found["menu"] or not found["hidden"], where
            assert found["wide"] <= width, where
