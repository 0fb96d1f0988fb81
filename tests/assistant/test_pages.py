"""The pages of the assistant: whose thread it is, what the stream says, a banner that is never too low."""

import asyncio
import re
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast as typed_as

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from donovan.access.models import Membership, User
from donovan.assistant import runs
from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer, Thread
from donovan.assistant.persistence import keep
from donovan.assistant.services import LONGEST_QUESTION
from donovan.assistant.work import ANSWER
from donovan.feedback.models import Annotation
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document
from ingest.work import running
from ingest.work.errors import LeaseLost
from ingest.work.leases import at_hand
from ingest.work.services import enqueue, reconcile
from tests.assistant.conftest import Asker
from tests.support.work import held_by_a_worker, let_lease_run_out

pytestmark = pytest.mark.django_db(transaction=True)

ClientFor = Callable[[User], Client]
DRAFT = "The load limit of the Orlov bridge is 40 tonnes."


def put(client: Client, question: str) -> Answer:
    response = client.post(reverse("assistant:start"), {"question": question})
    assert response.status_code == 302, response.content
    return Answer.objects.latest("created_at")


def stream(client: Client, answer: Answer) -> str:
    """The whole stream of an answer, read in a thread of its own as a browser would."""
    response = typed_as(StreamingHttpResponse, client.get(reverse("assistant:events", args=[answer.pk])))
    assert response.status_code == 200
    parts: list[bytes] = []

    async def collect() -> None:
        async for part in typed_as(AsyncIterator[bytes], response.streaming_content):
            parts.append(part)

    reader = threading.Thread(target=lambda: asyncio.run(collect()))
    reader.start()
    reader.join(60)
    return b"".join(parts).decode()


def kinds(text: str) -> list[str]:
    return re.findall(r"^event: (\w+)$", text, re.MULTILINE)


def test_stream_shows_evidence_first_then_the_draft_and_ends(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    with using(ScriptedModel([DRAFT])):
        said = kinds(stream(client, answer))
    assert said.index("evidence") < said.index("draft") < said.index("claim")
    assert said[-1] == "done"
    page = client.get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    assert "40 tonnes" in page
    assert 'class="citation"' in page


def test_a_second_reader_of_the_stream_gets_every_event_again(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    with using(ScriptedModel([DRAFT])):
        first = stream(client, answer)
    assert kinds(stream(client, answer)) == kinds(first)


def test_saved_answer_streams_only_its_end_when_no_process_remembers_it(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    thread = Thread.objects.create(owner=ana, title="old")
    answer = Answer.objects.create(thread=thread, owner=ana, question="old?", state=Answer.State.DONE)
    assert kinds(stream(client, answer)) == ["done"]


def test_answer_left_by_a_dead_process_is_made_again(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    enqueue(ANSWER, answer.pk)
    dead = held_by_a_worker(ANSWER, answer.pk)
    assert runs.registry.start_unless_held(answer.pk, lambda _: iter(())) is None, "it is being made"
    let_lease_run_out(dead.job)
    with using(ScriptedModel([DRAFT])):
        stream(client, answer)
    answer.refresh_from_db()
    assert answer.state == Answer.State.DONE


def test_a_process_that_was_taken_for_dead_writes_nothing_over_the_answer_of_the_next(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    """The lease of an answer had no token: a dead process's thread renewed it, and its defect failed it."""
    answer = put(client_for(ana), "What is the load limit of the Orlov bridge?")
    enqueue(ANSWER, answer.pk)
    zombie = held_by_a_worker(ANSWER, answer.pk)
    let_lease_run_out(zombie.job)
    held_by_a_worker(ANSWER, answer.pk)

    def breaks(_is_cancelled: Callable[[], bool]) -> Iterator[AskEvent]:
        raise ZeroDivisionError
        yield

    zombie.handler = runs._Answers(runs.Run(answer.pk, breaks, zombie))
    with pytest.raises(LeaseLost):
        zombie.renew()
    running.run_held(zombie)
    answer.refresh_from_db()
    assert answer.state == Answer.State.RUNNING
    with pytest.raises(LeaseLost), at_hand(zombie):
        keep(answer, [], outcome="done")


def test_an_answer_that_a_dead_process_left_waits_for_the_next_page(ana: User, client_for: ClientFor) -> None:
    answer = put(client_for(ana), "What is the load limit of the Orlov bridge?")
    enqueue(ANSWER, answer.pk)
    let_lease_run_out(held_by_a_worker(ANSWER, answer.pk).job)
    reconcile()
    answer.refresh_from_db()
    assert answer.state == Answer.State.WAITING


@pytest.mark.parametrize("outsider", ["ben", "chloe", "rita", "omar", "ada"])
def test_nobody_else_reaches_a_thread_its_answers_or_its_stream(
    archive: dict[str, Document], ana: User, outsider: str, cast: dict[str, User], client_for: ClientFor
) -> None:
    answer = put(client_for(ana), "What is the load limit of the Orlov bridge?")
    client = client_for(cast[outsider])
    missing = client.get(reverse("assistant:thread", args=[uuid.uuid4()]))
    for name, key in (
        ("assistant:thread", answer.thread_id),
        ("assistant:answer", answer.pk),
        ("assistant:events", answer.pk),
    ):
        refused = client.get(reverse(name, args=[key]))
        assert refused.status_code == missing.status_code == 404
        assert b"load limit" not in refused.content


def test_answer_is_hidden_once_its_owner_may_no_longer_read_its_sources(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    with using(ScriptedModel([DRAFT])):
        stream(client, answer)
    Membership.objects.filter(user=ana).delete()
    assert client.get(reverse("assistant:answer", args=[answer.pk])).status_code == 404
    page = client.get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    assert "40 tonnes" not in page


def test_page_of_an_answer_in_the_making_carries_all_its_reader_may_read(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    page = client.get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    banner = re.search(r'banner-text">([^<]+)<', page)
    assert banner is not None
    assert banner[1] == "SECRET//NOFORN"


def test_overlong_question_is_a_sentence_and_keeps_what_was_typed(ana: User, client_for: ClientFor) -> None:
    response = client_for(ana).post(reverse("assistant:start"), {"question": "word " * 20_000})
    page = response.content.decode()
    assert response.status_code == 400
    assert f"{LONGEST_QUESTION:,} is the most" in page
    assert "word word" in page


def test_stopping_before_it_began_is_kept_as_cancelled(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    client.post(reverse("assistant:cancel", args=[answer.pk]))
    answer.refresh_from_db()
    assert answer.state == Answer.State.CANCELLED
    assert kinds(stream(client, answer)) == ["done"]


def test_thread_put_away_can_be_brought_back(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    address = reverse("assistant:archive", args=[answer.thread_id])
    client.post(address)
    assert b"load limit" not in client.get(reverse("assistant:recent")).content
    client.post(address, {"undo": "1"})
    assert b"load limit" in client.get(reverse("assistant:recent")).content


def test_model_text_is_shown_without_any_markup_of_its_own(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client = client_for(ana)
    answer = put(client, "What is the load limit of the Orlov bridge?")
    hostile = '<img src="x" onerror="alert(1)"> [click](javascript:alert(1)) The load limit is 40 tonnes.'
    with using(ScriptedModel([hostile])):
        stream(client, answer)
    page = client.get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    assert "<img" not in page
    assert 'href="javascript' not in page


def forms_of(page: str, target: str) -> list[dict[str, str]]:
    """What the hidden fields of each form about one kind of thing hold, as a browser would post them."""
    forms = [
        dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
        for form in re.findall(r"<form.*?</form>", page, re.DOTALL)
    ]
    return [form for form in forms if form.get("target") == target]


def test_a_passage_is_judged_with_what_its_own_form_holds(
    ask: Asker, ana: User, client_for: ClientFor
) -> None:
    answer, _ = ask(ana, "What is the load limit of the Orlov bridge?")
    client = client_for(ana)
    page = client.get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    forms = forms_of(page, "passage")
    assert len(forms) == len(answer.evidence)
    given = client.post(reverse("feedback:give"), {**forms[0], "verdict": "relevant"}, HTTP_HX_REQUEST="true")
    assert "notice--error" not in given.content.decode()
    label = Annotation.objects.get(task="relevance")
    assert label.input["passage_id"] == answer.evidence[0]["passage_id"]
    assert label.question == answer.question


def test_a_whole_answer_is_put_right_with_what_the_model_saw(
    ask: Asker, ana: User, client_for: ClientFor
) -> None:
    answer, _ = ask(ana, "What is the load limit of the Orlov bridge?", DRAFT)
    client = client_for(ana)
    address = reverse("assistant:thread", args=[answer.thread_id])
    box = client.get(address).content.decode().split("data-correct-answer")[1].split("</details>")[0]
    (form,) = forms_of(box, "answer")
    said = {**form, "correction": "40 tonnes, since 5 July 2026.", "verdict": "not_useful"}
    client.post(reverse("feedback:give"), said, HTTP_HX_REQUEST="true")
    label = Annotation.objects.get(task="answer")
    assert label.value == {"answer": "40 tonnes, since 5 July 2026."}
    assert label.input["draft"] == DRAFT
    assert any("Load limit" in line for line in label.input["context"])
    shown = client.get(address).content.decode()
    assert "Corrected by you" in shown
    assert ">40 tonnes, since 5 July 2026.</textarea>" in shown


def test_a_question_is_read_once_and_not_again_as_the_name_of_its_thread(
    ask: Asker, ana: User, client_for: ClientFor
) -> None:
    answer, _ = ask(ana, "What is the load limit of the Orlov bridge?")
    page = client_for(ana).get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    assert '<h1 class="visually-hidden">What is the load limit' in page
    assert page.count('class="answer-head"') == 1
    Thread.objects.update(title="Bridges of the north")
    page = client_for(ana).get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    assert "<h1>Bridges of the north</h1>" in page


UNSURE = "Which sappers cleared the road to the Orlov bridge?"


def test_the_nearest_evidence_is_shown_with_its_place_chance_and_marking(
    ask: Asker, ana: User, client_for: ClientFor
) -> None:
    answer, _ = ask(ana, UNSURE)
    page = client_for(ana).get(reverse("assistant:thread", args=[answer.thread_id])).content.decode()
    assert "No sentence answers this surely. These come closest:" in page
    assert page.count('class="nearest-item"') == len(answer.result["nearest"])
    for row in answer.result["nearest"]:
        assert f"page={row['page']}&amp;start={row['start']}&amp;end={row['end']}#words" in page
        assert row["chance_in_words"] in page
    assert page.count("data-accept") == len(answer.result["nearest"])
    assert 'data-ending="nearest"' in page


def test_accepting_the_nearest_evidence_is_a_label_and_can_be_taken_back(
    ask: Asker, ana: User, client_for: ClientFor
) -> None:
    answer, _ = ask(ana, UNSURE)
    client = client_for(ana)
    address = reverse("assistant:thread", args=[answer.thread_id])
    form = forms_of(client.get(address).content.decode(), "nearest")[0]
    said = client.post(reverse("feedback:give"), {**form, "verdict": "answers"}, HTTP_HX_REQUEST="true")
    assert "Kept: you said that this answers the question." in said.content.decode()
    label = Annotation.objects.get(withdrawn_at=None)
    row = answer.result["nearest"][0]
    assert (label.task, label.value, label.verdict) == ("relevance", {"grade": 3}, "answers")
    given = label.input
    assert given["question"] == UNSURE
    assert given["passage"][given["start"] : given["end"]] == row["text"]
    assert (label.labels, label.documents) == ([row["label"]], [row["document"]])
    assert 'aria-pressed="true" aria-label="This answers it: number 1' in client.get(address).content.decode()
    client.post(reverse("feedback:withdraw"), form, HTTP_HX_REQUEST="true")
    assert not Annotation.objects.filter(withdrawn_at=None).exists()


def test_nobody_else_accepts_and_nothing_beyond_what_was_shown_is_accepted(
    ask: Asker, ana: User, ben: User, client_for: ClientFor
) -> None:
    answer, _ = ask(ana, UNSURE)
    for user, place in ((ben, "0"), (ana, "99"), (ana, "-1"), (ana, "x"), (ana, "²")):
        given = {"target": "nearest", "target_id": f"{answer.pk}:{place}", "verdict": "answers"}
        said = client_for(user).post(reverse("feedback:give"), given, HTTP_HX_REQUEST="true")
        assert "not in the documents you may read" in said.content.decode()
    assert not Annotation.objects.exists()


def test_a_follow_up_on_the_page_stays_in_its_document_until_it_is_let_out(
    archive: dict[str, Document], ana: User, client_for: ClientFor
) -> None:
    client, document = client_for(ana), str(archive["secret"].pk)
    given = {"question": "Who mined the bridge?", "document": document}
    client.post(reverse("assistant:start"), given)
    answer = Answer.objects.latest("created_at")
    address = reverse("assistant:thread", args=[answer.thread_id])
    hidden = f'<input type="hidden" name="document" value="{document}">'
    page = client.get(address).content.decode()
    assert hidden in page
    assert "Only in: <strong>Assessment 3</strong>" in page
    assert hidden not in client.get(address, {"everywhere": "1"}).content.decode()
    Document.objects.filter(pk=document).update(label="closed:SECRET//NOFORN")
    page = client.get(address).content.decode()
    assert "cannot be read any more" in page
    assert "Assessment 3" not in page


def test_a_follow_up_says_how_it_was_read_and_can_be_put_as_typed(
    ask: Asker, ana: User, client_for: ClientFor
) -> None:
    first, _ = ask(ana, "When was the Orlov bridge closed?")
    second, _ = ask(ana, "And what is its load limit?", thread=first.thread)
    client = client_for(ana)
    page = client.get(reverse("assistant:thread", args=[first.thread_id])).content.decode()
    assert "Read as: <q>What is the Orlov bridge’s load limit?</q>" in page
    client.post(reverse("assistant:again", args=[second.pk]), {"literal": "1"})
    literal = Answer.objects.latest("created_at")
    assert (literal.question, literal.is_literal) == (second.question, True)
