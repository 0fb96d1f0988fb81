"""The main job in Chromium: bring a file, ask, follow a citation to the words, say what it was worth."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

ANSWER_TIMEOUT = 60_000
NOTE = (
    "Ferry schedule for Port Amsel\n\n"
    "The ferry Maribel leaves Port Amsel at 0640 every Tuesday. It carries at most 212 passengers. "
    "Captain Ilse Brandvold commands the ferry. The crossing takes 95 minutes in fair weather.\n"
)


def upload_note(page: Page, site, folder: Path) -> None:
    note = folder / "ferry.txt"
    note.write_text(NOTE)
    page.goto(site.address + "/upload/")
    page.locator("select[name=collection]").select_option("relief")
    page.locator("[name=marking]").first.fill("UNCLASSIFIED")
    page.locator("input[type=file]").set_input_files(str(note))
    page.get_by_role("button", name=re.compile("^Upload")).click()
    expect(page.get_by_text(re.compile("received|already", re.I)).first).to_be_visible()
    page.goto(site.address + "/documents/?q=ferry")
    for _ in range(60):
        if page.locator("tbody tr", has_text="ferry").locator(".badge--ok", has_text="ready").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(page.content()[-3000:])


def ask(page: Page, site, question: str) -> None:
    page.goto(site.address + "/ask/")
    page.get_by_label("Question").fill(question)
    page.get_by_label("Question").press("Enter")
    page.wait_for_url(re.compile("/ask/threads/"))
    page.locator("article.answer .answer-foot").wait_for(timeout=ANSWER_TIMEOUT)


def test_analyst_brings_a_file_asks_follows_the_citation_and_judges(page_as, site, tmp_path):
    page = page_as("ana")
    upload_note(page, site, tmp_path)
    ask(page, site, "How many passengers does the ferry Maribel carry?")
    claims = page.locator(".claims .claim-text")
    expect(claims.filter(has_text="212").first).to_be_visible()

    judged = page.locator(".claims .claim").filter(has_text="212").first
    judged.get_by_role("button", name=re.compile("^Supported")).click()
    expect(judged.locator('[value="supported"][aria-pressed="true"]')).to_be_visible()
    page.reload()
    expect(page.locator('[value="supported"][aria-pressed="true"]').first).to_be_visible()

    page.locator(".claims .claim").filter(has_text="212").locator("a.citation").first.click()
    page.wait_for_url(re.compile(r"/documents/.*#words"))
    expect(page.locator("mark#words, #words").first).to_contain_text("212")
    expect(page.locator(".marking").first).to_contain_text("UNCLASSIFIED")


def test_question_without_an_answer_is_not_answered_and_says_what_was_searched(page_as, site):
    page = page_as("ana")
    ask(page, site, "What is the annual budget of the Ministry of Fisheries of Norway?")
    expect(page.locator(".refusal")).to_contain_text(
        re.compile("No sentence answers this surely|Nothing that answers this was found")
    )
    expect(page.locator(".claims")).to_have_count(0)
    expect(page.get_by_text("What was searched", exact=True)).to_be_visible()


def test_keyboard_alone_reaches_search_help_and_places(page_as, site):
    page = page_as("ben")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(re.compile("/documents/"))


@pytest.mark.parametrize("path", ["/", "/ask/", "/search/?q=bridge", "/documents/", "/upload/", "/feedback/"])
def test_pages_have_no_serious_accessibility_violation(page_as, site, path):
    page = page_as("ana")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(site.address + path)
        violations = Axe().run(page).response["violations"]
        serious = [v for v in violations if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], v["nodes"][0]["html"][:200]) for v in serious]


def test_no_page_asks_any_other_origin(page_as, site):
    page = page_as("ana")
    foreign: list[str] = []
    page.on(
        "request", lambda r: foreign.append(r.url) if not r.url.startswith((site.address, "data:")) else None
    )
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    for path in ("/", "/ask/", "/search/?q=bridge", "/documents/", "/upload/"):
        page.goto(site.address + path)
    assert foreign == []
    assert refused == []
