"""How far probabilities can be believed, and from which one on something is done about it."""

from typing import Any

import numpy as np

NEVER = 2.0
"""A threshold that no probability reaches."""

LEAST_VETOES = 8


def log_loss(scores: Any, answers: Any, temperature: float) -> float:
    """Mean negative log probability of the right answers at a temperature."""
    chances = softmax(scores / temperature)
    return float(-np.log(np.maximum(chances[np.arange(len(answers)), answers], 1e-12)).mean())


def softmax(scores: Any) -> Any:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def best_temperature(scores: Any, answers: Any) -> float:
    """The temperature with the least log loss, from a fine grid: one number cannot overfit."""
    grid = np.geomspace(0.1, 20.0, 121)
    return float(min(grid, key=lambda temperature: log_loss(scores, answers, float(temperature))))


def calibration_error(chances: Any, answers: Any, bins: int = 10) -> float:
    """Expected calibration error: how far the probability of the best class is from how often it is right."""
    best, right = chances.max(axis=1), chances.argmax(axis=1) == answers
    places = np.minimum((best * bins).astype(int), bins - 1)
    gaps = [
        abs(best[places == one].mean() - right[places == one].mean()) * (places == one).mean()
        for one in range(bins)
        if (places == one).any()
    ]
    return float(sum(gaps))


def veto_threshold(chances: Any, is_unsupported: Any, precision: float) -> float:
    """The lowest probability from which vetoes were right at least `precision` of the time, held out.

    NEVER where there is none with enough vetoes to tell.
    """
    for threshold in np.arange(0.5, 1.0, 0.01):
        vetoed = chances >= threshold
        if vetoed.sum() >= LEAST_VETOES and is_unsupported[vetoed].mean() >= precision:
            return float(round(threshold, 2))
    return NEVER
