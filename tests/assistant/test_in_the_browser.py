"""The three endings in Chromium: accessible in both colours, no wider than the screen, and worked by keys."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from donovan.access.labels import marking_of, split_label
from donovan.access.models import User
from donovan.assistant.coverage import nothing_found
from donovan.assistant.endings import in_words
from donovan.assistant.models import Answer, Citation, Claim, Thread
from donovan.feedback.models import Annotation
from ingest.models import Document, Passage
from tests.assistant.conftest import BRIDGE, SECRET_BRIDGE, TENTS_A
from tests.assistant.material import add_document
from tests.support.browsing import LOOKS, PATIENCE, OpenAs, sweep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COVERAGE = {
    "documents_searched": 250, "passages_searched": 4120, "documents_in_work": 2, "documents_failed": 1,
    "pages_unreadable": 3, "passages_read": 40, "spans_weighed": 31,
}  # fmt: skip


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
    open_as: OpenAs, people: dict[str, User], endings: dict[str, Answer]
) -> None:
    pages = {name: reverse("assistant:thread", args=[answer.thread_id]) for name, answer in endings.items()}
    looks = (*LOOKS, ("dark", 1440), ("light", 400))
    assert sweep(open_as, people["ana"], pages, looks=looks) == []


def test_the_nearest_evidence_is_accepted_and_given_back_with_keys_alone(
    open_as: OpenAs, people: dict[str, User], endings: dict[str, Answer]
) -> None:
    page = open_as(people["ana"], reverse("assistant:answer", args=[endings["nearest"].pk]))
    page.keyboard.press("y")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".nearest-item.is-current-item")).to_contain_text(
        "Captain Elena Marsh", timeout=PATIENCE
    )
    assert not Annotation.objects.exists(), "no key accepts what one does not stand on"
    page.keyboard.press("y")
    second = page.locator(".nearest-item").nth(1)
    expect(second.get_by_role("status")).to_have_text(
        "Kept: you said that this answers the question.", timeout=PATIENCE
    )
    label = Annotation.objects.get(withdrawn_at=None)
    assert (label.target, label.target_id) == ("nearest", f"{endings['nearest'].pk}:1")
    second.get_by_role("button", name="Take back").press("Enter")
    expect(second.get_by_role("status")).to_have_count(0, timeout=PATIENCE)
    assert not Annotation.objects.filter(withdrawn_at=None).exists()
    expect(page.get_by_role("button", name="This answers it: number 1, Assessment 3")).to_be_visible()
