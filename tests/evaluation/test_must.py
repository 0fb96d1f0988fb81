"""What an answer must and must not say: what counts as the same, and what does not."""

import json
import os
import runpy
from pathlib import Path

import pytest

from donovan.evaluation.must import Gold, normalised, says


@pytest.mark.parametrize(
    ("text", "alternative"),
    [
        ("General Ordóñez signed.", "ordonez"),
        ("SOMOZA’S brother", "somozas"),
        ("It cost 25,000 dollars.", "25000"),
        ("a price of 3.6 billion", "3.6 billion"),
        ("At 8.05 a.m. local time", "8.05"),
        ("by the nationalists", "nationalis"),
        ("cease-fire, at once", "cease fire"),
        ("snake_case", "case"),
        ("The U.S. and the UN", "un"),
        ("Ⅳ and ﬁve", "five"),
        ("It was 48.", "48"),
    ],
)
def test_the_same_said_otherwise_counts(text: str, alternative: str) -> None:
    assert says(text, alternative)


@pytest.mark.parametrize(
    ("text", "alternative"),
    [
        ("The union met.", "un"),
        ("148 men", "48"),
        ("480 men", "48"),
        ("48.5 tons", "48"),
        ("1.48 tons", "48"),
        ("internationalists", "nationalis"),
        ("25,0000 dollars", "25000"),
        ("three. Six", "3.6"),
        ("no", "not"),
        ("anything", ""),
        ("anything", "–"),
    ],
)
def test_something_else_does_not(text: str, alternative: str) -> None:
    assert not says(text, alternative)


def test_every_group_is_needed_and_nothing_of_what_must_not_be_said() -> None:
    gold = Gold((("48", "forty eight"), ("warsaw", "poland")), ("admitted 200",))
    assert gold.is_satisfied_by("Warsaw admitted forty-eight dead.")
    assert not gold.is_satisfied_by("Forty-eight dead.")
    assert not gold.is_satisfied_by("Warsaw admitted 200 dead, later 48.")
    assert gold.groups_in("Warsaw admitted 200 dead.") == 1
    assert not Gold().is_satisfied_by("anything")


def test_it_judges_as_the_scorer_beside_the_questions_does() -> None:
    data = os.environ.get("DONOVAN_EVAL_DATA")
    folder = Path(data or "", "questions", "natural")
    if not data or not folder.is_dir():
        pytest.skip("DONOVAN_EVAL_DATA names no folder with questions/natural.")
    scorer = runpy.run_path(str(folder / "score.py"))
    questions = [json.loads(line) for line in (folder / "qa.jsonl").open(encoding="utf-8")]
    texts = [json.loads(line)["text"] for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    assert all(normalised(text) == scorer["norm"](text) for text in texts)
    said = [*texts[::60], *(question["note"] for question in questions), *(q["question"] for q in questions)]
    judged = 0
    for question in questions:
        if not question["answerable"]:
            continue
        gold = Gold(tuple(map(tuple, question["must"])), tuple(question["must_not"]))
        for text in said:
            assert gold.is_satisfied_by(text) == scorer["judge"](question, text), (question["id"], text)
            judged += gold.is_satisfied_by(text)
    assert judged > 50
