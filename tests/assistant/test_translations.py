"""A translated document stands sentence beside sentence, with the engine named."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.document_services import start_translation
from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer, TranslatedChunk
from donovan.assistant.translation_chunks import SENTENCES_A_CHUNK
from donovan.assistant.translations import translation_events
from donovan.audit.models import AuditRecord
from donovan.llm import using
from donovan.llm.apertium import ApertiumTranslator
from donovan.llm.scripted import Dies, ScriptedModel
from ingest.models import Document, Page, Stage, Status
from tests.assistant.material import add_document

SPANISH = "El convoy salió de Puerto Arena el 12 de marzo de 2026.\nFaltan 300 tiendas y agua potable.\n"

ClientFor = Callable[[User], Client]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not ApertiumTranslator().can_translate("es", "en"), reason="Apertium's pair spa-eng is not installed"
    ),
]


@pytest.fixture
def letter(cast: dict[str, User]) -> Document:
    document = add_document("Carta", SPANISH, language="es", marking="CUI")
    document.status, document.stage = Status.READY, Stage.DONE
    document.save()
    return document


def translated(
    user: User,
    document: Document,
    *,
    model: ScriptedModel | None = None,
    told: dict[str, Any] | None = None,
    **options: Any,
) -> tuple[Answer, list[AskEvent]]:
    started = start_translation(user, document, **{"target": "en", **(told or {})})
    with using(model or ScriptedModel(["It left."])):
        events = list(translation_events(started.pk, scope=scope_for(user), **options))
    return Answer.objects.get(pk=started.pk), events


def test_each_sentence_stands_beside_its_words_on_the_page(ana: User, letter: Document) -> None:
    answer, events = translated(ana, letter)
    page = letter.pages.get()
    segments = answer.result["segments"]
    assert len(segments) == 2
    for segment in segments:
        assert page.text[segment["start"] : segment["end"]] == segment["source"]
        assert segment["page"] == 1
    assert "12 March 2026" in answer.text
    assert [event.kind for event in events][-2:] == ["answer", "done"]


def test_the_engine_is_named_and_the_marking_kept(ana: User, letter: Document) -> None:
    answer, _ = translated(ana, letter)
    assert answer.engine == "Apertium"
    assert answer.model == "apertium spa-eng"
    assert "check before use" in answer.notice
    assert answer.marking == "CUI"
    assert answer.labels == [letter.label]


def test_one_passage_can_be_translated(ana: User, letter: Document) -> None:
    start = SPANISH.index("Faltan")
    told = {"span": {"page": 1, "start": start, "end": start + len("Faltan 300 tiendas")}}
    answer, _ = translated(ana, letter, told=told)
    assert [segment["source"] for segment in answer.result["segments"]] == ["Faltan 300 tiendas"]
    assert answer.result["segments"][0]["start"] == start
    assert "300" in answer.text


def test_a_page_that_is_not_there_is_a_sentence(ana: User, letter: Document) -> None:
    answer, events = translated(ana, letter, told={"span": {"page": 9}})
    assert answer.state == Answer.State.FAILED
    assert "no page 9" in answer.notice
    assert events[-2].kind == "failed"


def test_pages_already_in_the_language_stand_as_they_are(ana: User, letter: Document) -> None:
    Page.objects.create(document=letter, number=2, text="This page is in English.", language="en")
    answer, _ = translated(ana, letter)
    assert answer.text.endswith("This page is in English.")
    assert {segment["page"] for segment in answer.result["segments"]} == {1}


def test_a_document_in_the_language_is_not_translated(ana: User, cast: dict[str, User]) -> None:
    document = add_document("Note", "The convoy left the port at dawn.")
    document.status = Status.READY
    document.save()
    answer, _ = translated(ana, document)
    assert answer.state == Answer.State.FAILED
    assert "already" in answer.notice


def test_the_model_takes_what_apertium_cannot_and_is_named(ana: User, letter: Document) -> None:
    told = {"target": "de"}
    model = ScriptedModel(["Der Konvoi verließ Puerto Arena am 12. März 2026."])
    answer, _ = translated(ana, letter, model=model, told=told)
    assert answer.engine == "language model"
    assert answer.model == "scripted"
    assert answer.prompt == "translate.v1"
    assert [segment["translated"] for segment in answer.result["segments"]] == [True, False]
    assert "1 of 2 sentences are left in the original" in answer.notice


def test_an_engine_that_fails_is_a_sentence_and_keeps_what_was_made(ana: User, letter: Document) -> None:
    answer, events = translated(ana, letter, model=ScriptedModel([Dies()]), told={"target": "de"})
    assert answer.state == Answer.State.FAILED
    assert "could not be started" in answer.notice
    assert events[-1].kind == "done"


def test_a_stopped_translation_keeps_what_was_made(ana: User, letter: Document) -> None:
    made: list[AskEvent] = []
    started = start_translation(ana, letter, target="en")
    for event in translation_events(
        started.pk, scope=scope_for(ana), is_cancelled=lambda: any(e.kind == "draft" for e in made)
    ):
        made.append(event)
    answer = Answer.objects.get(pk=started.pk)
    assert answer.state == Answer.State.CANCELLED
    assert answer.result["segments"]


def test_a_document_withdrawn_meanwhile_leaves_nothing_behind(ana: User, letter: Document) -> None:
    full, asked = scope_for(ana), iter([True] * 2)
    answer, events = translated(
        ana, letter, current_scope=lambda: full if next(asked, False) else full.narrowed_to([])
    )
    assert answer.state == Answer.State.FAILED
    assert answer.text == ""
    assert not answer.result.get("segments")
    assert events[-2].data["code"] == "withdrawn"


def test_the_translation_is_on_record_with_the_document(ana: User, letter: Document) -> None:
    translated(ana, letter)
    last = AuditRecord.objects.filter(action="ask", outcome="done").latest("sequence")
    assert last.documents == [str(letter.pk)]


def test_the_command_prints_one_object(ana: User, letter: Document) -> None:
    out = StringIO()
    call_command(
        "translate", letter.name, "--to", "en", "--as", "ana", "--json", stdout=out, stderr=StringIO()
    )
    shown = json.loads(out.getvalue())
    assert shown["from"] == "es"
    assert shown["to"] == "en"
    assert shown["engine"] == "Apertium"
    assert shown["notice"]
    assert {"page", "source", "target"} <= set(shown["segments"][0])
    assert shown["marking"] == "CUI"
    assert shown["seconds"]["total"] > 0


@pytest.mark.parametrize(
    "options",
    [["--to", "klingon"], ["--start", "3"], ["--page", "-1"], ["--from", "??"]],
)
def test_wrong_arguments_end_with_two(ana: User, letter: Document, options: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("translate", str(letter.pk), "--as", "ana", *options)
    assert refusal.value.returncode == 2


def test_unreadable_and_unknown_documents_cannot_be_told_apart(omar: User, letter: Document) -> None:
    refusals = []
    for asked in (str(letter.pk), "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(CommandError) as refusal:
            call_command("translate", asked, "--as", "omar")
        assert refusal.value.returncode == 2
        refusals.append(str(refusal.value).replace(asked, "X"))
    assert refusals[0] == refusals[1]


def test_work_that_fails_ends_with_one(ana: User, letter: Document) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("translate", str(letter.pk), "--as", "ana", "--to", "es", stderr=StringIO())
    assert refusal.value.returncode == 1


def test_what_a_killed_attempt_had_made_is_kept_shown_and_not_made_again(
    ana: User, letter: Document, client_for: ClientFor
) -> None:
    page = letter.pages.get()
    page.text = "\n".join(f"El camión K-{number:04} llegó al puerto." for number in range(400))
    page.save()
    started = start_translation(ana, letter, target="en")
    events = translation_events(started.pk, scope=scope_for(ana))
    while kept_count(started) < 2 * SENTENCES_A_CHUNK:
        next(events)
    # Whoever made it is gone without a word.
    del events
    before = kept_count(started)
    assert Answer.objects.get(pk=started.pk).state == Answer.State.RUNNING
    shown = client_for(ana).get(f"/ask/answers/{started.pk}/").content.decode()
    assert "K-0003" in shown
    assert f"So far {before} sentences" in shown

    drafts = [e for e in translation_events(started.pk, scope=scope_for(ana)) if e.kind == "draft"]
    answer = Answer.objects.get(pk=started.pk)
    assert answer.state == Answer.State.DONE
    assert len(drafts) == 400 - before
    assert [segment["source"] for segment in answer.result["segments"]] == page.text.split("\n")
    assert all(answer.text.count(f"K-{number:04}") == 1 for number in range(400))
    assert all(
        page.text[segment["start"] : segment["end"]] == segment["source"]
        for segment in answer.result["segments"]
    )
    assert kept_count(answer) == 0


def test_chunks_of_a_page_that_was_read_anew_are_made_again(ana: User, letter: Document) -> None:
    started = start_translation(ana, letter, target="en")
    data = {"page": 1, "start": 0, "end": 4, "source": "Otro", "target": "Other"}
    TranslatedChunk.objects.create(answer=started, number=1, segments=[data])
    for _event in translation_events(started.pk, scope=scope_for(ana)):
        pass
    segments = Answer.objects.get(pk=started.pk).result["segments"]
    assert len(segments) == 2
    assert segments[0]["target"] != "Other"


def kept_count(answer: Answer) -> int:
    return sum(len(chunk.segments) for chunk in TranslatedChunk.objects.filter(answer=answer))
