"""Classifiers on top of embeddings: the class of a document, or whether evidence supports a claim.

Multinomial logistic regression over features that serving computes in the same way, its strength of
regularisation chosen by cross-validation over groups of documents, its probabilities calibrated by one
temperature (Guo et al. 2017, "On Calibration of Modern Neural Networks"). The slow part is embedding, so that
is what checkpoints keep.

Settings: `threshold` (document classes: the least probability that is shown, default 0.5), `precision`
(claims: the least share of right vetoes that the veto threshold must reach, default 0.95).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from sklearn.metrics import f1_score

from donovan.assistant import claim_features as claims
from donovan.insight.triage import features as triage
from donovan.training.checkpoints import load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, Trained, TrainingRefused
from donovan.training.margins import FEWEST_OF_A_LANGUAGE
from donovan.training.trainers.calibration import (
    best_temperature,
    calibration_error,
    log_loss,
    softmax,
    veto_threshold,
)
from donovan.training.trainers.logistic import STRENGTHS, Fit
from retrieval.classifying import DESCRIPTION, WEIGHTS, Matrix
from retrieval.embedder import Embedder
from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

AT_ONCE = 16
"""Examples embedded between two checkpoints."""

UNTYPICAL = 0.05
"""The share of documents like those that it learnt from which it takes for unlike all of them."""

_SETTINGS = {"threshold", "precision"}


@dataclass(frozen=True)
class _Use:
    """What differs between the two uses."""

    answer: Callable[[dict[str, Any]], str]
    features: Callable[[Embedder, Sequence[dict[str, Any]]], Matrix]
    version: int


def _document_features(embedder: Embedder, examples: Sequence[dict[str, Any]]) -> Matrix:
    texts = [(str(one["input"].get("title", "")), str(one["input"]["text"])) for one in examples]
    return triage.document_features(embedder, texts)


def _claim_features(embedder: Embedder, examples: Sequence[dict[str, Any]]) -> Matrix:
    pairs = [(str(one["input"]["claim"]), [str(e) for e in one["input"]["evidence"]]) for one in examples]
    return claims.claim_features(embedder, pairs)


def _verdict(example: dict[str, Any]) -> str:
    # Partly supported is not supported: what is shown as fact must be supported whole.
    return claims.SUPPORTED if example["value"]["verdict"] == "supported" else claims.UNSUPPORTED


_USES: Mapping[str, _Use] = {
    "document_class": _Use(lambda one: str(one["value"]["class"]), _document_features, triage.VERSION),
    "claim_support": _Use(_verdict, _claim_features, claims.VERSION),
}


def train_classifier(
    train: Sequence[dict[str, Any]],
    dev: Sequence[dict[str, Any]],
    *,
    work: Path,
    settings: Mapping[str, Any],
    seed: int,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Trained:
    """Train on examples of document_class or claim_support. Raises TrainingRefused and Stopped."""
    use = _use_of([*train, *dev])
    unknown = set(settings) - _SETTINGS
    if unknown:
        raise TrainingRefused(f"A classifier has no setting “{min(unknown)[:40]}”.")
    examples = [*train, *dev]
    answers = np.array([use.answer(one) for one in examples])
    classes = sorted(set(answers[: len(train)]))
    if len(classes) < 2:
        raise TrainingRefused("All examples are of one class, so there is nothing to tell apart.")
    if len(train) < 2 * len(classes):
        raise TrainingRefused(f"{len(train)} examples are too few for {len(classes)} classes.")
    try:
        embedder = get_embedder()
        total = -(-len(examples) // AT_ONCE) + len(STRENGTHS) + 1
        features = _embedded(
            use, embedder, examples, work=work, total=total, on_progress=on_progress, is_stopped=is_stopped
        )
    except EmbedderUnavailable as error:
        raise TrainingRefused(str(error)) from error
    fit = Fit(
        features=features,
        answers=answers,
        examples=examples,
        train_count=len(train),
        classes=classes,
        seed=seed,
    )
    chosen = fit.choose(on_progress, total, is_stopped)
    return _finish(fit, strength=chosen, use=use, embedder=embedder, examples=examples, settings=settings)


def _use_of(examples: Sequence[dict[str, Any]]) -> _Use:
    tasks = {str(one["task"]) for one in examples}
    if len(tasks) != 1 or not tasks <= set(_USES):
        raise TrainingRefused("A classifier learns from document classes or from claim support.")
    return _USES[tasks.pop()]


def _embedded(
    use: _Use,
    embedder: Embedder,
    examples: Sequence[dict[str, Any]],
    *,
    work: Path,
    total: int,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Matrix:
    """Features of all examples, shape (examples, features), going on from the last checkpoint."""
    of_what = _identity(examples, embedder.name, use.version)
    last = load_last(work)
    rows = np.zeros((0, 0), dtype=np.float32)
    if last is not None and last.state.get("of") == of_what:
        rows = last.arrays()["features"]
    while len(rows) < len(examples):
        block = use.features(embedder, examples[len(rows) : len(rows) + AT_ONCE])
        rows = np.concatenate([rows, block]) if len(rows) else block
        step = -(-len(rows) // AT_ONCE)
        save_checkpoint(work, step, {"features": rows}, {"of": of_what})
        on_progress(Progress(step, total, None, f"{len(rows)} of {len(examples)} examples embedded", step))
        if is_stopped():
            raise Stopped
    return rows


def _identity(examples: Sequence[dict[str, Any]], embedder: str, version: int) -> str:
    hashed = hashlib.sha256(f"{embedder}\0{version}\0".encode())
    for one in examples:
        hashed.update(json.dumps(one["input"], sort_keys=True, ensure_ascii=False).encode() + b"\0")
    return hashed.hexdigest()


def _finish(
    fit: Fit,
    *,
    strength: float,
    use: _Use,
    embedder: Embedder,
    examples: Sequence[dict[str, Any]],
    settings: Mapping[str, Any],
) -> Trained:
    weights, bias = fit.fit(fit.train, strength)
    held_out, answers = fit.held_out(strength), fit.indices(fit.train)
    dev = fit.features[fit.dev] @ weights.T + bias
    temperature = best_temperature(np.vstack([held_out, dev]), np.append(answers, fit.indices(fit.dev)))
    chances = softmax(held_out / temperature)
    threshold = float(settings.get("threshold", 0.5))
    metrics = {"held_out_accuracy": float((chances.argmax(axis=1) == answers).mean())}
    if claims.UNSUPPORTED in fit.classes and use.version == claims.VERSION and use is _USES["claim_support"]:
        place = fit.classes.index(claims.UNSUPPORTED)
        threshold = veto_threshold(
            chances[:, place], answers == place, float(settings.get("precision", 0.95))
        )
        vetoed = chances[:, place] >= threshold
        metrics["vetoes"] = float(vetoed.mean())
        metrics["veto_precision"] = float((answers == place)[vetoed].mean()) if vetoed.any() else 0.0
    metrics |= _dev_metrics(fit, weights, bias, temperature)
    centres, typical_from = fit.centres(fit.train), fit.typical_from(UNTYPICAL)
    languages = languages_read(examples)
    description = {
        "classes": fit.classes,
        "embedder": embedder.name,
        "threshold": threshold,
        "languages": languages,
        "typical_from": typical_from,
        "says": {"features": use.version, "strength": strength, "task": str(examples[0]["task"])},
    }

    def fill(folder: Path) -> dict[str, Any]:
        tensors = {"weights": weights, "bias": bias, "temperature": np.array([temperature])}
        tensors["centres"] = centres
        save_file({name: value.astype(np.float32) for name, value in tensors.items()}, folder / WEIGHTS)
        (folder / DESCRIPTION).write_text(json.dumps(description, ensure_ascii=False, sort_keys=True))
        return {
            "base": embedder.name,
            "base_digest": embedder.name.partition("@")[2],
            "embedder": embedder.name,
            "languages": languages,
            "classes": fit.classes,
        }

    return Trained(fill, {name: round(value, 6) for name, value in metrics.items()})


def languages_read(examples: Sequence[dict[str, Any]]) -> list[str]:
    """The languages that enough examples are of for the model to claim them; the commonest one in any case,
    since none at all would mean every language.
    """
    counts = Counter(str(one["language"]) for one in examples if one.get("language"))
    enough = {code for code, count in counts.items() if count >= FEWEST_OF_A_LANGUAGE}
    return sorted(enough or {code for code, _count in counts.most_common(1)})


def _dev_metrics(fit: Fit, weights: Any, bias: Any, temperature: float) -> dict[str, float]:
    if not len(fit.dev):
        return {}
    answers = fit.indices(fit.dev)
    chances = softmax((fit.features[fit.dev] @ weights.T + bias) / temperature)
    best = chances.argmax(axis=1)
    return {
        "dev_accuracy": float((best == answers).mean()),
        "dev_macro_f1": float(f1_score(answers, best, average="macro")),
        "dev_log_loss": log_loss(np.log(np.maximum(chances, 1e-12)), answers, 1.0),
        "dev_calibration_error": calibration_error(chances, answers),
    }
