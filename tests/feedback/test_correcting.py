"""Corrections keep what was there, what it should have been, and who may know of it."""

import pytest

from donovan.assistant.models import Answer
from donovan.feedback.correcting import (
    correct_transcription,
    correct_translation,
    corrected_segments,
    words_in_box,
)
from donovan.feedback.models import Annotation
from donovan.feedback.services import FeedbackRefused, give_feedback
from donovan.feedback.shapes import TASKS, ShapeError, check_input, check_value
from donovan.feedback.showing import row_of
from donovan.feedback.targets import TargetNotFound
from ingest.models import Page, PageWords, Word

pytestmark = pytest.mark.django_db


@pytest.fixture
def translation(judged, ana) -> Answer:
    pair = {
        "page": 1,
        "start": 0,
        "end": 9,
        "source": "El puente.",
        "target": "The point.",
        "translated": True,
    }
    return Answer.objects.create(
        thread=judged.answer.thread,
        owner=ana,
        kind=Answer.Kind.TRANSLATION,
        question="Translate",
        document=judged.document,
        state=Answer.State.DONE,
        labels=[judged.label],
        marking="SECRET//NOFORN",
        engine="Apertium",
        result={"from": "es", "to": "en", "segments": [pair]},
    )


def test_post_edit_keeps_source_draft_and_the_right_translation(translation, ana, scope_of):
    told = {"user": ana, "scope": scope_of(ana), "answer_id": translation.pk, "segment": 0}
    label = correct_translation(**told, text=" The bridge. ", seconds=7.5)
    assert label.input == {
        "text": "El puente.",
        "source_language": "es",
        "target_language": "en",
        "draft": "The point.",
    }
    assert label.value == {"text": "The bridge.", "quality": 3}
    assert (label.seconds, label.marking) == (7.5, "SECRET//NOFORN")
    again = correct_translation(**told, text="The point.")
    assert again.value["quality"] == 5
    assert corrected_segments(ana, translation.pk) == {0: "The point."}
    assert Annotation.objects.count() == 2
    with pytest.raises(FeedbackRefused, match="as it should be"):
        correct_translation(**told, text=" ")
    with pytest.raises(TargetNotFound):
        correct_translation(**{**told, "segment": 1}, text="x")


@pytest.mark.parametrize("outsider", ["ben", "rita", "omar", "ada"])
def test_nobody_corrects_a_translation_that_is_not_theirs(translation, outsider, request, scope_of):
    person = request.getfixturevalue(outsider)
    with pytest.raises(TargetNotFound):
        correct_translation(
            user=person, scope=scope_of(person), answer_id=translation.pk, segment=0, text="x"
        )


def test_transcription_keeps_what_was_read_in_the_box(judged, rita, ben, scope_of):
    page = Page.objects.get(document=judged.document)
    words = [Word("Tne", 0, 3, 0.1, 0.1, 0.2, 0.15, 0.4), Word("bridge", 4, 10, 0.5, 0.5, 0.6, 0.55, 0.9)]
    PageWords.objects.create(page=page, data=PageWords.pack(words))
    told = {"document_id": judged.document.pk, "page": 1, "box": [0.05, 0.05, 0.3, 0.2]}
    assert words_in_box(scope_of(rita), *told.values()) == "Tne"
    label = correct_transcription(user=rita, scope=scope_of(rita), **told, text="The")
    assert (label.input["draft"], label.value) == ("Tne", {"text": "The"})
    assert label.documents == [str(judged.document.pk)]
    with pytest.raises(TargetNotFound):
        correct_transcription(user=ben, scope=scope_of(ben), **told, text="The")
    for box in ([0.3, 0.1, 0.2, 0.2], [0, 0, 2, 1], ["a", 0, 1, 1], [0, 1]):
        with pytest.raises(FeedbackRefused, match="place"):
            correct_transcription(user=rita, scope=scope_of(rita), **{**told, "box": box}, text="x")


def test_corrected_answer_is_a_label_of_its_own_with_what_the_model_saw(judged, ana, scope_of):
    judged.answer.settings = {
        "spans_given": [[str(judged.document.pk), 1, 0, 46]],
        "asked_as": "When, the bridge?",
    }
    judged.answer.draft = "In March."
    judged.answer.save()
    give_feedback(
        user=ana,
        scope=scope_of(ana),
        target="answer",
        target_id=str(judged.answer.pk),
        verdict="not_useful",
        correction="On 12 March 2026.",
    )
    label = Annotation.objects.get(task="answer")
    assert label.value == {"answer": "On 12 March 2026."}
    assert label.input["draft"] == "In March."
    # What stood on the page, not what the model first wrote.
    assert row_of(label).shown == judged.answer.text
    assert label.input["question"] == "When, the bridge?"
    assert "reopened on 12 March 2026" in label.input["context"][0]
    assert Annotation.objects.get(task="usefulness").value == {"useful": False}


def test_every_task_takes_its_shape_and_refuses_others_in_words():
    values = {
        "relevance": {"grade": 3},
        "document_class": {"class": "report"},
        "spans": {"spans": [{"start": 0, "end": 3, "label": "x"}]},
        "preference": {"preferred": "a", "strength": 2, "why": "shorter"},
        "claim_support": {"verdict": "partly", "steps": []},
        "answer": {"answer": "x"},
        "translation": {"text": "x", "quality": 5},
        "transcription": {"text": ""},
        "table_cell": {"text": "12"},
        "anomaly": {"disposition": "real"},
        "entity_merge": {"same": False},
        "usefulness": {"useful": True},
    }
    assert set(values) == set(TASKS)
    for task, value in values.items():
        assert check_value(task, {"text": "four"}, value) == value
        with pytest.raises(ShapeError) as refused:
            check_value(task, {"text": "four"}, {"nonsense": 1})
        assert refused.value.sentence.endswith(".")
    for bad in ({"start": 0, "end": 9}, {"start": 2, "end": 2}, {"start": True, "end": 2}):
        with pytest.raises(ShapeError):
            check_value("spans", {"text": "four"}, {"spans": [{**bad, "label": "x"}]})
    with pytest.raises(ShapeError, match="no task"):
        check_input("poems", {})
