"""What 400 labels of one set make of the embedder: the gain on its unseen questions, the loss elsewhere.

The labels are questions of whole articles (in the factbook: countries), each with the passage that answers.
Every other article is unseen: neither its questions nor its passages are trained on. A fifth of the labels is
the dev split. Beside it runs what sentence-transformers does with the same labels and its defaults.

DONOVAN_BENCH_RETRIEVER_SET names the set that the labels come from, such as xquad-ru or factbook.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import evaluation_data
from tests.deploy.running import ROOT

LABELS = 400
DEV_SHARE = 0.2
SEED = 0
SETS = ("xquad-en", "xquad-es", "xquad-ru", "xquad-ar", "xquad-zh", "factbook")
DEFAULT_SET = "xquad-es"
MOST_MEGABYTES = 6000

GAIN, LOSS, SECONDS = 0.03, 0.005, 20 * 60.0


@dataclass(frozen=True)
class LabelledSet:
    """A set of the evaluation data. `gold` and `groups` are the passage of each question and the article of
    each passage.
    """

    name: str
    language: str
    titles: list[str]
    texts: list[str]
    groups: list[str]
    questions: list[str]
    gold: list[int]


def read_set(name: str) -> LabelledSet:
    """Raises SkippedError where the data is not at hand."""
    if name == "factbook":
        folder = evaluation_data("questions/factbook")
        asked = [(one["question"], one["doc"]) for one in _lines(folder / "qa.jsonl")]
    else:
        folder = evaluation_data(f"retrieval/{name}")
        words = {one["_id"]: one["text"] for one in _lines(folder / "queries.jsonl")}
        rows = (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
        asked = [(words[question], passage) for question, passage, _ in (row.split("\t") for row in rows)]
    corpus = _lines(folder / "corpus.jsonl")
    place = {one["_id"]: number for number, one in enumerate(corpus)}
    return LabelledSet(
        name=name,
        language="en" if name == "factbook" else name.rpartition("-")[2],
        titles=[str(one.get("title", "")) for one in corpus],
        texts=[str(one["text"]) for one in corpus],
        groups=[one["_id"].partition("/")[0] if name == "factbook" else str(one["title"]) for one in corpus],
        questions=[question for question, _ in asked],
        gold=[place[passage] for _, passage in asked],
    )


def draw(data: LabelledSet, seed: int = SEED) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]]:
    """LABELS examples as train and dev, and the questions over articles of which nothing was drawn."""
    articles = sorted(set(data.groups))
    random.Random(seed).shuffle(articles)
    by_article: dict[str, list[int]] = {article: [] for article in articles}
    for question, passage in enumerate(data.gold):
        by_article[data.groups[passage]].append(question)
    train: list[dict[str, Any]] = []
    dev: list[dict[str, Any]] = []
    seen: set[str] = set()
    for article in articles:
        drawn = len(train) + len(dev)
        if drawn >= LABELS:
            break
        seen.add(article)
        # Whole articles on one side.
        split, side = ("dev", dev) if len(dev) < DEV_SHARE * drawn else ("train", train)
        side += [_example(data, one, split) for one in by_article[article][: LABELS - drawn]]
    unseen = [one for one, passage in enumerate(data.gold) if data.groups[passage] not in seen]
    return train, dev, unseen


def _example(data: LabelledSet, question: int, split: str) -> dict[str, Any]:
    passage = data.gold[question]
    return {
        "id": f"{data.name}-{question}",
        "task": "relevance",
        "input": {
            "question": data.questions[question],
            "passage": data.texts[passage],
            "title": data.titles[passage],
            "passage_id": str(passage),
        },
        "value": {"grade": 3},
        "split": split,
        "group": data.groups[passage],
        "document": data.groups[passage],
        "language": data.language,
        "weight": 1.0,
    }


def run() -> list[Figure]:
    source = os.environ.get("DONOVAN_BENCH_RETRIEVER_SET", DEFAULT_SET)
    data = {name: read_set(name) for name in SETS}
    train, dev, unseen = draw(data[source])
    asked = {name: list(range(len(one.gold))) for name, one in data.items()} | {source: unseen}
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        for split, rows in (("train", train), ("dev", dev)):
            (place / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (place / "asked.json").write_text(json.dumps(asked))
        began = time.monotonic()
        _train(place)
        seconds = time.monotonic() - began
        began = time.monotonic()
        _apart("peer", place)
        peer_seconds = time.monotonic() - began
        base, tuned, peer = (_apart("measure", place, which) for which in ("base", "tuned", "peer"))
    return _figures(source, base, tuned, peer, seconds=seconds, peer_seconds=peer_seconds, unseen=len(unseen))


def _figures(
    source: str,
    base: Mapping[str, Any],
    tuned: Mapping[str, Any],
    peer: Mapping[str, Any],
    *,
    seconds: float,
    peer_seconds: float,
    unseen: int,
) -> list[Figure]:
    def change(model: Mapping[str, Any], name: str, mode: str) -> float:
        return float(model[name][mode] - base[name][mode])

    others = [name for name in SETS if name != source]
    figures = [
        Figure(
            f"labels of {source}: gain on its unseen questions",
            change(tuned, source, "dense"),
            "nDCG@10",
            target=GAIN,
            note=f"{base[source]['dense']:.3f} to {tuned[source]['dense']:.3f}, {unseen} questions",
        ),
        Figure(
            "largest loss on another set",
            max(-change(tuned, name, "dense") for name in others),
            "nDCG@10",
            target=LOSS,
            bound="at_most",
        ),
        Figure(
            "largest loss of the whole search on any set",
            max(-change(tuned, name, "search") for name in SETS),
            "nDCG@10",
            target=LOSS,
            bound="at_most",
        ),
        Figure("training", seconds, "s", target=SECONDS, bound="at_most"),
    ]
    figures += [
        Figure(f"{name}: change by meaning", change(tuned, name, "dense"), "nDCG@10") for name in others
    ]
    figures += [
        Figure(f"{name}: change of the whole search", change(tuned, name, "search"), "nDCG@10")
        for name in SETS
    ]
    return [
        *figures,
        Figure("sentence-transformers' defaults: gain", change(peer, source, "dense"), "nDCG@10"),
        Figure(
            "sentence-transformers' defaults: largest loss",
            max(-change(peer, name, "dense") for name in others),
            "nDCG@10",
        ),
        Figure("sentence-transformers' defaults: training", peer_seconds, "s"),
    ]


def _train(place: Path) -> None:
    """Train as the product does: the training's own process, at its limit of memory."""
    request = {
        "trainer": "donovan.training.trainers.retriever:train_retriever",
        "megabytes": MOST_MEGABYTES,
        "train": str(place / "train.jsonl"),
        "dev": str(place / "dev.jsonl"),
        "work": str(place / "work"),
        "settings": {},
        "seed": SEED,
        "role": "embedder",
        "name": "tuned",
        "models_dir": str(place / "models"),
        "facts": {"code_version": "benchmark"},
        "parent": os.getpid(),
    }
    told = _python("-m", "donovan.training.child", given=json.dumps(request))
    ended = json.loads(told.splitlines()[-1])
    if "trained" not in ended:
        raise RuntimeError(f"The training gave no model: {ended}")


def _apart(what: str, place: Path, *words: str) -> dict[str, Any]:
    """A step in a process of its own, so that no model is held beside another."""
    told = _python("-m", "tests.benchmarks.retriever_training_steps", what, str(place), *words)
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def _python(*words: str, given: str = "") -> str:
    outcome = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "DONOVAN_SERVE_EMBEDDER": "base", "DJANGO_SETTINGS_MODULE": "donovan.settings"},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        raise RuntimeError(f"{words[1]} failed: {outcome.stderr[-2000:]}")
    return outcome.stdout


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]
