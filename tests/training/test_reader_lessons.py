"""What each kind of label teaches the reader, and which data set is refused with which sentence."""

from typing import Any

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.models import Answer, Thread
from donovan.feedback.datasets.collecting import collect
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.services import give_feedback
from donovan.training.contract import TrainingRefused
from donovan.training.reader.examples import SUPPORTED, UNSUPPORTED, JudgeExample
from donovan.training.trainers.reader_guard import anchors, changes_in, guard_examples
from donovan.training.trainers.reader_lessons import Lesson, Lessons, read_lessons
from tests.training.making import claims, label
from tests.training.reader_rows import SHIPS, ship_rows
from tests.training.relevance_rows import relevance_rows

TRAIN, DEV = ship_rows("train", of=slice(0, 10)), ship_rows("dev", of=slice(10, 12))
TEXT = "The mill burns. Ana Kos leads the repair. The river is high."


def lesson_of(row: dict[str, Any]) -> Lesson | None:
    """What one more row teaches beside enough others."""
    more = read_lessons([*TRAIN, row], DEV, 0).train[len(TRAIN) :]
    return more[0] if more else None


def relevance(grade: int, text: str = TEXT, **more: Any) -> dict[str, Any]:
    given = {"question": "Who leads?", "passage": text, "title": "Mill", **more}
    return {"id": "one", "task": "relevance", "input": given, "value": {"grade": grade}, "language": "en"}


def answer(text: str, context: list[str]) -> dict[str, Any]:
    given = {"question": "Who leads the repair?", "context": context, "draft": "Nobody."}
    return {"id": "one", "task": "answer", "input": given, "value": {"answer": text}, "language": "en"}


def right(lesson: Lesson | None) -> list[str]:
    assert lesson is not None
    return [
        window.text[start:end]
        for window in lesson.reading
        for (start, end), is_right in zip(window.spans, window.labels, strict=True)
        if is_right
    ]


def test_accepted_words_answer_and_those_beside_them_do_not() -> None:
    start = TEXT.index("Ana")
    lesson = lesson_of(relevance(3, start=start, end=start + 25))
    assert right(lesson) == ["Ana Kos leads the repair."]
    assert lesson is not None and lesson.names_span
    assert lesson.reading[0].labels == (False, True, False)
    assert lesson.reading[0].text == TEXT


def test_a_window_around_accepted_words_is_no_longer_than_what_it_was_taught_on() -> None:
    text = " ".join(f"The post number {n} stands at the road." for n in range(60))
    start = text.index("The post number 31 ")
    lesson = lesson_of(relevance(3, text, start=start, end=start + 38))
    assert right(lesson) == ["The post number 31 stands at the road."]
    assert lesson is not None
    (window,) = lesson.reading
    assert 500 < len(window.text) <= 640
    assert window.labels.index(True) not in (0, len(window.labels) - 1)


def test_a_relevant_passage_answers_somewhere_and_one_that_is_not_nowhere() -> None:
    somewhere, nowhere = lesson_of(relevance(2)), lesson_of(relevance(0))
    assert somewhere is not None and not somewhere.names_span and len(right(somewhere)) == 3
    assert nowhere is not None and nowhere.names_span and right(nowhere) == []
    # “About the same” says neither.
    assert lesson_of(relevance(1)) is None


def test_a_corrected_answer_points_to_the_words_it_was_taken_from() -> None:
    context = [
        "- [Mill — Works] Ana Kos of the Tolmin works leads it since May. The river is high.",
        "- The bridge was closed.",
    ]
    lesson = lesson_of(answer("Ana Kos of the Tolmin works leads the repair.", context))
    assert right(lesson) == ["Ana Kos of the Tolmin works leads it since May."]
    assert lesson is not None and lesson.reading[0].title == "Mill — Works"
    assert lesson_of(answer("General Ortiz, by decree of 9 May.", context)) is None
    # Two places say it with other words around: neither is taken.
    twice = [*context, "- Ana Kos of the Tolmin works leads it, they say."]
    assert lesson_of(answer("Ana Kos of the Tolmin works leads the repair.", twice)) is None


def test_a_verdict_is_a_judgement_and_partly_is_not_supported() -> None:
    row = {**claims()[0], "value": {"verdict": "partly", "steps": []}}
    lessons = read_lessons([*claims(), row], claims(), 0).train
    assert lessons[0].judging == JudgeExample(
        "labels", row["input"]["claim"], row["input"]["evidence"][0], SUPPORTED
    )
    assert lessons[-1].judging is not None and lessons[-1].judging.label == UNSUPPORTED


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (TRAIN[:5], "5 questions with words that answer them; 8 are the fewest"),
        (claims()[:6], "6 claims with evidence; 8 are the fewest"),
        ([row for row in claims() if row["value"]["verdict"] == "supported"], "the same verdict"),
        ([*TRAIN, {**TRAIN[0], "task": "spans"}], "the data set also holds spans"),
        ([*TRAIN, relevance(3, start=5, end=500)], "The label one marks words that are not in its passage"),
        ([*TRAIN, relevance(3, start="a", end=4)], "The label one marks words that are not in its passage"),
        ([relevance(0, f"Post {n}.") for n in range(20)], "0 questions with words that answer them"),
        ([], "0 questions"),
    ],
)
def test_what_it_cannot_learn_from_is_refused_in_a_sentence(rows: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(TrainingRefused, match=words):
        read_lessons(rows, DEV if rows and rows[0]["task"] == "relevance" else claims()[-2:], 0)


def test_without_a_dev_split_no_question_is_on_both_sides() -> None:
    lessons = read_lessons(ship_rows("train"), [], 3)
    sides = [{lesson.question for lesson in side} for side in (lessons.train, lessons.dev)]
    assert sides[0].isdisjoint(sides[1])
    assert len(sides[0] | sides[1]) == len(SHIPS)
    assert 3 <= len(lessons.dev) <= 5
    assert read_lessons(ship_rows("train"), [], 3) == lessons


def test_guards_are_what_nobody_judged_and_the_same_each_time() -> None:
    lessons: Lessons = read_lessons([*TRAIN, *relevance_rows("train")], DEV, 0)
    reading, judging = guard_examples(lessons.train, 30, 5)
    assert (len(reading), len(judging)) == (30, 30)
    assert sum(any(one.labels) for one in reading) > 5
    judged = {(lesson.question, window.text) for lesson in lessons.train for window in lesson.reading}
    assert judged.isdisjoint((one.question, one.text) for one in reading)
    assert (reading, judging) == guard_examples(lessons.train, 30, 5)
    assert {lesson.question for lesson in anchors()}.isdisjoint(lesson.question for lesson in lessons.train)
    assert all(len(right(lesson)) == 1 for lesson in anchors())
    pairs = changes_in(lessons.train, 5)
    assert len(pairs) > 20
    assert all(true.evidence == changed.evidence for true, changed in pairs)
    assert all(true.statement != changed.statement for true, changed in pairs)
    assert all(
        true.statement in true.evidence and changed.statement != true.statement for true, changed in pairs
    )


@pytest.mark.django_db
def test_one_key_at_the_nearest_evidence_ends_as_a_lesson(ana: User, mia: User, collections: object) -> None:
    row = {
        "document": "", "title": "Report 12", "passage_id": 7, "page": 1, "start": 16, "end": 41,
        "text": "Ana Kos leads the repair.", "before": "The mill burns.", "after": "The river is high.",
        "label": label(), "chance": 0.3,
    }  # fmt: skip
    kept = Answer.objects.create(
        owner=ana, thread=Thread.objects.create(owner=ana, title="?"), question="Who leads?",
        state=Answer.State.DONE, ending=Answer.Ending.NEAREST, labels=[label()], marking="UNCLASSIFIED",
        result={"nearest": [row]}, settings={},
    )  # fmt: skip
    give_feedback(
        user=ana, scope=scope_for(ana), target="nearest", target_id=f"{kept.pk}:0", verdict="answers"
    )
    (found,) = collect(Recipe("relevance"), scope_for(mia))
    lesson = lesson_of(found)
    assert right(lesson) == ["Ana Kos leads the repair."]
    assert lesson is not None and lesson.question == "Who leads?" and lesson.names_span
