"""Fitting a linear re-ranker to lists of candidates, and choosing how far to trust it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from donovan.evaluation import metrics
from donovan.training.contract import TrainingRefused
from donovan.training.trainers.reranker_lists import Ranked, targets
from retrieval.reranking import FEATURES

Floats = npt.NDArray[np.float64]

STRENGTHS = (0.01, 0.1, 1.0)
"""How strongly weights are pulled to those of the fused score alone, for each question."""

ALPHAS = (0.25, 0.5, 0.75, 1.0)
"""How far from the fused score to the fitted one."""

FUSED_SHARPNESS = 20.0
"""The logit of the fused score alone is this many times the score."""

NOISE = 0.002
"""A gain in dev nDCG@10 that is no larger is none."""

FREE = frozenset({"length", "question_length", "has_numbers", "has_names", "is_read", "density"})
"""Features whose weight may be below zero. Every other one counts what question and passage have in common,
and more of that never makes an answer less likely: where labels seem to say so, it is their selection.
"""

_SPREAD = 1e-3
"""The least spread a feature is divided by: one that never varies says nothing."""


@dataclass(frozen=True)
class Choice:
    """Linear weights over standardised features, and dev nDCG@10 of the fused order and of theirs."""

    mean: Floats
    scale: Floats
    weight: Floats
    sharpness: float
    bias: float
    alpha: float
    strength: float
    before: float
    after: float
    loss: float


def choose(train: Sequence[Ranked], dev: Sequence[Ranked], tried: Callable[[int, str], None]) -> Choice:
    """The fit that is best on dev; the fused order itself where none is better by more than noise.

    `tried` is told after each try and may raise. Raises TrainingRefused where there is nothing to learn.
    """
    lists = targets(train)
    if not lists:
        raise TrainingRefused("No labelled passage is among the candidates of its question.")
    rows = np.concatenate([one.features for one in lists])
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), _SPREAD)
    fused = np.zeros(len(FEATURES))
    place = FEATURES.index("fused")
    # A weight on the standardised feature that gives FUSED_SHARPNESS on the plain one.
    fused[place] = FUSED_SHARPNESS * scale[place]
    before = mean_ndcg(dev, fused, mean, scale)
    best = (before, 0.0, 0.0, fused, float(_loss(fused, _standardised(lists, mean, scale))[0]))
    number = 0
    for strength in STRENGTHS:
        weight, loss = fit(lists, fused, strength, mean=mean, scale=scale)
        for alpha in ALPHAS:
            number += 1
            between = fused + alpha * (weight - fused)
            found = mean_ndcg(dev, between, mean, scale)
            if found > best[0] + (NOISE if best[1] == 0.0 else 0.0):
                best = (found, alpha, strength, between, loss)
            tried(number, f"strength {strength:g}, {alpha:.0%} of the way: {found:.3f} nDCG@10")
    after, alpha, strength, weight, loss = best
    sharpness, bias = _as_chances(lists, weight, mean, scale)
    return Choice(
        mean=mean,
        scale=scale,
        weight=weight,
        sharpness=sharpness,
        bias=bias,
        alpha=alpha,
        strength=strength,
        before=round(before, 5),
        after=round(after, 5),
        loss=loss,
    )


def folded(choice: Choice) -> dict[str, Floats]:
    """The arrays of a re-ranker's folder."""
    return {
        "mean": choice.mean,
        "scale": choice.scale,
        "weight": choice.weight * choice.sharpness,
        "bias": np.array([choice.bias]),
    }


def fit(
    lists: Sequence[Ranked], start: Floats, strength: float, *, mean: Floats, scale: Floats
) -> tuple[Floats, float]:
    """Weights (k,) with the least listwise loss plus `strength` times the squared distance from `start`."""
    standardised = _standardised(lists, mean, scale)

    def function(weight: Floats) -> tuple[float, Floats]:
        loss, gradient = _loss(weight, standardised)
        away = weight - start
        return loss + strength * float(away @ away) / 2, gradient + strength * away

    bounds = [(None if name in FREE else 0.0, None) for name in FEATURES]
    options = {"maxiter": 500}
    found = minimize(function, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    weight = np.asarray(found.x, dtype=np.float64)
    return weight, float(_loss(weight, standardised)[0])


def mean_ndcg(lists: Sequence[Ranked], weight: Floats, mean: Floats, scale: Floats) -> float:
    """Mean nDCG@10 over questions ranked by `weight`; equal scores stay in fused order."""
    return float(np.mean([_ndcg(one, ((one.features - mean) / scale) @ weight) for one in lists]))


def _ndcg(one: Ranked, scores: Floats) -> float:
    order = np.argsort(-scores, kind="stable")[:10]
    gold = {str(i): float(grade) for i, grade in enumerate(one.grades) if grade > 0}
    gold |= {f"lost {i}": float(grade) for i, grade in enumerate(one.lost)}
    return metrics.ndcg([str(i) for i in order], gold)


def _standardised(lists: Sequence[Ranked], mean: Floats, scale: Floats) -> list[tuple[Floats, Floats, float]]:
    """For each list the features (n, k), the share of the softmax each candidate should get, the weight."""
    found = []
    for one in lists:
        gain = 2.0 ** one.grades[one.kept] - 1
        found.append(((one.features[one.kept] - mean) / scale, gain / gain.sum(), one.weight))
    return found


def _loss(weight: Floats, lists: Sequence[tuple[Floats, Floats, float]]) -> tuple[float, Floats]:
    """The mean cross-entropy of the softmax over each list, and its gradient."""
    loss, gradient, whole = 0.0, np.zeros_like(weight), 0.0
    for x, target, w in lists:
        logits = x @ weight
        logits = logits - logits.max()
        logs = logits - np.log(np.exp(logits).sum())
        loss -= w * float(target @ logs)
        gradient += w * ((np.exp(logs) - target) @ x)
        whole += w
    return loss / whole, gradient / whole


def _as_chances(lists: Sequence[Ranked], weight: Floats, mean: Floats, scale: Floats) -> tuple[float, float]:
    """Sharpness above 0 and bias that turn a score into the chance that a candidate answers (Platt 1999)."""
    scores = np.concatenate([((one.features - mean) / scale) @ weight for one in lists])
    answers = np.concatenate([one.grades > 0 for one in lists])
    platt = LogisticRegression(C=1e3).fit(scores[:, np.newaxis], answers)
    sharpness = float(platt.coef_[0, 0])
    return (sharpness, float(platt.intercept_[0])) if sharpness > 0 else (1.0, 0.0)
