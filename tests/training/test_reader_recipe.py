"""What the reader is taught: one thing changed at a time, windows that hold their answer, the same from a
seed.
"""

import random

import numpy as np
import pytest

from donovan.training.reader import calibrate
from donovan.training.reader.asking import Asked
from donovan.training.reader.corruptions import change_number, change_unit, corrupted, negate, swap_names
from donovan.training.reader.examples import windows_about

SENTENCE = "In May the convoy under Ana Kos brought 40 tons of rice to Tolmin Camp."


@pytest.mark.parametrize("seed", range(20))
def test_a_changed_number_is_another_number_of_as_many_figures(seed: int) -> None:
    changed = change_number(SENTENCE, [], random.Random(seed))
    assert changed != SENTENCE
    assert len(changed) == len(SENTENCE)
    assert changed.replace(changed.split()[8], "40", 1) == SENTENCE


def test_other_changes_change_one_thing() -> None:
    chance = random.Random(1)
    assert change_unit(SENTENCE, [], chance) == SENTENCE.replace("tons", "kilograms")
    assert swap_names(SENTENCE, [], chance).count("Ana Kos") == 1
    assert negate("en")("The bridge was closed.", [], chance) == "The bridge was not closed."
    assert negate("en")("The bridge was not closed.", [], chance) == "The bridge was closed."
    assert corrupted("no", "en", [], chance) is None


def test_a_window_holds_its_answer_and_says_which_span_it_is() -> None:
    text = " ".join(f"The post number {n} stands at the road." for n in range(60))
    at = text.index("number 31 ")
    for seed in range(10):
        (window,) = windows_about(text, [(at, at + 9)], random.Random(seed))
        cut_text, spans, labels, answers = window
        assert [cut_text[a:b] for a, b in answers] == ["number 31"]
        assert [("number 31 " in cut_text[a:b]) for a, b in spans] == list(labels)
        assert window == next(windows_about(text, [(at, at + 9)], random.Random(seed)))


def test_thresholds_keep_to_their_risk() -> None:
    def asked(number: int) -> Asked:
        good = number % 3 != 0
        row = dict.fromkeys(calibrate.FEATURES, 0.0) | {"score": 5.0 if good else 1.0, "above": 3.0}
        return Asked(
            "a", str(number), "fact", True, [row, {**row, "score": -3.0}], [good, False], [int(good), 0], 1
        )

    questions = [asked(number) for number in range(60)]
    joined = calibrate.with_sureness(questions, calibrate.join(questions))
    at = calibrate.answered_at(questions, joined, wrong=0.10)
    wrong = sum(
        sure >= at and not right for sure, right in (calibrate.shown(one, joined) for one in questions)
    )
    assert wrong <= 6
    assert joined.weights["score"] > 0
    assert np.isfinite(at)
    assert calibrate.supported_at([(0.9, True), (0.2, False), (0.3, False)], passed=0.0) > 0.3
