"""What the benchmarks of questions and of checking count as right, on small files in the same layout."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from statsmodels.stats.proportion import proportion_confint

from donovan.access.models import User
from donovan.insight.tables.models import DataTable
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from tests.benchmarks import questions, shares, verifying, verifying_steps, within_steps
from tests.benchmarks.within_gold import (
    Within,
    contexts,
    is_right_within,
    lies_together,
    policies,
    words_in_common,
)

POLICY = {
    "title": "orlov.example",
    "paragraphs": [
        {"context": "This policy was made on 4 May 2020.", "qas": []},
        {
            "context": "We keep your address for ten years. We sell nothing.",
            "qas": [
                {
                    "question": "How long do you keep my address?",
                    "answers": [{"text": "We keep your address for ten years.", "answer_start": 0}],
                }
            ],
        },
    ],
}
CONTEXT = {
    "table": {
        "table": [["", "2019", "2018"], ["Fixed price", "1,452.4", "1,146.2"], ["Other", "44.1", "56.7"]]
    },
    "paragraphs": [
        {"order": 2, "text": "Other contracts run for ten years."},
        {"order": 1, "text": "Sales are told in millions."},
    ],
    "questions": [
        {
            "question": "For how long do other contracts run?",
            "answer": ["ten years"],
            "answer_type": "span",
            "answer_from": "text",
        },
        {
            "question": "How many kinds of contract are there?",
            "answer": "2",
            "answer_type": "count",
            "answer_from": "table",
        },
    ],
}  # fmt: skip


@pytest.mark.parametrize(("hits", "n"), [(0, 8), (8, 8), (62, 112), (1, 1000)])
def test_the_interval_is_that_of_wilson(hits: int, n: int) -> None:
    assert shares.interval(hits, n) == pytest.approx(proportion_confint(hits, n, 0.05, "wilson"), abs=1e-6)


def test_a_share_says_of_how_many_it_is() -> None:
    figure = shares.share("right", 56, 112, 0.55)
    assert (figure.value, figure.is_reached) == (0.5, False)
    assert figure.note == "56 of 112, 95 %: 0.409 to 0.591"
    assert shares.share("nothing asked", 0, 0).note == "0 of 0, 95 %: 0 to 1"


def test_natural_questions_are_held_against_what_was_asked_for() -> None:
    row = {"n": 112, "right": 62, "nearest": 24, "wrong": 11, "refused": 15}
    ours = {
        **{name: value for name, value in row.items() if name != "n"},
        "answerable": 112, "unanswerable_kept": 7, "unanswerable": 8, "words_shown": 30,
        "evidence_seconds": 0.4, "median_seconds": 9.0, "by_kind": {"fact": row, "unanswerable": row},
    }  # fmt: skip
    plain = {"answerable": 112, "right": 6, "ours_only": 57, "plain_only": 1, "words": 40}
    small = {figure.name: figure for figure in questions.figures_of(ours, plain, has_larger_model=False)}
    larger = {figure.name: figure for figure in questions.figures_of(ours, plain, has_larger_model=True)}
    assert small["right"].is_reached
    assert not larger["right"].is_reached
    assert small["right or in the nearest evidence"].value == pytest.approx(86 / 112)
    assert small["wrong"].is_reached
    assert not small["unanswerable and not answered"].is_reached
    assert not small["median seconds to the whole answer"].is_reached
    assert larger["median seconds to the whole answer"].is_reached
    assert "fact: right" in small
    assert "unanswerable: right" not in small


def within(kind: str, *gold: str) -> Within:
    return Within("What?", gold, "d", kind)


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (within("span", "$1,496.5"), "Total sales were $1,496.5 million."),
        (within("multi-span", "Other", "Fixed price"), "Fixed price and other contracts."),
        (within("count", "2"), "Two kinds."),
        (within("count", "2"), "There are 2."),
        (within("arithmetic", "-12.6"), "The change is -12.6."),
        (within("arithmetic", "-12.6"), "The change is (12.6)."),
        (within("arithmetic", "-12.6"), "It fell by 12.6 million."),
        (within("arithmetic", "4227.5"), "The mean is 4,227.50."),
        (within("arithmetic", "2.93"), "The ratio is 2.9347."),
    ],
)
def test_the_gold_of_a_context_is_found_in_what_is_shown(item: Within, shown: str) -> None:
    assert is_right_within(item, shown)


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (within("span", "$1,496.5"), "Total sales were $1,202.9 million."),
        (within("multi-span", "Other", "Fixed price"), "Fixed price contracts."),
        (within("count", "2"), "In 2019 and 2018."),
        (within("arithmetic", "12.6"), "It fell from 56.7 to 44.1, by -12.6."),
        (within("arithmetic", "2.93"), "The ratio is 2.92."),
        (within("span", "2019"), ""),
    ],
)
def test_something_else_is_not(item: Within, shown: str) -> None:
    assert not is_right_within(item, shown)


def test_words_in_common_and_places_are_those_of_the_best_stretch() -> None:
    assert words_in_common("for ten years", ["We keep it for ten years.", "for ten years"]) == 1.0
    assert words_in_common("for ten years", ["We keep it for ten years."]) == pytest.approx(2 * 3 / 9)
    assert words_in_common("nothing", ["ten years"]) == 0.0
    assert lies_together("We keep it for ten years.", ["for ten years"])
    assert lies_together("for ten years", ["We keep it for ten years."])
    assert not lies_together("We sell nothing.", ["for ten years"])


@pytest.mark.django_db
def test_a_policy_is_one_document_and_is_asked_within(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    other = {"title": "other", "paragraphs": [{"context": "We keep your address for one day.", "qas": []}]}
    path.write_text(json.dumps({"data": [POLICY, other]}), encoding="utf-8")
    documents, asked = policies(path)
    assert documents[0][2] == (
        "This policy was made on 4 May 2020.\n\nWe keep your address for ten years. We sell nothing."
    )
    assert [item.document for item in asked] == ["policy-00"]
    with using(ScriptedModel([""])):
        found = within_steps.ask_within_policies(path, 5)
    assert (found["questions"], found["held"], found["answered"], found["in_place"]) == (1, 1, 1, 1)


@pytest.mark.django_db
def test_a_context_is_read_as_a_file_with_its_table(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA_DIR = tmp_path
    path = tmp_path / "dev.json"
    path.write_text(json.dumps([CONTEXT]), encoding="utf-8")
    ((_, page, asked),) = contexts(path)
    assert page.index("1,452.4") < page.index("Sales are told") < page.index("Other contracts")
    assert [item.kind for item in asked] == ["span", "count"]
    with using(ScriptedModel([""])):
        found = within_steps.ask_within_contexts(path, 6)
    assert DataTable.objects.filter(row_count__gte=2).count() == 1
    assert found["kinds"]["span"] == {"n": 1, "right": 1, "nearest": 0, "wrong": 0}
    assert found["kinds"]["count"]["n"] == 1
    assert found["places"]["text"]["right"] == 1


def test_balanced_accuracy_is_the_mean_of_what_passes_rightly_and_what_is_held_back_rightly() -> None:
    counted = {"supported": [3, 4], "partially_supported": [1, 6], "not_supported": [0, 4]}
    assert verifying.balanced(counted) == pytest.approx((0.75 + 0.9) / 2)
    nothing = {"supported": [0, 4], "partially_supported": [0, 6], "not_supported": [0, 4]}
    assert verifying.balanced(nothing) == 0.5


@pytest.mark.django_db
def test_a_statement_passes_where_each_of_its_sentences_does(ana: User, tmp_path: Path) -> None:
    (tmp_path / "wow").mkdir()
    knowledge = "The Orlov bridge was closed on 5 July. Engineers repaired it in May."
    rows = [
        ("Fully attributable", "The Orlov bridge was closed on 5 July."),
        ("Not fully attributable", "The Orlov bridge was closed on 5 July. It is made of gold."),
        ("Generic", "!"),
    ]
    lines = ["model_name\tdata_source\tknowledge\tmessage\tresponse\tbegin_label"]
    lines += [f't5\twow\t{knowledge}\tIs it "so"?\t{response}\t{label}' for label, response in rows]
    (tmp_path / "wow" / "dev.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    cases = verifying_steps.begin_cases(tmp_path)
    assert [len(spans) for _, _, spans in cases] == [2, 2, 2]
    counted = verifying_steps.measure(cases, ("attributable", "not", "generic"), [])
    assert counted == {"attributable": [1, 1], "not": [0, 1], "generic": [0, 1]}
    path = tmp_path / "dev.jsonl"
    path.write_text(
        json.dumps({"label": "supported", "claim": "It was closed.", "evidence": knowledge.split(". ")}),
        encoding="utf-8",
    )
    ((label, claim, spans),) = verifying_steps.wice_cases(path)
    assert (label, claim, len(spans)) == ("supported", "It was closed.", 2)
