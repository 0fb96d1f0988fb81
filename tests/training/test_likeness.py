"""Sentences filled in with other names and numbers are known again; other sentences are not."""

from typing import Any

import pytest

from donovan.access.models import User
from donovan.feedback.datasets.masking import masked
from donovan.training import gate_checks
from donovan.training.gate import ask_gate
from donovan.training.likeness import likeness_of
from tests.feedback.datasets.conftest import sentence
from tests.training.making import claims, documents, made_candidate, make_dataset
from tests.training.relevance_rows import relevance_rows


def row(split: str, text: str) -> dict[str, Any]:
    return {"id": text[:20], "task": "document_class", "input": {"text": text}, "value": {}, "split": split}


def test_names_and_numbers_are_masked_and_words_are_kept() -> None:
    assert masked("On 4 May the patrol saw 12 lorries near Orlov Bridge.") == [
        *("_", "the", "patrol", "saw", "_", "lorries", "near", "_")
    ]


def test_the_same_sentence_with_other_names_is_known_again() -> None:
    train = [row("train", "The convoy carried 40 pallets of diesel to Orlov Bridge before noon.")]
    same = row("test", "The convoy carried 12 pallets of diesel to Camp Delta before noon.")
    other = row("test", "Nurses at Lake Tarn asked for vaccine, bandages and clean needles in the night.")
    found = likeness_of([*train, same, other])
    assert (found.alike, found.tested, found.share) == (1, 2, 0.5)
    assert found.example == (same["id"], train[0]["id"])


def test_a_set_made_of_templates_is_seen_for_what_it_is() -> None:
    rows = [*documents(), *documents(seed=1)]
    assert likeness_of([one | {"id": str(at)} for at, one in enumerate(rows)]).share == 1.0
    assert likeness_of([]).share == 0.0


@pytest.mark.django_db
def test_the_gate_refuses_a_test_of_which_a_tenth_is_training_with_other_names(mia: User) -> None:
    rows = [*claims()]
    copies = [{**one, "id": f"copy-{one['id']}", "split": "test", "group": "x"} for one in rows[:12]]
    for one in copies:
        words = [word if word[0].islower() else "Zagreb" for word in one["input"]["claim"].split()]
        one["input"] = {**one["input"], "claim": " ".join(words)}
    candidate = made_candidate(mia, make_dataset(mia, "templates", [*rows, *copies]), "templates")
    checks = {check["key"]: check for check in ask_gate(mia, candidate.pk).content["checks"]}
    assert not checks["likeness"]["is_passed"] and not checks["likeness"]["is_warning"]
    assert "but for names and numbers" in checks["likeness"]["reason"]
    assert "splits keep templates and passages on one side" in checks["likeness"]["reason"]


def test_a_few_such_rows_are_said_and_refuse_nothing() -> None:
    same = row("test", "The convoy carried 12 pallets of diesel to Camp Delta before noon.")
    others = [row("test", sentence(number)) for number in range(19)]
    train = [row("train", "The convoy carried 40 pallets of diesel to Orlov Bridge before noon.")]
    (check,) = gate_checks._likeness([*train, same, *others])
    assert (check.is_passed, check.is_warning) == (True, True)
    assert "1 of 20" in check.reason


def test_passages_that_answer_in_the_test_and_stand_in_training_are_counted() -> None:
    seen = relevance_rows("test", of=slice(0, 4))
    train = [
        {**one, "split": "train", "input": one["input"] | {"question": "What else?"}, "value": {"grade": 0}}
        for one in seen
        if one["value"]["grade"]
    ]
    found = likeness_of([*seen, *train])
    assert (found.seen, found.passages, found.seen_share) == (4, 4, 1.0)
    assert likeness_of([*seen, *relevance_rows("train", of=slice(10, 14))]).seen == 0
