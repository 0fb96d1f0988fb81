"""What the reader is taught: one thing changed at a time, windows that hold their answer, the same from a
seed.
"""

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest

from donovan.assistant.evidence import FEATURES
from donovan.training.reader import calibrate
from donovan.training.reader.asking import Asked
from donovan.training.reader.corruptions import change_number, change_unit, corrupted, negate, swap_names
from donovan.training.reader.examples import windows_about
from donovan.training.reader.reading_sets import SETS

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


def test_the_sentence_that_answers_about_a_story_is_found_by_its_answer(tmp_path: Path) -> None:
    folder = tmp_path / "fairytale"
    folder.mkdir()
    story = "The fox slept under the bridge. The hare sat under the bridge too. A cold wind blew all night."
    columns = ["cor_section", "question", "answer1", "answer2", "answer3"]
    asked = [
        ["1", "Where did the animal with long ears rest, like the hare?", "Under the bridge.", "", ""],
        ["1", "How was the weather?", "A wind was blowing all the cold night.", "", ""],
        ["1", "Who was there?", "under the bridge", "", ""],
        ["2", "What came after?", "under the bridge", "", ""],
    ]
    for name, rows in (("questions", [columns, *asked]), ("story", [["section", "text"], ["1", story]])):
        with (folder / f"the-fox-{name}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    found: dict[str, set[str]] = {}
    for example in SETS["fairytales"](tmp_path, random.Random(3)):
        for (begin, end), is_right in zip(example.spans, example.labels, strict=True):
            if is_right:
                found.setdefault(example.question, set()).add(example.text[begin:end])
    assert found == {
        asked[0][1]: {"The hare sat under the bridge too."},
        asked[1][1]: {"A cold wind blew all night."},
    }


def test_of_the_turns_that_bear_on_a_question_those_in_the_words_of_the_answer_are_right(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "qmsum"
    folder.mkdir()
    said = [f"{{gap}} Well , point {n} is something we can leave for another day ." for n in range(40)]
    said[20] = "So we will put solar cells into the case of the remote control ."
    meeting = {
        "meeting_transcripts": [{"speaker": "Chair", "content": content} for content in said],
        "specific_query_list": [
            {
                "query": "How is it powered?",
                "answer": "The remote gets solar cells.",
                "relevant_text_span": [["19", "21"]],
            }
        ],
    }
    (folder / "one.json").write_text(json.dumps(meeting))
    examples = list(SETS["meetings"](tmp_path, random.Random(3)))
    right = {e.text[a:b] for e in examples for (a, b), good in zip(e.spans, e.labels, strict=True) if good}
    assert right == {"Chair: So we will put solar cells into the case of the remote control."}
    with pytest.raises(OSError, match="no such files"):
        list(SETS["fairytales"](tmp_path, random.Random(3)))


def test_thresholds_keep_to_their_risk() -> None:
    def asked(number: int) -> Asked:
        good = number % 3 != 0
        row = dict.fromkeys(FEATURES, 0.0) | {"score": 5.0 if good else 1.0, "above": 3.0}
        held = [int(good), 0]
        return Asked("a", str(number), "fact", True, [row, {**row, "score": -3.0}], held, held, 1)

    questions = [asked(number) for number in range(60)]
    joined = calibrate.with_sureness(questions, calibrate.join(questions))
    at = calibrate.answered_at(questions, joined, wrong=0.10)["answered"]
    wrong = sum(
        sure >= at and not right for sure, right in (calibrate.sure_of(one, joined) for one in questions)
    )
    assert wrong <= 6
    assert joined.weights["score"] > 0
    assert np.isfinite(at)
    assert calibrate.supported_at([(0.9, True), (0.2, False), (0.3, False)], passed=0.0) > 0.3
