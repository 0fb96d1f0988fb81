"""Which items a size takes, what is not measured twice, and the built-in reports."""

from collections import Counter
from functools import partial

import pytest

from donovan.evaluation.answer_metrics import holds
from donovan.evaluation.measuring import FULL, WENT_ON, Item, Kept, Measured, Work
from donovan.evaluation.sets import reports
from ingest.language import language_of

THINGS = [*(f"en{number}" for number in range(90)), "es0", "es1", "sr0"]


def of(thing: str) -> str:
    return thing[:2]


def test_the_few_of_a_language_are_all_taken_and_the_many_evenly() -> None:
    chosen = Work().some_of_each(THINGS, of, quick=3)
    assert chosen == ["en0", "en30", "en60", "es0", "es1", "sr0"]
    assert Work(size=FULL).some_of_each(THINGS, of, quick=3) == THINGS
    assert Counter(map(of, Work(size=FULL).some_of_each(THINGS, of, quick=3, full=10)))["en"] == 10
    # A limit is one of the whole set.
    assert len(Work(limit=4).some_of_each(THINGS, of, quick=3)) == 4


def test_what_an_earlier_attempt_measured_is_taken_over_and_what_asks_something_else_is_not() -> None:
    first, kept = Measured(), list[Kept]()
    work = Work(keep=kept.append)
    for name in ("q1", "q2"):
        first.take(work, name, f"Who is {name}?", made_by=partial(Item, name, {"gold": 0.5}))
    asked = list[str]()

    def again(name: str) -> Item:
        asked.append(name)
        return Item(name, {"gold": 1.0})

    second = Measured()
    work = Work(known={one.item.id: one for one in kept}, keep=kept.append)
    second.take(work, "q1", "Who is q1?", made_by=lambda: again("q1"))
    second.take(work, "q2", "Who was q2?", made_by=lambda: again("q2"))
    second.take(work, "q3", "Who is q3?", made_by=lambda: again("q3"))
    assert asked == ["q2", "q3"]
    assert [item.scores["gold"] for item in second.items] == [0.5, 1.0, 1.0]
    assert second.facts == {WENT_ON: 1}
    assert [one.item.id for one in kept] == ["q1", "q2", "q2", "q3"]
    assert second.asked["q1"] == first.asked["q1"]


def test_the_reports_are_as_many_in_each_language_and_each_holds_its_answer() -> None:
    found = {gold.language: gold for gold in reports()}
    assert {len(gold.questions) for gold in found.values()} == {12}
    assert set(found) >= {"en", "es", "fr", "ru", "uk", "ar", "zh", "hr", "sr"}
    for language, gold in found.items():
        texts = {name: text for name, _title, text in gold.documents}
        for question in gold.questions:
            assert language_of(texts[question.document]) == language
            assert any(holds(texts[question.document], text) for text in question.expected), question
            others = [text for name, text in texts.items() if name != question.document]
            assert not any(holds(text, gold) for text in others for gold in question.expected), question


@pytest.mark.parametrize(
    ("text", "gold", "is_held"),
    [
        ("大桥于5月4日关闭。", "5月4日", True),
        ("大桥于5月14日关闭。", "4日", False),
        ("营地住着8,450人。", "8,450人", True),
        ("营地住着18,450人。", "8,450人", False),
        ("负责人是莱娜·阿尔布雷希特医生。", "莱娜·阿尔布雷希特", True),
        ("水中发现了铅。", "铅", True),
        ("水中发现了汞。", "铅", False),
        ("クレーンは3日に直った。", "3日", True),
        ("The bridge was closed on 14 May.", "4 May", False),
        ("The bridge was closed on 4 May.", "4 may", True),
        ("", "铅", False),
        ("铅", "", False),
    ],
)
def test_a_gold_text_is_found_word_for_word_or_where_there_are_no_spaces_letter_for_letter(
    text: str, gold: str, is_held: bool
) -> None:
    assert holds(text, gold) is is_held
