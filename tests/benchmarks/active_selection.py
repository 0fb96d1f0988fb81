"""How many labels active selection needs for the accuracy that random ones give.

Three tasks of document classes are made from the data folder, each from the text alone:

- desk: which of four volumes, and so which part of the world, a diplomatic document belongs to;
- section: which of the sections of a reference book a passage is, with rare ones among them;
- kind: whether it is a telegram, a letter, the record of a conversation and so on. Embeddings tell what a
  text is about rather than what it is, so that this one is hard for any selection.

A third of the documents is kept back for measuring. Labels are given ten at a time, by the order that label
projects use (`selection.choose`, with its share of random ones) and at random; after each ten the classifier
that the queue uses (`ordering_work.classifier`) learns anew. Accuracy is the mean over seeds. A figure is the
number of labels with which active selection reaches what random labels reach, divided by their number; the
median over targets from 100 to 400 random labels.
"""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import django
import numpy as np
import numpy.typing as npt

from donovan.feedback.projects.ordering_work import classifier
from donovan.feedback.projects.selection import choose
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data

SEEDS = 10
STEP, MOST = 10, 400
TARGETS = (100, 150, 200, 250, 300, 350, 400)
CHARACTERS = 1_500
MOST_DOCUMENTS = 1_300
LEAST_OF_A_CLASS = 20

Floats = npt.NDArray[np.float64]


def run() -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")
    django.setup()
    papers = _lines(evaluation_data("documents") / "frus.jsonl")
    vectors = _vectors([str(paper["text"]) for paper in papers])
    passages = _sample(_lines(evaluation_data("questions") / "factbook" / "corpus.jsonl"))
    sections = [str(passage["title"]).rsplit(" — ", 1)[-1] for passage in passages]
    return [
        *_measured("desk", vectors, [str(paper["volume"]) for paper in papers], target=0.6),
        *_measured("section", _vectors([str(passage["text"]) for passage in passages]), sections),
        *_measured("kind", vectors, [_kind(str(paper["kind"])) for paper in papers]),
    ]


def _measured(
    task: str, vectors: Floats, classes: Sequence[str], *, target: float | None = None
) -> list[Figure]:
    counted = Counter(classes)
    kept = [place for place, name in enumerate(classes) if counted[name] >= LEAST_OF_A_CLASS]
    answers = np.asarray([classes[place] for place in kept])
    points = vectors[kept]
    by_chance = np.mean([curve(points, answers, seed, is_active=False) for seed in range(SEEDS)], axis=0)
    chosen = np.mean([curve(points, answers, seed, is_active=True) for seed in range(SEEDS)], axis=0)
    shares = [needed(chosen, by_chance[number // STEP - 1]) / number for number in TARGETS]
    last = len(by_chance) - 1
    return [
        Figure(
            f"{task}: labels needed, of those needed at random",
            median(shares),
            "",
            target,
            "at_most",
            note=" ".join(f"{number}:{share:.2f}" for number, share in zip(TARGETS, shares, strict=True)),
        ),
        Figure(f"{task}: accuracy with {MOST} random labels", float(by_chance[last]), "of items"),
        Figure(f"{task}: accuracy with {MOST} selected labels", float(chosen[last]), "of items"),
    ]


def curve(points: Floats, answers: npt.NDArray[np.str_], seed: int, *, is_active: bool) -> list[float]:
    """The accuracy on what is kept back after each `STEP` labels up to `MOST`."""
    chance = np.random.default_rng(seed)
    shuffled = [int(place) for place in chance.permutation(len(answers))]
    held, waiting = shuffled[: len(shuffled) // 3], shuffled[len(shuffled) // 3 :]
    labelled: list[int] = []
    found: list[float] = []
    model = None
    while len(labelled) < MOST:
        if is_active:
            chances = None
            if model is not None:
                chances = np.zeros((len(points), len(model.classes_)))
                chances[waiting] = model.predict_proba(points[waiting])
            following = choose(
                points, waiting, labelled, count=STEP, seed=seed * 1000 + len(labelled), chances=chances
            )
            taken = [choice.place for choice in following]
        else:
            taken = waiting[:STEP]
        labelled += taken
        waiting = [place for place in waiting if place not in set(taken)]
        model = classifier(points[labelled], [str(answers[place]) for place in labelled])
        right = model.predict(points[held]) == answers[held] if model is not None else np.zeros(len(held))
        found.append(float(np.mean(right)))
    return found


def needed(accuracies: npt.NDArray[np.float64], wanted: float) -> float:
    """The number of labels with which a curve first reaches `wanted`, between two points on the line."""
    for place, accuracy in enumerate(accuracies):
        if accuracy >= wanted:
            before = accuracies[place - 1] if place else 0.0
            share = (wanted - before) / (accuracy - before) if accuracy > before else 1.0
            return float((place + share) * STEP)
    return float("inf")


def _kind(kind: str) -> str:
    if any(word in kind for word in ("Conversation", "Discussion", "Minutes", "Record")):
        return "conversation"
    if any(word in kind for word in ("Telegram", "Airgram", "Message", "Instruction")):
        return "telegram"
    if any(word in kind for word in ("Estimate", "Report", "Paper")):
        return "paper"
    return kind if kind != "Other" else "other"


def _vectors(texts: Sequence[str]) -> Floats:
    # Known only now: importing it needs the settings of `run`.
    from retrieval.embedding import LocalEmbedder

    encoded = LocalEmbedder().encode([text[:CHARACTERS] for text in texts], is_query=False)
    return np.asarray(encoded, dtype=np.float64)


def _sample(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    chosen = np.random.default_rng(0).permutation(len(rows))[:MOST_DOCUMENTS]
    return [rows[int(place)] for place in sorted(chosen)]


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
