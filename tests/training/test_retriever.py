"""A retriever learns from labels, goes on after a kill to the same bits, and is a folder that serves."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings

from donovan.training.checkpoints import load_last
from donovan.training.contract import Progress, Stopped, Trained, TrainingRefused
from donovan.training.trainers.retriever import NOISE, choose_alpha, read_plan, train_retriever
from donovan.training.trainers.retriever_guard import guard_texts
from donovan.training.trainers.retriever_loop import Plan, batches
from donovan.training.trainers.retriever_measure import Figures, languages_read
from donovan.training.trainers.retriever_negatives import mine
from donovan.training.trainers.retriever_rows import Question, read_judged
from retrieval.base_models import ENGLISH, MULTILINGUAL, PackagedModel
from retrieval.embedding import LocalEmbedder
from retrieval.model_folders import SAFE_SUFFIXES, write_model
from tests.training.relevance_rows import relevance_rows

TRAIN = relevance_rows("train", of=slice(0, 14))
DEV = relevance_rows("dev", of=slice(14, 20))
QUICK = {
    "epochs": 4,
    "batch": 7,
    "tokens": 24,
    "learning_rate": 5e-5,
    "guards_at_once": 2,
    "made_guards": 6,
    "checkpoint_every": 3,
}


@pytest.fixture(autouse=True)
def _small(settings: LazySettings) -> None:
    """The small English model is trained on: it learns in half the time."""
    settings.EMBEDDER = ENGLISH.name


def _train(work: Path, told: list[Progress], stop_after: int | None = None, **settings: Any) -> Trained:
    return train_retriever(
        TRAIN,
        DEV,
        work=work,
        settings={**QUICK, **settings},
        seed=7,
        on_progress=told.append,
        is_stopped=lambda: stop_after is not None and bool(told) and told[-1].step >= stop_after,
    )


def _weights(trained: Trained, folder: Path) -> bytes:
    folder.mkdir()
    trained.fill(folder)
    return (folder / "model.safetensors").read_bytes()


@pytest.mark.parametrize("base", [ENGLISH, MULTILINGUAL], ids=lambda base: base.name)
def test_it_learns_goes_on_after_a_kill_and_serves(
    tmp_path: Path, settings: LazySettings, base: PackagedModel
) -> None:
    settings.EMBEDDER = base.name
    told: list[Progress] = []
    trained = _train(tmp_path / "whole", told)
    losses = [progress.loss for progress in told if progress.loss is not None]
    assert len(losses) == 8
    assert sum(losses[-2:]) < sum(losses[:2])
    assert {progress.checkpoint for progress in told} >= {3, 6, 8}

    settings.MODELS_DIR = tmp_path / "models"
    model = write_model("embedder", "velm", trained.fill)
    assert {path.suffix for path in model.path.rglob("*") if path.is_file()} <= SAFE_SUFFIXES
    assert model.facts["languages"] == sorted(base.languages)
    assert model.facts["base"] == base.name
    served = LocalEmbedder(model)
    assert served.encode(["How many berths has Velm?"], is_query=True).shape == (1, 384)
    assert served.name.startswith("velm@")

    # Killed after the sixth step, of which the checkpoint tells: the seventh is lost, and nothing else.
    killed = tmp_path / "killed"
    with pytest.raises(_Kill):
        train_retriever(
            TRAIN, DEV, work=killed, settings=QUICK, seed=7, on_progress=_kill_at(7), is_stopped=lambda: False
        )
    last = load_last(killed)
    assert last is not None
    assert last.step == 6
    again: list[Progress] = []
    resumed = _train(killed, again)
    assert next(progress.step for progress in again if progress.loss is not None) == 7
    assert _weights(resumed, tmp_path / "a") == (model.path / "model.safetensors").read_bytes()
    assert resumed.metrics == trained.metrics


def test_a_stop_writes_a_checkpoint_and_costs_nothing(tmp_path: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(Stopped):
        _train(tmp_path, told, stop_after=1, checkpoint_every=100)
    last = load_last(tmp_path)
    assert last is not None
    assert last.step == told[-1].step == told[-1].checkpoint
    assert not list(tmp_path.rglob("*.p*kl*"))


def test_a_checkpoint_of_other_labels_is_not_gone_on_from(tmp_path: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(Stopped):
        _train(tmp_path, told, stop_after=1)
    shutil.copytree(tmp_path, tmp_path.with_name("copy"))
    again: list[Progress] = []
    with pytest.raises(Stopped):
        train_retriever(
            TRAIN[:12],
            DEV,
            work=tmp_path.with_name("copy"),
            settings=QUICK,
            seed=7,
            on_progress=again.append,
            is_stopped=lambda: bool(again) and again[-1].step >= 1,
        )
    assert next(progress.step for progress in again if progress.loss is not None) == 1


def test_hard_negatives_are_never_an_answer_nor_a_copy_of_one() -> None:
    copied = [dict(row, id=f"copy-{row['id']}") for row in TRAIN[:1]]
    copied[0]["input"] = {
        **TRAIN[0]["input"],
        "title": "Port",
        "passage": TRAIN[0]["input"]["passage"].replace("The harbour", "This harbour"),
        "question": "A question of its own?",
    }
    judged = read_judged([*TRAIN, *copied], DEV, [], 0)
    vectors = _spread(len(judged.passages))
    found = mine(judged, vectors[[0] * len(judged.train)], vectors, 4)
    copy = next(place for place, passage in enumerate(judged.passages) if passage.title == "Port")
    assert all(set(places).isdisjoint(q.grades) for places, q in zip(found, judged.train, strict=True))
    assert copy not in found[0]
    assert all(found[i][0] == q.rejected[0] for i, q in enumerate(judged.train) if q.rejected)


def _spread(count: int) -> Any:
    vectors = np.random.default_rng(3).normal(size=(count, 16)).astype("float32")
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_no_two_of_a_batch_share_an_answer_and_every_question_is_taken_once_an_epoch() -> None:
    twice = [
        dict(row, input={**row["input"], "question": row["input"]["question"] + " Say."}) for row in TRAIN
    ]
    judged = read_judged([*TRAIN, *twice], DEV, [], 0)
    made = batches(judged, Plan(epochs=2, batch=5), 1)
    for batch in made:
        answers = [place for question, _ in batch for place in judged.train[question].grades]
        assert len(answers) == len(set(answers))
    taken = [one for batch in made for one in batch]
    assert len(taken) == len(set(taken))
    assert made == batches(judged, Plan(epochs=2, batch=5), 1)


def test_without_a_dev_split_no_passage_is_on_both_sides() -> None:
    judged = read_judged(relevance_rows("train"), [], [], 5)
    sides = [{place for q in side for place in q.grades} for side in (judged.train, judged.dev)]
    assert sides[0].isdisjoint(sides[1])
    assert 3 <= len(judged.dev) <= 6


def test_the_alpha_nearest_to_the_base_wins_among_equals_and_none_makes_search_worse() -> None:
    def figures(*each: float, fused: float = 0.9) -> Figures:
        return Figures(sum(each) / len(each), fused, 0.8, ("en",), each)

    base, near, far = figures(0.5, 0.6, 0.7), figures(0.8, 0.9, 0.8), figures(0.9, 0.8, 0.85)
    assert choose_alpha({0.0: base, 0.5: near, 1.0: far}) == 0.5
    assert choose_alpha({0.0: base, 0.5: near, 1.0: figures(0.9, 1.0, 0.9)}) == 1.0
    worse = figures(0.8, 0.9, 0.8, fused=0.9 - 2 * NOISE)
    assert choose_alpha({0.0: base, 0.5: worse, 1.0: far}) == 1.0
    assert choose_alpha({0.0: base, 1.0: figures(0.4, 0.5, 0.6)}) == 0.0


def test_a_language_is_trusted_only_where_search_gets_better_by_more_than_noise() -> None:
    asked = [Question("¿Dónde?", "es", {0: 1})] * 30 + [Question("Где?", "ru", {0: 1})] * 10
    words = np.full(40, 0.8)
    better = words + np.tile([0.1, 0.0], 20)
    noisy = words + np.tile([0.2, -0.2], 20)
    assert languages_read(asked, better, words, frozenset({"en"})) == {"en", "es"}
    for fused in (noisy, words, words - 0.1):
        assert languages_read(asked, fused, words, frozenset({"en"})) == {"en"}


def test_guard_texts_are_made_from_the_vocabulary_the_same_each_time() -> None:
    words = {word: rank for rank, word in enumerate(["the", "of", "[PAD]", "##ing", "harbour", "ж", "и"])}
    made = guard_texts(["A text at hand."], words, 50, 3)
    assert made[0] == "A text at hand."
    assert made == guard_texts(["A text at hand."], words, 50, 3)
    assert {word for text in made[1:] for word in text.split()} <= {"the", "of", "harbour"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"epochs": 0}, "between"),
        ({"epochs": 1.5}, "whole"),
        ({"learning_rate": "much"}, "number"),
        ({"colour": 1}, "no setting"),
    ],
)
def test_settings_out_of_bounds_are_refused_in_a_sentence(given: dict[str, Any], words: str) -> None:
    with pytest.raises(TrainingRefused, match=words):
        read_plan(given)


def test_too_few_labels_and_other_labels_are_refused() -> None:
    with pytest.raises(TrainingRefused, match="fewest"):
        read_judged(TRAIN[:4], DEV, [], 0)
    with pytest.raises(TrainingRefused, match="document_class"):
        read_judged([*TRAIN, {**TRAIN[0], "task": "document_class"}], DEV, [], 0)


class _Kill(BaseException):
    """What a kill looks like from inside: no code of the trainer runs after it."""


def _kill_at(step: int) -> Any:
    def on_progress(progress: Progress) -> None:
        if progress.step >= step:
            raise _Kill

    return on_progress
