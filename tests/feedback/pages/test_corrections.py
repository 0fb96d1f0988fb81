"""Translations and scanned lines put right where they stand, and the list of all labels."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.assistant.models import Answer, Thread
from donovan.feedback.models import Annotation
from donovan.feedback.services import keep_label
from ingest.models import Document, PageWords, Word
from tests.assistant.material import add_document
from tests.feedback.pages.conftest import MakeProject, label_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanned(cast: dict[str, User]) -> Document:
    """A page of two lines that was read from its image, with an error in the first."""
    document = add_document("Scanned order", "M0ve at dawn.\nBring fuel.", marking="SECRET//NOFORN")
    page = document.pages.get()
    words = [
        Word("M0ve", 0, 4, 0.1, 0.1, 0.2, 0.12, 0.4),
        Word("at", 5, 7, 0.21, 0.1, 0.25, 0.12, 0.95),
        Word("dawn.", 8, 13, 0.26, 0.1, 0.4, 0.12, 0.95),
        Word("Bring", 14, 19, 0.1, 0.2, 0.2, 0.22, 0.95),
        Word("fuel.", 20, 25, 0.21, 0.2, 0.3, 0.22, 0.95),
    ]
    PageWords.objects.create(page=page, data=PageWords.pack(words))
    page.source, page.image, page.image_width, page.image_height = "ocr", "none.png", 1000, 1400
    page.save()
    Document.objects.filter(pk=document.pk).update(status="ready")
    return document


@pytest.fixture
def translated(ana: User, scanned: Document) -> Answer:
    pair: dict[str, Any] = {
        "page": 1,
        "start": 0,
        "end": 12,
        "translated": True,
        "missing": [],
        "unknown": [],
    }
    return Answer.objects.create(
        thread=Thread.objects.create(owner=ana, title="Translation"),
        owner=ana,
        kind="translation",
        state="done",
        question="Translate",
        document=scanned,
        labels=[scanned.label],
        marking="SECRET//NOFORN",
        result={
            "from": "ru",
            "to": "en",
            "segments": [{**pair, "source": "Мост открыт.", "target": "Bridge open."}],
        },
    )


def test_a_translation_is_corrected_beside_its_original(
    translated: Answer, ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    page = client.get(f"/ask/answers/{translated.pk}/").content.decode()
    assert "the translation of sentence 1" in page
    form = {"answer": str(translated.pk), "segment": "0", "text": "The bridge is open.", "quality": "2"}
    kept = client.post("/feedback/translation/", form, headers={"HX-Request": "true"}).content.decode()
    assert "Yours:</span> The bridge is open." in kept
    label = Annotation.objects.get()
    assert (label.task, label.value) == ("translation", {"text": "The bridge is open.", "quality": 2})
    assert (
        "Yours:</span> The bridge is open." in client.get(f"/ask/answers/{translated.pk}/").content.decode()
    )


def test_a_refused_translation_comes_back_with_a_sentence(
    translated: Answer, ana: User, client_for: Callable[[User], Client]
) -> None:
    form = {"answer": str(translated.pk), "segment": "0", "text": " "}
    page = client_for(ana).post("/feedback/translation/", form, headers={"HX-Request": "true"})
    assert "Write the translation as it should be" in page.content.decode()
    assert client_for(ana).post("/feedback/translation/", form).status_code == 302


def test_the_translation_of_somebody_else_is_not_there(
    translated: Answer, ben: User, client_for: Callable[[User], Client]
) -> None:
    form = {"answer": str(translated.pk), "segment": "0", "text": "Mine"}
    page = client_for(ben).post("/feedback/translation/", form, headers={"HX-Request": "true"})
    assert "not in the documents you may read" in page.content.decode()
    assert not Annotation.objects.exists()


def test_scanned_lines_are_corrected_one_by_one_with_and_without_scripts(
    scanned: Document, ana: User, client_for: Callable[[User], Client]
) -> None:
    client, address = client_for(ana), f"/feedback/scan/{scanned.pk}/1/"
    assert address in client.get(f"/documents/{scanned.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert "M0ve at dawn.</textarea>" in page
    assert page.count("read with doubt</span>") == 1
    kept = client.post(address, {"line": "1", "text": "Move at dawn."}, headers={"HX-Request": "true"})
    assert "was read as: M0ve at dawn." in kept.content.decode()
    label = Annotation.objects.get()
    assert label.value == {"text": "Move at dawn."}
    assert label.input["draft"] == "M0ve at dawn."
    assert label.marking == "SECRET//NOFORN"
    moved = client.post(address, {"line": "2", "text": "Bring fuel!"})
    assert moved.url == f"{address}#line-2"
    page = client.get(address).content.decode()
    assert "Move at dawn.</textarea>" in page
    assert "2 kept by you" in page
    wrong = client.post(address, {"line": "9", "text": "x"}, follow=True).content.decode()
    assert "not on the page any more" in wrong


def test_an_empty_line_is_kept_only_with_the_word_that_there_is_no_text(
    scanned: Document, ana: User, client_for: Callable[[User], Client]
) -> None:
    client, address = client_for(ana), f"/feedback/scan/{scanned.pk}/1/"
    refused = client.post(address, {"line": "1", "text": " "}, headers={"HX-Request": "true"})
    assert "tick that there is no text here" in refused.content.decode()
    assert not Annotation.objects.exists()
    client.post(address, {"line": "1", "text": " ", "blank": "on"}, headers={"HX-Request": "true"})
    assert Annotation.objects.get().value == {"text": ""}
    assert "Correction: (no text)" in client.get("/feedback/").content.decode()
    assert 'name="blank" checked' in client.get(address).content.decode()


def test_a_page_that_may_not_be_read_has_no_lines(
    scanned: Document, ben: User, omar: User, client_for: Callable[[User], Client]
) -> None:
    for person in (ben, omar):
        assert client_for(person).get(f"/feedback/scan/{scanned.pk}/1/").status_code == 404
        sent = client_for(person).post(f"/feedback/scan/{scanned.pk}/1/", {"line": "1", "text": "x"})
        assert sent.status_code == 404


def test_labels_of_every_task_are_listed_and_narrowed_down(
    make_project: MakeProject, ana: User, ben: User, rita: User, client_for: Callable[[User], Client]
) -> None:  # fmt: skip
    project = make_project(ana, "preference", labellers=[ana])
    label_all(ana, project, [{"preferred": "b", "strength": 3, "why": ""}])
    keep_label(
        user=ana,
        task="entity_merge",
        target="entities",
        target_id="1",
        shown={"input": {"a": "Kessa", "b": "Kesa"}},
        value={"same": True},
        labels=[label_for("relief", parse_marking("SECRET//NOFORN"))],
    )
    client = client_for(ana)
    page = client.get("/feedback/").content.decode()
    assert "draft B, by far" in page
    assert "Kessa and Kesa" in page
    assert "SECRET//NOFORN" in page
    narrowed = client.get("/feedback/?task=preference").content.decode()
    assert "draft B, by far" in narrowed
    assert "Kesa" not in narrowed
    assert "Kessa" not in client_for(ben).get("/feedback/").content.decode()
    seen_by_reviewer = client_for(rita).get("/feedback/").content.decode()
    assert "Kessa and Kesa" in seen_by_reviewer
    assert "draft B, by far" not in seen_by_reviewer
    sent = client.post("/feedback/export/", {"task": "entity_merge"}).content.decode().splitlines()
    assert [json.loads(line)["value"] for line in sent[1:]] == [{"same": True}]
