"""Sentences filled in with other names and numbers are known again; other sentences are not."""

from typing import Any

import pytest

from donovan.access.models import User
from donovan.training.gate import ask_gate
from donovan.training.likeness import likeness_of, masked
from tests.training.making import claims, documents, made_candidate, make_dataset


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
def test_the_gate_warns_of_them_and_refuses_nothing_for_it(mia: User) -> None:
    rows = [*claims()]
    copies = [{**one, "id": f"copy-{one['id']}", "split": "test", "group": "x"} for one in rows[:12]]
    for one in copies:
        words = [word if word[0].islower() else "Zagreb" for word in one["input"]["claim"].split()]
        one["input"] = {**one["input"], "claim": " ".join(words)}
    candidate = made_candidate(mia, make_dataset(mia, "templates", [*rows, *copies]), "templates")
    checks = {check["key"]: check for check in ask_gate(mia, candidate.pk).content["checks"]}
    assert checks["likeness"]["is_warning"] and checks["likeness"]["is_passed"]
    assert "but for names and numbers" in checks["likeness"]["reason"]
