"""A small demonstration in place of the whole one, an index of its own, and runs whose scores are known."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import LazySettings

from donovan.access.models import User
from donovan.evaluation import asking, demo, sets
from donovan.evaluation.figures import figures_of
from donovan.evaluation.models import ItemScore, SuiteRun
from donovan.evaluation.run_access import bound_of
from donovan.evaluation.subjects import subject_of
from tests.assistant.conftest import archive, ask  # noqa: F401 - fixtures of every test here
from tests.support.index import own_index  # noqa: F401 - for every test here

TEXTS = {
    "bridge": (
        "UNCLASSIFIED",
        "en",
        "The Orlov bridge was closed on 5 July. Engineers expect it to open in May.",
    ),
    "crane": ("CUI", "en", "The harbour crane is broken. Twelve ships wait outside the breakwater."),
    "carta": ("UNCLASSIFIED", "es", "El hospital de Puerto Sereno atendió a 340 pacientes el 12 de julio."),
    "diary": ("SECRET//NOFORN", "en", "The Kestrel group mined the Orlov bridge on 3 July with 40 charges."),
}
REPORTS = (
    (
        "Мост в Ровике",
        "Мост в Ровике закрыли 4 мая. Грузовики едут через старый брод.",
        "Когда закрыли мост в Ровике?",
        "4 мая",
    ),
    (
        "Лагерь Орса",
        "В лагере Орса живут 8 450 человек. Школа откроется 2 сентября.",
        "Сколько человек живут в лагере Орса?",
        "8 450",
    ),
)
EVERYBODY = ("ana", "ben", "chloe")
QUESTIONS = (
    ("When was the Orlov bridge closed?", "fact", EVERYBODY, "5 July", "bridge"),
    ("How many ships wait outside the breakwater?", "fact", ("ana", "ben"), "Twelve ships", "crane"),
    ("¿Cuántos pacientes atendió el hospital de Puerto Sereno?", "fact", EVERYBODY, "340", "carta"),
    ("Who mined the Orlov bridge?", "clearance", ("ana",), "Kestrel", "diary"),
    ("How many helicopters did Norway send?", "unanswerable", (), "", ""),
)

Scores = Mapping[str, Mapping[str, float]]
MakeRun = Callable[..., SuiteRun]


@pytest.fixture(autouse=True)
def _own_models(settings: LazySettings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"


@pytest.fixture
def small_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cast: dict[str, User]) -> Iterator[None]:
    """Four texts, five questions and two reports in the layout of the built-in material."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, (marking, language, text) in TEXTS.items():
        head = f"title: About the {name}\ncollection: relief\nmarking: {marking}\nlanguage: {language}\n"
        (folder / f"{name}.md").write_text(f"---\n{head}---\n{text}\n", encoding="utf-8")
    rows = [
        {
            "question": question,
            "kind": kind,
            "answers": {
                person: {
                    "refused": person not in people,
                    "expected": [expected] if person in people else [],
                    "documents": [document] if person in people else [],
                }
                for person in ("ana", "ben", "chloe")
            },
        }
        for question, kind, people, expected, document in QUESTIONS
    ]
    (folder / "questions.json").write_text(json.dumps(rows), encoding="utf-8")
    reports = [
        {"language": "ru", "title": title, "text": text, "question": question, "expected": [expected]}
        for title, text, question, expected in REPORTS
    ]
    (folder / "languages.json").write_text(json.dumps(reports), encoding="utf-8")
    monkeypatch.setattr(sets, "_REPORTS", folder / "languages.json")
    monkeypatch.setattr(demo, "_folder", lambda: folder)
    for cached in (demo.demo_texts, demo.demo_questions, asking.demo_people):
        cached.cache_clear()
    yield
    for cached in (demo.demo_texts, demo.demo_questions, asking.demo_people):
        cached.cache_clear()


@pytest.fixture
def make_run(mia: User) -> MakeRun:
    """`make_run({"q1": 1.0}, languages={"q1": "en"})` is a finished run of the retrieval suite."""

    def make(
        scores: Mapping[str, float],
        *,
        languages: Mapping[str, str] | None = None,
        suite: str = "retrieval",
        metric: str = "ndcg",
        labels: Mapping[str, list[str]] | None = None,
        markings: Mapping[str, str] | None = None,
        material: str = "same",
        words: str = "current",
    ) -> SuiteRun:
        slices = {item: {"language": (languages or {}).get(item, "")} for item in scores}
        overall, sliced = figures_of((metric, score, slices[item]) for item, score in scores.items())
        found = {label for each in (labels or {}).values() for label in each}
        run = SuiteRun.objects.create(
            suite=suite,
            subject={**subject_of().as_json(), "words": words},
            subject_digest=subject_of().digest,
            state=SuiteRun.State.DONE,
            figures=overall,
            slices=sliced,
            material=material,
            labels=sorted(found),
            marking=bound_of((markings or {}).values()),
            started_by=mia,
            seconds=3.0,
        )
        run.finished_at = run.created_at
        run.save()
        ItemScore.objects.bulk_create(
            ItemScore(
                run=run,
                item=item,
                metric=metric,
                score=score,
                slices=slices[item],
                detail={"question": f"What is {item}?", "said": f"{item} was said"},
                labels=(labels or {}).get(item, []),
                marking=(markings or {}).get(item, ""),
            )
            for item, score in scores.items()
        )
        return run

    return make
