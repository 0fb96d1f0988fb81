"""A re-ranker from labels of relevance: which of the candidates that search found answers the question.

A linear score over the features that search computes itself (`retrieval.rerank_features`), fitted listwise:
the labelled passages should take the whole of a softmax over each question's candidates (ListNet, Cao et al.
2007). Its weights are pulled towards the fused score alone, so what the labels do not speak of stays as it
is; how far it goes from there is decided by the dev questions, and where they see no gain it does not go at
all. The slow part is embedding, so that is what checkpoints keep.

Settings, all optional: `candidates` (passages a question is learnt from), `corpus` (further passages, as for
the retriever).
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from donovan.training.checkpoints import load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, Trained, TrainingRefused
from donovan.training.trainers.reranker_fit import ALPHAS, STRENGTHS, Choice, choose, folded
from donovan.training.trainers.reranker_lists import FEWEST_CANDIDATES, Ranked, lists_of
from donovan.training.trainers.retriever_rows import Judged, read_judged
from retrieval.embedder import Embedder, Vectors
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.reranking import RERANKED, write_weights

AT_ONCE = 32
"""Texts embedded between two checkpoints."""

_MOST_CANDIDATES = 500


def train_reranker(
    train: Sequence[dict[str, Any]],
    dev: Sequence[dict[str, Any]],
    *,
    work: Path,
    settings: Mapping[str, Any],
    seed: int,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Trained:
    """Train on examples of the task "relevance". Raises TrainingRefused and Stopped."""
    unknown = set(settings) - {"candidates", "corpus"}
    if unknown:
        raise TrainingRefused(f"A re-ranker has no setting “{min(unknown)[:40]}”.")
    most = settings.get("candidates", RERANKED)
    if (
        isinstance(most, bool)
        or not isinstance(most, int)
        or not FEWEST_CANDIDATES <= most <= _MOST_CANDIDATES
    ):
        raise TrainingRefused(
            f"The setting “candidates” must be a whole number of {FEWEST_CANDIDATES} to {_MOST_CANDIDATES}."
        )
    judged = read_judged(train, dev, settings.get("corpus", ()), seed)
    try:
        job = _Job(work, judged, get_embedder(), most, on_progress, is_stopped)
        return job.run()
    except EmbedderUnavailable as error:
        raise TrainingRefused(str(error)) from error


@dataclass
class _Job:
    """One training in its folder."""

    work: Path
    judged: Judged
    embedder: Embedder
    candidates: int
    on_progress: OnProgress
    is_stopped: Callable[[], bool]

    def run(self) -> Trained:
        judged = self.judged
        questions = [question.text for question in (*judged.train, *judged.dev)]
        passages = [passage.whole for passage in judged.passages]
        blocks = -(-(len(questions) + len(passages)) // AT_ONCE)
        total = blocks + len(STRENGTHS) * len(ALPHAS) + 1
        vectors = self._embedded(questions, passages, total)
        asked, found = vectors[: len(questions)], vectors[len(questions) :]
        lists = lists_of(judged, self.embedder, asked, found, most=self.candidates, stop=self._stop_if_asked)
        cut = len(judged.train)

        def tried(number: int, words: str) -> None:
            self.on_progress(Progress(blocks + number, total, None, words, blocks))
            self._stop_if_asked()

        choice = choose(lists[:cut], lists[cut:], tried)
        self.on_progress(
            Progress(total, total, choice.loss, "the best on the dev questions is taken", blocks)
        )
        return self._trained(choice, lists[cut:])

    def _trained(self, choice: Choice, dev: Sequence[Ranked]) -> Trained:
        metrics = {
            "ndcg@10": choice.after,
            "ndcg@10_before": choice.before,
            "alpha": choice.alpha,
            "strength": choice.strength,
            "dev_questions": float(len(dev)),
            "train_questions": float(len(self.judged.train)),
        }
        name, _, digest = self.embedder.name.rpartition("@")
        facts = {
            "base": name,
            "base_digest": digest,
            "embedder": self.embedder.name,
            "languages": sorted(self.judged.languages),
            "alpha": choice.alpha,
            "metrics": metrics,
        }
        weights = folded(choice)

        def fill(folder: Path) -> Mapping[str, Any]:
            write_weights(folder, weights)
            return facts

        return Trained(fill, metrics)

    def _embedded(self, questions: Sequence[str], passages: Sequence[str], total: int) -> Vectors:
        """Vectors of all questions and then all passages, going on from the last checkpoint."""
        texts = [(text, True) for text in questions] + [(text, False) for text in passages]
        of = hashlib.sha256(json.dumps([self.embedder.name, texts]).encode()).hexdigest()
        rows = np.zeros((0, self.embedder.dimensions), dtype=np.float32)
        last = load_last(self.work)
        if last is not None and last.state.get("of") == of:
            rows = last.arrays()["vectors"]
        else:
            shutil.rmtree(self.work / "checkpoints", ignore_errors=True)
        while len(rows) < len(texts):
            block = texts[len(rows) : len(rows) + AT_ONCE]
            made = [self.embedder.encode([text], is_query=is_query) for text, is_query in block]
            rows = np.concatenate([rows, *made])
            step = -(-len(rows) // AT_ONCE)
            save_checkpoint(self.work, step, {"vectors": rows}, {"of": of})
            self.on_progress(Progress(step, total, None, f"{len(rows)} of {len(texts)} texts embedded", step))
            self._stop_if_asked()
        return rows

    def _stop_if_asked(self) -> None:
        if self.is_stopped():
            raise Stopped
