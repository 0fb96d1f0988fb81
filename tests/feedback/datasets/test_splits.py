"""What belongs together lies in one split, whatever is asked for."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.near_duplicates import near_duplicates
from donovan.feedback.datasets.reading import leaks_in
from donovan.feedback.datasets.splitting import (
    check_divided,
    read_shares,
    sample_training,
    set_groups,
    set_splits,
    without_test_passages,
)
from tests.feedback.datasets.conftest import row, sentence

SHARES = st.sampled_from([(0.8, 0.1, 0.1), (0.5, 0.25, 0.25), (0.6, 0.0, 0.4), (1.0, 0.0, 0.0)])


@st.composite
def many_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows that share documents, and texts that are nearly those of others, at random."""
    count = draw(st.integers(1, 24))
    rows = []
    for number in range(count):
        document = f"d{draw(st.integers(0, 12))}"
        of = draw(st.integers(0, number))
        text = sentence(of) + (" again" if draw(st.booleans()) else "")
        rows.append(row(number, document=document, input={"text": text, "title": ""}))
    return rows


@settings(max_examples=20)
@given(many_rows(), SHARES, st.integers(0, 1000))
def test_no_split_ever_divides_a_document_or_near_duplicates(rows, shares, seed) -> None:
    set_groups(rows)
    set_splits(rows, shares, seed)
    assert leaks_in(rows) == []
    by_document: dict[str, set[str]] = {}
    for each in rows:
        by_document.setdefault(each["document"], set()).add(each["split"])
    assert all(len(splits) == 1 for splits in by_document.values())


@settings(max_examples=8)
@given(many_rows(), st.integers(0, 1000), st.randoms())
def test_splits_do_not_depend_on_the_order_of_the_rows(rows, seed, chance) -> None:
    first = [dict(each) for each in rows]
    second = [dict(each) for each in rows]
    chance.shuffle(second)
    for each in (first, second):
        set_groups(each)
        set_splits(each, (0.6, 0.2, 0.2), seed)
    assert {each["id"]: each["split"] for each in first} == {each["id"]: each["split"] for each in second}


def test_shares_hold_for_every_class_and_language() -> None:
    rows = [row(number, language="ru" if number % 5 == 0 else "en") for number in range(200)]
    set_groups(rows)
    set_splits(rows, (0.8, 0.1, 0.1), 1)
    counts = Counter((each["split"], each["language"]) for each in rows)
    assert counts["test", "ru"] == pytest.approx(4, abs=1)
    assert counts["dev", "en"] == pytest.approx(16, abs=2)
    assert Counter(each["split"] for each in rows)["train"] == pytest.approx(160, abs=3)


def test_a_few_changed_words_are_a_near_duplicate_and_another_text_is_not() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    changed = text.replace("word30", "other")
    found = set(near_duplicates([text, sentence(1), changed, sentence(2), text.upper()]))
    assert found == {(0, 2), (0, 4)}


def test_texts_without_spaces_are_compared_by_their_letters() -> None:
    text = "救援車隊於星期三抵達北部碼頭並卸下了四百二十頂帳篷和六十個爐子供居民使用"
    assert set(
        near_duplicates(
            [
                text,
                text.replace("六十個", "七十個"),
                "橋樑已重新開放，兩條車道通行正常，沒有發現損壞的情況，巡邏隊仍在現場",
            ]
        )
    ) == {(0, 1)}


def test_a_passage_that_does_not_answer_follows_its_question() -> None:
    def judged(number: int, question: str, passage: int, grade: int) -> dict[str, Any]:
        given_input = {"question": question, "passage": sentence(passage), "title": "", "passage_id": passage}
        return row(
            number,
            task="relevance",
            document=f"d{passage}",
            input=given_input,
            value={"grade": grade},
        )

    rows = [
        judged(0, "Where is the bridge?", 1, 3),
        judged(1, "Where is the bridge?", 2, 0),
        judged(2, "Who has fuel?", 2, 3),
        judged(3, "Who has fuel?", 1, 0),
    ]
    set_groups(rows)
    assert rows[0]["group"] == rows[1]["group"] != rows[2]["group"] == rows[3]["group"]


def test_a_sample_takes_from_training_alone() -> None:
    rows = [row(number, split="test" if number % 4 == 0 else "train") for number in range(40)]
    drawn = sample_training(rows, 10, seed=3)
    assert Counter(each["split"] for each in drawn) == {"train": 10, "test": 10}
    assert drawn == sample_training(rows, 10, seed=3)


@pytest.mark.parametrize("text", ["0.8/0.1", "a/b/c", "0.8/0.1/0.3", "2/-1/0"])
def test_shares_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(DatasetError):
        read_shares(text)
    assert read_shares("train") == (1.0, 0.0, 0.0)


def test_rows_of_one_template_lie_in_one_split() -> None:
    names = ("Orlov Bridge", "Camp Delta", "Lake Tarn", "Port Sereno", "Hest", "Velm")
    forms = (
        "The convoy carried {n} pallets of diesel to {name} before noon and came back.",
        "Nurses at {name} asked for {n} boxes of vaccine and clean needles in the night.",
        "Heavy rain closed the road between {name} and the coast for {n} days.",
    )
    rows = [
        row(place * 6 + number, input={"text": form.format(n=number + 3, name=name), "title": ""})
        for place, form in enumerate(forms)
        for number, name in enumerate(names)
    ]
    for number, each in enumerate(rows):
        each["document"] = f"d{number}"
    set_groups(rows)
    assert len({each["group"] for each in rows}) == 3
    assert all(len({each["group"] for each in rows[at : at + 6]}) == 1 for at in (0, 6, 12))


def test_rows_that_all_belong_together_are_no_division_and_the_reason_is_said() -> None:
    rows = [row(number, document="one") for number in range(48)]
    set_groups(rows)
    set_splits(rows, (0.8, 0.1, 0.1), 1)
    with pytest.raises(DatasetError, match="48/0/0") as refused:
        check_divided(rows, (0.8, 0.1, 0.1))
    assert "1 group of rows that belong together" in refused.value.sentence
    check_divided(rows, (1.0, 0.0, 0.0))
    check_divided(rows[:3], (0.8, 0.1, 0.1))


def test_training_is_not_shown_the_passages_that_the_test_asks_for() -> None:
    def judged(number: int, passage: str, grade: int, split: str) -> dict[str, Any]:
        given = {"question": f"What of {number}?", "passage": passage, "title": ""}
        return row(number, task="relevance", input=given, value={"grade": grade}, split=split)

    rows = [
        judged(0, "The bridge opened in May.", 3, "test"),
        judged(1, "The bridge opened in May!", 0, "train"),
        judged(2, "Eels are sold here.", 3, "train"),
        judged(3, "Eels are sold here.", 0, "test"),
    ]
    assert [each["id"] for each in without_test_passages(rows)] == [rows[at]["id"] for at in (0, 2, 3)]
