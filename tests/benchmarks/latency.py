"""What an analyst waits for, in Chromium on the real pages: passages on screen, the first word of the draft.

The clock starts with the key that sends the question, so request, redirect, page and stream count.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import installation, load_demo

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "donovan-demo"
QUESTIONS = 10
EVIDENCE_TARGET = 0.5
WORD_TARGET = 4.0
PATIENCE_MILLISECONDS = 60_000
HAS_EVIDENCE = "document.querySelectorAll('[data-evidence] .hit, .answer-evidence .hit').length > 0"
HAS_WORD = "(document.querySelector('[data-draft]')?.textContent ?? '').trim() !== ''"
IS_FINISHED = "!document.querySelector('article[data-events]')"


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#username", "ana")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Agree and sign in").click()
    page.wait_for_load_state()


def ask(page: Page, address: str, question: str) -> tuple[float | None, float | None, float]:
    """Seconds from the key to the passages, to the first word (None where none came), to the answer."""
    page.goto(f"{address}ask/")
    page.fill("[data-ask-question]", question)
    started = time.monotonic()
    page.press("[data-ask-question]", "Enter")
    page.wait_for_url("**/ask/threads/**", wait_until="commit")
    options = {"timeout": PATIENCE_MILLISECONDS, "polling": 10}
    page.wait_for_function(
        f"{HAS_EVIDENCE} || ({IS_FINISHED} && document.readyState === 'complete')", **options
    )
    evidence = time.monotonic() - started if page.evaluate(HAS_EVIDENCE) else None
    page.wait_for_function(f"{HAS_WORD} || {IS_FINISHED}", **options)
    word = time.monotonic() - started if page.evaluate(HAS_WORD) else None
    page.wait_for_function(IS_FINISHED, **options)
    return evidence, word, time.monotonic() - started


def questions(data: Path) -> list[str]:
    """Questions that ana's documents answer, by the demonstration's truth."""
    told = json.loads((data / "demo" / "truth" / "questions.json").read_text())
    answered = [each["question"] for each in told if not each["answers"]["ana"]["refused"]]
    return answered[:: max(1, len(answered) // QUESTIONS)][:QUESTIONS]


def run() -> list[Figure]:
    evidence: list[float] = []
    words: list[float] = []
    finished: list[float] = []
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as folder, sync_playwright() as playwright:
        data = Path(folder)
        load_demo(data)
        with installation(data) as running:
            address = f"http://127.0.0.1:{running.port}/"
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_SWITCHES)
            # The stop-watch asks the page with strings of script, which the page's own policy refuses.
            page = browser.new_page(bypass_csp=True)
            sign_in(page, address)
            for question in questions(data):
                seen, first, whole = ask(page, address, question)
                evidence += [seen] if seen is not None else []
                words += [first] if first is not None else []
                finished.append(whole)
            browser.close()
    return [
        Figure("questions asked", len(finished)),
        *spread("passages on screen", evidence, EVIDENCE_TARGET),
        *spread("first streamed word", words, WORD_TARGET),
        *spread("checked answer", finished, None),
    ]


def spread(name: str, seconds: list[float], target: float | None) -> list[Figure]:
    """Median and worst of one wait; `note` says over how many questions."""
    note = f"of {len(seconds)}"
    if not seconds:
        return []
    return [
        Figure(f"{name}, median", statistics.median(seconds), "s", target, "at_most", note),
        Figure(f"{name}, worst", max(seconds), "s", target, "at_most", note),
    ]
