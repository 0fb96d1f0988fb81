"""`manage.py ask` and the services behind it: one JSON object, plain sentences, exit 2 for wrong
arguments.
"""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from donovan.access.models import User
from donovan.assistant.models import Answer, Thread
from donovan.assistant.services import LONGEST_QUESTION, QuestionRefused, cancel_unstarted, start_question
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from ingest.models import Document

CLOSED = "When was the Orlov bridge closed?"


def test_the_answer_is_one_json_object(archive: dict[str, Document], ben: User) -> None:
    out = StringIO()
    with using(ScriptedModel(["The Orlov bridge was closed on 5 July 2026. It fell on Paris in 1999."])):
        call_command("ask", CLOSED, "--as", "ben", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert set(told) == {
        "answer", "ending", "refused", "nearest", "read_as", "claims", "coverage", "marking", "model",
        "prompt", "index_generation", "seconds",
    }  # fmt: skip
    assert set(told["seconds"]) == {"retrieval", "first_token", "total"}
    assert told["marking"] == "UNCLASSIFIED"
    assert (told["ending"], told["refused"], told["nearest"]) == ("answered", False, [])
    false = [claim for claim in told["claims"] if not claim["supported"]]
    assert [claim["citations"] for claim in false] == [[]]
    assert "Paris" not in told["answer"]
    citation = told["claims"][0]["citations"][0]
    assert set(citation) == {"document", "page", "start", "end", "quote"}
    assert citation["document"] == str(archive["bridge"].pk)


def test_the_answer_can_be_read(archive: dict[str, Document], ben: User) -> None:
    out = StringIO()
    with using(ScriptedModel([""])):
        call_command("ask", CLOSED, "--as", "ben", stdout=out)
    assert "5 July 2026" in out.getvalue()
    assert "page 1" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["x" * 100_000, "--as", "ben"], "100,000 characters"),
        (["   ", "--as", "ben"], "no question"),
        (["???", "--as", "ben"], "no words"),
        ([CLOSED, "--as", "nobody"], "nobody"),
        ([CLOSED, "--as", "ben", "--collection", "attic"], "attic"),
    ],
)
def test_wrong_arguments_end_with_two_and_a_sentence(
    cast: dict[str, User], arguments: list[str], word: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("ask", *arguments)
    assert refusal.value.returncode == 2
    assert word in str(refusal.value)
    assert not Answer.objects.exists()


def test_a_question_of_the_greatest_length_is_taken(ben: User) -> None:
    assert start_question(ben, "a" * LONGEST_QUESTION).state == Answer.State.WAITING


def test_nobody_writes_into_the_thread_of_another(ana: User, ben: User) -> None:
    thread = Thread.objects.create(owner=ana, title="mine")
    with pytest.raises(QuestionRefused):
        start_question(ben, CLOSED, thread=thread)
    assert not thread.answers.exists()


@pytest.mark.parametrize("filters", [{"date_from": "yesterday"}, {"document": "7"}, {"colour": "red"}])
def test_a_filter_that_cannot_be_read_is_refused(ben: User, filters: dict[str, str]) -> None:
    with pytest.raises(QuestionRefused):
        start_question(ben, CLOSED, filters=filters)


def test_an_answer_nobody_works_on_can_be_stopped_by_its_owner_alone(ana: User, ben: User) -> None:
    answer = start_question(ben, CLOSED)
    with pytest.raises(QuestionRefused):
        cancel_unstarted(ana, answer)
    cancel_unstarted(ben, answer)
    assert Answer.objects.get(pk=answer.pk).state == Answer.State.CANCELLED
