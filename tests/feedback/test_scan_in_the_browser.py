"""Lines of a scan are corrected in Chromium: nothing covers the words, and no rule of the page is broken."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from donovan.access.cast import create_demo_people
from donovan.access.models import User
from donovan.feedback.models import Annotation
from ingest.models import Document, PageWords, Word
from tests.assistant.material import add_document

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LINES = 12


@pytest.fixture
def scanned(transactional_db: None) -> Document:
    """A wide page of a dozen lines that was read from its image."""
    create_demo_people()
    document = add_document("Order", "\n".join(f"Line{at}" for at in range(LINES)))
    page = document.pages.get()
    words = [
        Word(text, start, start + len(text), 0.1, 0.05 + at / 15, 0.4, 0.09 + at / 15, 0.95)
        for at in range(LINES)
        for text in (f"Line{at}",)
        for start in (page.text.index(text),)
    ]
    PageWords.objects.create(page=page, data=PageWords.pack(words))
    page.source, page.image, page.image_width, page.image_height = "ocr", "none.png", 1600, 1000
    page.save()
    Document.objects.filter(pk=document.pk).update(status="ready")
    return document


@pytest.fixture
def open_scan(
    browser: Browser, live_server: Any, client_for: Callable[[User], Client], scanned: Document
) -> Iterator[Callable[..., Page]]:
    """`open_scan(width=400)` is the page in which Ana corrects the lines; `page.said` is its console."""
    contexts: list[BrowserContext] = []

    def opened(width: int = 1440, said: list[str] | None = None, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        cookie = client_for(User.objects.get(username="ana")).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        if said is not None:
            page.on("console", lambda message: said.append(message.text))
        page.goto(f"{live_server.url}/feedback/scan/{scanned.pk}/1/")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_keeping_a_line_breaks_no_rule_of_the_page(open_scan: Callable[..., Page]) -> None:
    said: list[str] = []
    page = open_scan(said=said)
    box = page.locator("#text-2")
    box.fill("Line 1")
    # A person may have drawn the field larger, which leaves a style on it.
    box.evaluate("field => { field.style.height = '80px'; }")
    box.press("Enter")
    expect(page.locator("#line-2")).to_contain_text("kept")
    expect(page.locator("#text-3")).to_be_focused()
    assert [words for words in said if "Content Security Policy" in words] == []


def test_an_empty_line_asks_before_it_is_kept(open_scan: Callable[..., Page]) -> None:
    page = open_scan()
    blank = page.locator("#line-2").get_by_label("no text here")
    expect(blank).to_be_hidden()
    page.locator("#text-2").fill("")
    page.locator("#text-2").press("Enter")
    expect(page.locator("#line-2").get_by_role("alert")).to_contain_text("tick")
    expect(page.locator("#text-2")).to_be_focused()
    assert not Annotation.objects.exists()
    blank.check()
    page.locator("#line-2").get_by_role("button").click()
    expect(page.locator("#line-2")).to_contain_text("kept")
    assert Annotation.objects.get().value == {"text": ""}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (400, "dark")])
def test_the_picture_is_numbered_uncovered_and_no_taller_than_it_is(
    open_scan: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_scan(width, color_scheme=scheme)
    page.locator("#text-9").focus()
    here = page.locator(".box--of-line.is-here")
    assert here.evaluate("box => getComputedStyle(box).fill") == "none"
    assert page.locator(".box-number").all_text_contents() == [str(at) for at in range(1, LINES + 1)]
    empty = page.evaluate(
        """() => {
          const frame = document.querySelector("[data-page-frame]").getBoundingClientRect();
          const image = document.querySelector(".page-image").getBoundingClientRect();
          return frame.bottom - Math.max(image.bottom, frame.top);
        }"""
    )
    assert empty < 40
    frame, box = page.locator("[data-page-frame]").bounding_box(), here.bounding_box()
    assert frame is not None and box is not None
    assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
    assert 0 <= frame["y"] < 900
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
