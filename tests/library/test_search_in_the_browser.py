"""The pages around search in Chromium: accessible, no wider than the screen, driven by keys."""

import pytest

from donovan.access.models import User
from donovan.library.models import SavedSearch
from ingest.models import Document
from tests.library.conftest import HandIn
from tests.support.browsing import OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def flood(hand_in: HandIn, ben: User) -> Document:
    for number in range(8):
        hand_in(ben, f"Convoy {number} passed the mill at noon; nobody spoke of water.", f"c{number}.txt")
    hand_in(ben, "Heavy rain flooded Langmoor; the bridge TR-4471 held, the road was closed.", "may.txt")
    return hand_in(ben, "The flood at Langmoor took the bridge TR 4471 and cut the road.", "march.txt")


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    flood: Document, ben: User, open_as: OpenAs
) -> None:
    open_as(ben, "/search/?q=Langmoor+OR+typhus").keyboard.press("b")
    pages = {
        "found": "/search/?q=Langmoor+OR+convoy",
        "saved-found": "/search/?q=Langmoor+OR+typhus",
        "search": "/search/",
        "similar": f"/search/similar/?like={flood.pk}:0",
        "similar-document": f"/search/similar/?like={flood.pk}",
        "saved": "/search/saved/",
        "standing-out": "/search/standing-out/?collection=relief",
        "text": "/search/text/",
        "home": "/",
        "document": f"/documents/{flood.pk}/",
    }
    assert sweep(open_as, ben, pages, also_slight=True) == []


def test_s_finds_what_is_similar_and_b_saves_the_search(flood: Document, ben: User, open_as: OpenAs) -> None:
    page = open_as(ben, "/search/?q=flood")
    page.keyboard.press("b")
    page.get_by_text("Saved as “flood”").wait_for()
    assert SavedSearch.objects.get().name == "flood"
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.wait_for_url("**/search/similar/?like=**")
    assert page.get_by_role("heading", name="Similar", exact=True).is_visible()
    page = open_as(ben, f"/documents/{flood.pk}/")
    page.keyboard.press("s")
    page.wait_for_url(f"**/search/similar/?like={flood.pk}")
    page.keyboard.press("?")
    assert page.get_by_text("what is similar to the item, or to the document").is_visible()


def test_a_text_is_looked_at_and_its_marks_lead_to_the_list(
    flood: Document, ben: User, open_as: OpenAs
) -> None:
    page = open_as(ben, "/search/")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/search/text/")
    page.get_by_role("textbox", name="Text").fill("They met at TR-4471 and went home.")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("link", name="TR-4471").first.click()
    assert page.url.endswith("#known-1")
    assert page.locator("#known-1").get_by_text("2 passages").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
