"""The gate of a triage model: every language that it reads is measured, named with its count, and kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from donovan.access.models import User
from donovan.training import class_checks
from donovan.training.class_checks import class_checks as checks_of
from donovan.training.class_checks import least_gain
from donovan.training.class_measuring import ClassDifference, ClassFigures
from donovan.training.gate import ask_gate
from donovan.training.gate_checks import Check
from donovan.training.models import Candidate
from donovan.training.trainers.classifier import languages_read, train_classifier
from tests.training.making import documents, made_candidate, make_dataset


def difference(
    language: str, n: int, before: float = 0.4, after: float = 0.9, low: float = 0.2
) -> ClassDifference:
    return ClassDifference(language, before, after, low, after - before + 0.1, n)


def judged(monkeypatch: pytest.MonkeyPatch, figures: ClassFigures) -> dict[str, Check]:
    monkeypatch.setattr(class_checks, "measure_classes", lambda *_: figures)
    return {check.key: check for check in checks_of(Candidate(role="triage"), User())}


def figures(
    tested: Mapping[str, int],
    learnt: Mapping[str, int],
    claimed: set[str],
    overall: ClassDifference | None = None,
    languages: tuple[ClassDifference, ...] | None = None,
) -> ClassFigures:
    parts = tuple(difference(code, n) for code, n in tested.items() if code and n >= 10)
    whole = overall or difference("", sum(tested.values()))
    return ClassFigures(
        "always naming “report”", (whole, *(languages or parts)), tested, learnt, frozenset(claimed)
    )


def test_a_language_that_it_reads_and_that_was_not_measured_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = judged(
        monkeypatch,
        figures({"en": 30, "hr": 2}, {"en": 200, "es": 40, "hr": 30}, {"en", "es", "hr"}),
    )
    check = found["languages"]
    assert not check.is_passed
    assert "Measured: English 30 documents" in check.reason
    assert "Spanish 0 documents, Croatian 2" in check.reason
    assert "at least 10" in check.reason and "Label more documents in Spanish and Croatian" in check.reason


def test_what_was_measured_is_named_with_its_count(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(monkeypatch, figures({"en": 30, "es": 12}, {"en": 200, "es": 90, "sr": 1}, {"en", "es"}))
    assert all(check.is_passed for check in found.values())
    assert found["losses:classes"].reason == "English 30 documents, Spanish 12: none lost more than it may."
    assert "gives no class to documents in Serbian" in found["languages"].reason
    assert found["target"].reason.endswith("the first is always naming “report”.")


def test_a_language_that_lost_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = ClassDifference("es", 0.9, 0.5, -0.6, -0.2, 20)
    found = judged(
        monkeypatch,
        figures({"en": 30, "es": 20}, {}, {"en", "es"}, languages=(difference("en", 30), lost)),
    )
    assert (
        not found["losses:classes"].is_passed
        and "in Spanish 0.900 became 0.500" in found["losses:classes"].reason
    )


def test_so_few_that_nothing_can_be_shown_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    same = ClassDifference("", 0.6, 0.6, -0.4, 0.4, 5)
    found = judged(monkeypatch, figures({"en": 5}, {"en": 40}, {"en"}, overall=same))
    assert "5 test documents can hardly show a gain" in found["target"].reason
    assert "only one of 0.60 or more is beyond noise" in found["target"].reason
    assert found["losses:classes"].reason == "No language has enough test documents to tell."
    assert not found["losses:classes"].is_passed


def test_more_documents_show_smaller_gains() -> None:
    assert [least_gain(n) for n in (5, 10, 100)] == [0.6, 0.4, 0.04]


def test_a_language_of_a_few_examples_is_not_claimed() -> None:
    rows = [{"language": code} for code in ["en"] * 30 + ["es"] * 10 + ["hr"] * 9]
    assert languages_read(rows) == ["en", "es"]
    assert languages_read(rows[-3:]) == ["hr"]
    assert languages_read([{"language": ""}]) == []


@pytest.mark.django_db
def test_a_real_one_with_no_test_documents_in_one_language_is_refused(mia: User, tmp_path: Path) -> None:
    rows = [
        {**row, "language": "es" if row["split"] == "train" and row["value"]["class"] == "medical" else "en"}
        for row in [*documents(), *documents(seed=1)]
    ]
    version = make_dataset(mia, "kinds", rows)
    made = train_classifier(
        [row for row in rows if row["split"] == "train"],
        [],
        work=tmp_path / "work",
        settings={},
        seed=0,
        on_progress=lambda _progress: None,
        is_stopped=lambda: False,
    )

    def fill(folder: Path) -> dict[str, Any]:
        return dict(made.fill(folder))

    candidate = made_candidate(mia, version, "kinds", role="triage", fill=fill)

    report = ask_gate(mia, candidate.pk)

    failed = {check["key"]: check["reason"] for check in report.content["checks"] if not check["is_passed"]}
    assert "Spanish 0 documents" in failed["languages"]
    assert "always naming the commonest class" in next(
        check["reason"] for check in report.content["checks"] if check["key"] == "target"
    )
