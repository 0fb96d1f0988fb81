"""The three endings in Chromium: accessible in both colours, no wider than the screen, and worked by keys."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from donovan.access.cast import create_demo_people
from donovan.access.labels import marking_of, split_label
from donovan.access.models import User
from donovan.assistant.coverage import nothing_found
from donovan.assistant.endings import in_words
from donovan.assistant.models import Answer, Citation, Claim, Thread
from donovan.feedback.models import Label
from ingest.models import Document, Passage
from tests.assistant.conftest import BRIDGE, SECRET_BRIDGE, TENTS_A
from tests.assistant.material import add_document

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A busy machine is slow, and slowness alone is no failure.
PATIENCE = 240_000
PICTURES = os.environ.get("DONOVAN_PICTURES", "")
COVERAGE = {
    "documents_searched": 250, "passages_searched": 4120, "documents_in_work": 2, "documents_failed": 1,
    "pages_unreadable": 3, "passages_read": 40, "spans_weighed": 31,
}  # fmt: skip


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    return {user.username: user for user in create_demo_people()}


@pytest.fixture
def open_as(
    browser: Browser, live_server: Any, client_for: Callable[[User], Client]
) -> Iterator[Callable[..., Page]]:
    """`open_as(ana, "/ask/")` is that page in a browser."""
    contexts: list[BrowserContext] = []

    def open_page(user: User, address: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        cookie = client_for(user).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def kept(owner: User, question: str, ending: str, documents: list[Document], **more: Any) -> Answer:
    """A finished answer in a thread of its own, with the passages it was shown."""
    evidence = []
    for document in documents:
        passage = Passage.objects.get(document=document)
        marking = split_label(document.label)[1]
        evidence.append(
            {
                "passage_id": passage.pk, "document": str(document.pk), "title": document.title,
                "name": document.name, "page": 1, "start": 0, "end": len(passage.text), "text": passage.text,
                "heading": "", "score": 0.5, "marking": marking.canonical, "portion": marking.portion,
            }
        )  # fmt: skip
    labels = sorted({document.label for document in documents})
    return Answer.objects.create(
        owner=owner, thread=Thread.objects.create(owner=owner, title=question[:100]), question=question,
        state=Answer.State.DONE, ending=ending, refused=ending == "nothing", evidence=evidence,
        coverage=COVERAGE, labels=labels, marking=marking_of(labels).canonical,
        seconds={"retrieval": 0.3, "first_token": None, "total": 2.4}, settings={"seed": 0}, **more,
    )  # fmt: skip


def row_of(document: Document, words: str, chance: float) -> dict[str, Any]:
    text = Passage.objects.get(document=document).text
    start, marking = text.index(words), split_label(document.label)[1]
    lines = [line for line in text.splitlines() if line.strip()]
    place = next((number for number, line in enumerate(lines) if words in line), 0)
    return {
        "document": str(document.pk), "title": document.title,
        "passage_id": Passage.objects.get(document=document).pk, "page": 1, "start": start,
        "end": start + len(words), "text": words, "before": lines[place - 1] if place else "",
        "after": lines[place + 1] if place + 1 < len(lines) else "", "label": document.label,
        "marking": marking.canonical, "portion": marking.portion, "chance": chance,
        "chance_in_words": in_words(chance),
    }  # fmt: skip


@pytest.fixture
def endings(people: dict[str, User]) -> dict[str, Answer]:
    """One answer of each ending, owned by Ana; the answered one is a follow-up in one document."""
    bridge = add_document("Situation report 12 — Orlov bridge", BRIDGE)
    secret = add_document("Assessment 3", SECRET_BRIDGE, marking="SECRET//NOFORN")
    tents = add_document("Log of Camp Lila", TENTS_A)
    ana = people["ana"]
    answered = kept(
        ana, "And what is its load limit?", "answered", [bridge],
        read_as="What is the Orlov bridge’s load limit?", filters={"document": str(bridge.pk)},
        text="Load limit: 40 tonnes",
    )  # fmt: skip
    Thread.objects.filter(pk=answered.thread_id).update(filters=answered.filters)
    claim = Claim.objects.create(
        answer=answered, ordinal=1, text="Load limit: 40 tonnes", origin="quoted", is_supported=True
    )
    start = BRIDGE.index("Load limit")
    Citation.objects.create(
        claim=claim, document=bridge, passage_id=None, page=1, start=start, end=start + 21,
        quote="Load limit: 40 tonnes", label=bridge.label,
    )  # fmt: skip
    nearest = kept(
        ana, "Which sappers cleared the road to the Orlov bridge?", "nearest", [bridge, secret, tents],
        result={
            "nearest": [
                row_of(secret, SECRET_BRIDGE, 0.55),
                row_of(bridge, "Engineer in charge: Captain Elena Marsh", 0.31),
                row_of(tents, TENTS_A, 0.02),
            ]
        },
    )  # fmt: skip
    nothing = kept(
        ana, "What is the budget of the Ministry of Fisheries?", "nothing", [tents],
        text=nothing_found(COVERAGE),
    )  # fmt: skip
    return {"answered": answered, "nearest": nearest, "nothing": nothing}


def test_each_ending_is_accessible_and_fits_its_screen(
    open_as: Callable[..., Page], people: dict[str, User], endings: dict[str, Answer]
) -> None:
    for scheme, width in (("light", 1440), ("dark", 1440), ("light", 400), ("dark", 400)):
        for name, answer in endings.items():
            address = reverse("assistant:thread", args=[answer.thread_id])
            page = open_as(
                people["ana"], address, color_scheme=scheme, viewport={"width": width, "height": 900}
            )
            rows = Axe().run(page).response["violations"]
            serious = [
                f"{row['id']}: {row['nodes'][0]['html']}"
                for row in rows
                if row["impact"] in ("serious", "critical")
            ]
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
            assert serious == [], (name, width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            page.context.close()


def test_the_nearest_evidence_is_accepted_and_given_back_with_keys_alone(
    open_as: Callable[..., Page], people: dict[str, User], endings: dict[str, Answer]
) -> None:
    page = open_as(people["ana"], reverse("assistant:answer", args=[endings["nearest"].pk]))
    page.keyboard.press("y")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".nearest-item.is-current-item")).to_contain_text(
        "Captain Elena Marsh", timeout=PATIENCE
    )
    assert not Label.objects.exists(), "no key accepts what one does not stand on"
    page.keyboard.press("y")
    second = page.locator(".nearest-item").nth(1)
    expect(second.get_by_role("status")).to_have_text(
        "Kept: you said that this answers the question.", timeout=PATIENCE
    )
    label = Label.objects.get(withdrawn_at=None)
    assert (label.target, label.target_id) == ("nearest", f"{endings['nearest'].pk}:1")
    second.get_by_role("button", name="Take back").press("Enter")
    expect(second.get_by_role("status")).to_have_count(0, timeout=PATIENCE)
    assert not Label.objects.filter(withdrawn_at=None).exists()
    expect(page.get_by_role("button", name="This answers it: number 1, Assessment 3")).to_be_visible()
