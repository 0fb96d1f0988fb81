"""Fine-tuning the embedder on labels of relevance, without losing what it could do before.

Four steps. Hard negatives are mined with BM25 and the model as it is. The model learns from the labels while
guard texts hold it where it was (`retriever_loop`, `retriever_guard`). Its weights are then drawn back
towards the base as far as the dev questions want it (WiSE-FT). Last, the dev questions say which languages
search may trust it in. The table of token vectors stays as it is unless a setting says otherwise.

Settings, all optional: `epochs`, `batch`, `learning_rate`, `tokens` (texts are cut there while learning),
`negatives` (passages mined for each question), `guard_weight`, `guards_at_once`, `made_guards` (texts made up
to hold fast to), `tunes_tokens`, `checkpoint_every` (steps), `corpus` (further passages: text or {"passage",
"title", "language"}) and `guard_texts` (texts whose vectors should stay).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from donovan.training.checkpoints import load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, Trained, TrainingRefused
from donovan.training.trainers.retriever_guard import guard_texts
from donovan.training.trainers.retriever_loop import Guard, Plan, Tuning
from donovan.training.trainers.retriever_measure import Figures, Measure
from donovan.training.trainers.retriever_model import Base, Model, Tensors, between, find_base
from donovan.training.trainers.retriever_negatives import mine
from donovan.training.trainers.retriever_rows import Judged, read_judged

ALPHAS = (0.25, 0.5)
"""How far from the base to the tuned weights; 0, the base itself, is always among the choices.

Never further than half-way, which is what Wortsman et al. recommend where nothing is known of the other uses
of a model: the dev questions see only what was labelled, and would always have it go the whole way. Measured
with 400 Spanish labels: half-way costs the factbook 0.002 nDCG@10 by meaning, the whole way 0.007.
"""

NOISE = 0.002
"""A dev nDCG@10 of the whole search that is lower by no more is not worse."""

MEASURED = "measured.json"
_LIMITS: Mapping[str, tuple[float, float]] = {
    "epochs": (1, 50),
    "batch": (2, 256),
    "learning_rate": (1e-7, 1e-2),
    "tokens": (16, 512),
    "negatives": (0, 20),
    "guard_weight": (0, 1e4),
    "guards_at_once": (1, 256),
    "made_guards": (0, 10_000),
    "checkpoint_every": (1, 10_000),
}


def train_retriever(
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
    plan = read_plan(settings)
    judged = read_judged(train, dev, settings.get("corpus", ()), seed)
    base = find_base()
    job = _Job(work, judged, plan, base, seed, on_progress, is_stopped)
    return job.run([str(text) for text in settings.get("guard_texts", ())])


def read_plan(settings: Mapping[str, Any]) -> Plan:
    """The plan that `settings` ask for. Raises TrainingRefused for one that does not exist or is out of
    bounds.
    """
    known = {one.name: one.type for one in fields(Plan)}
    unknown = set(settings) - set(known) - {"corpus", "guard_texts"}
    if unknown:
        raise TrainingRefused(f"A retriever has no setting “{min(unknown)[:40]}”.")
    given: dict[str, Any] = {}
    for name, value in settings.items():
        if name == "tunes_tokens":
            given[name] = bool(value)
        elif name in known:
            least, most = _LIMITS[name]
            whole = isinstance(getattr(Plan(), name), int)
            if (
                isinstance(value, bool)
                or not isinstance(value, int | float)
                or (whole and value != int(value))
            ):
                raise TrainingRefused(f"The setting “{name}” must be a {'whole ' if whole else ''}number.")
            if not least <= value <= most:
                raise TrainingRefused(f"The setting “{name}” must lie between {least:g} and {most:g}.")
            given[name] = int(value) if whole else float(value)
    return replace(Plan(), **given)


@dataclass
class _Job:
    """One training in its folder."""

    work: Path
    judged: Judged
    plan: Plan
    base: Base
    seed: int
    on_progress: OnProgress
    is_stopped: Callable[[], bool]

    def run(self, given_guards: Sequence[str]) -> Trained:
        model = Model(self.base.folder)
        weights = model.weights()
        texts = guard_texts(
            given_guards, model.network.tokenizer.get_vocab(), self.plan.made_guards, self.seed
        )
        of = self._identity(texts)
        negatives = self._negatives(model, of)
        guard = Guard(texts, model.encode(texts, is_query=False, most=self.plan.tokens))
        tuning = Tuning(model, self.judged, negatives, plan=self.plan, guard=guard, seed=self.seed)
        total = tuning.steps + len(ALPHAS) + 1
        self._stop_if_asked()
        losses = tuning.run(
            self.work,
            {"of": of, "negatives": negatives},
            total=total,
            on_progress=self.on_progress,
            is_stopped=self.is_stopped,
        )
        tuned = model.weights()
        measured = self._measure(model, weights, tuned, of=of, steps=tuning.steps, total=total)
        alpha = choose_alpha(measured)
        model.set_weights(between(model.torch, weights, tuned, alpha))
        return self._trained(model, measured, alpha, losses)

    def _identity(self, guards: Sequence[str]) -> str:
        """What decides the result: a checkpoint of anything else is not gone on from."""
        content = [
            [[p.title, p.text, p.language] for p in self.judged.passages],
            [
                [q.text, q.language, sorted(q.grades.items()), list(q.rejected)]
                for q in (*self.judged.train, *self.judged.dev)
            ],
            list(guards),
            vars(self.plan) | {"checkpoint_every": 0},
            self.base.digest,
            self.seed,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _negatives(self, model: Model, of: str) -> list[list[int]]:
        last = load_last(self.work)
        if last is not None and last.state.get("of") == of:
            return [[int(place) for place in places] for places in last.state["negatives"]]
        shutil.rmtree(self.work / "checkpoints", ignore_errors=True)
        (self.work / MEASURED).unlink(missing_ok=True)
        self.on_progress(Progress(0, 1, None, "looking for passages that seem right and are not"))
        questions = model.encode([q.text for q in self.judged.train], is_query=True)
        passages = model.encode([p.whole for p in self.judged.passages], is_query=False)
        found = mine(self.judged, questions, passages, self.plan.negatives)
        save_checkpoint(self.work, 0, {"passages": passages}, {"of": of, "negatives": found})
        return found

    def _measure(
        self, model: Model, base: Tensors, tuned: Tensors, *, of: str, steps: int, total: int
    ) -> dict[float, Figures]:
        """Figures on dev for each alpha. What was measured before a kill is not measured again."""
        kept = _read_measured(self.work, of)
        measure = Measure(self.judged.dev, self.judged.passages, self.base.languages)
        for done, alpha in enumerate((0.0, *ALPHAS), start=1):
            if alpha not in kept:
                self._stop_if_asked()
                model.set_weights(between(model.torch, base, tuned, alpha))
                kept[alpha] = measure.figures(model)
                _write_measured(self.work, of, kept)
            words = f"{alpha:.0%} of the way: {kept[alpha].dense:.3f} nDCG@10 on the dev questions"
            self.on_progress(Progress(steps + done, total, None, words, steps))
        return kept

    def _stop_if_asked(self) -> None:
        if self.is_stopped():
            raise Stopped

    def _trained(
        self, model: Model, measured: Mapping[float, Figures], alpha: float, losses: Sequence[float]
    ) -> Trained:
        before, after = measured[0.0], measured[alpha]
        metrics = {
            "dense_ndcg@10": after.dense,
            "dense_ndcg@10_before": before.dense,
            "fused_ndcg@10": after.fused,
            "fused_ndcg@10_before": before.fused,
            "bm25_ndcg@10": before.words,
            "alpha": alpha,
            "dev_questions": float(len(self.judged.dev)),
            "train_questions": float(len(self.judged.train)),
            "last_loss": float(np.mean(losses[-10:])) if losses else 0.0,
        }
        facts = {
            "base": self.base.name,
            "base_digest": self.base.digest,
            "languages": sorted(after.languages),
            "alpha": alpha,
            "metrics": metrics,
            "seed": self.seed,
        }

        def fill(folder: Path) -> Mapping[str, Any]:
            model.save(folder)
            return facts

        return Trained(fill, metrics)


def choose_alpha(measured: Mapping[float, Figures]) -> float:
    """The alpha nearest to the base that the dev questions cannot tell from the best one, by meaning.

    What is not needed for the labels is left as it was: of two that differ by no more than one standard error
    of their paired difference (the rule of Breiman et al. 1984, "Classification and regression trees") the
    nearer one is taken. None that makes search as a whole worse is among the choices.
    """
    floor = measured[0.0].fused - NOISE
    fit = [alpha for alpha, figures in sorted(measured.items()) if figures.fused >= floor]
    best = max(fit, key=lambda alpha: (measured[alpha].dense, -alpha))
    return next(alpha for alpha in fit if _is_as_good(measured[alpha], measured[best]))


def _is_as_good(one: Figures, best: Figures) -> bool:
    lack = np.array(best.each) - np.array(one.each)
    error = float(lack.std(ddof=1) / np.sqrt(len(lack))) if len(lack) > 1 else 0.0
    return float(lack.mean()) <= error


def _read_measured(work: Path, of: str) -> dict[float, Figures]:
    try:
        said = json.loads((work / MEASURED).read_text(encoding="utf-8"))
        if said["of"] != of:
            return {}
        return {float(alpha): Figures.of(figures) for alpha, figures in said["alphas"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_measured(work: Path, of: str, measured: Mapping[float, Figures]) -> None:
    staged = work / f".{MEASURED}"
    said = {"of": of, "alphas": {str(alpha): figures.as_json() for alpha, figures in measured.items()}}
    with staged.open("w", encoding="utf-8") as stream:
        json.dump(said, stream)
        stream.flush()
        os.fsync(stream.fileno())
    staged.replace(work / MEASURED)
