"""A trainer without heavy libraries: gradient steps with momentum, slow enough to be killed.

It runs in the real process of a training; only the library that would take ten seconds to load is not there.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from donovan.training.checkpoints import load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, Trained

STEPS = 60
EVERY = 5


def train_counting(
    train: Sequence[dict[str, Any]],
    dev: Sequence[dict[str, Any]],
    *,
    work: Path,
    settings: Mapping[str, Any],
    seed: int,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> Trained:
    random = np.random.default_rng(seed)
    data = random.normal(size=(len(train), 8))
    right = data @ random.normal(size=8)
    weights, speed, first = np.zeros(8), np.zeros(8), 0
    last = load_last(work)
    if last is not None:
        kept = last.arrays()
        weights, speed, first = kept["weights"], kept["speed"], last.step
    checkpoint = first or None
    for step in range(first + 1, STEPS + 1):
        rows = np.random.default_rng([seed, step]).permutation(len(train))[:16]
        wrong = data[rows] @ weights - right[rows]
        speed = 0.9 * speed - 0.02 * (data[rows].T @ wrong) / len(rows)
        weights = weights + speed
        time.sleep(float(settings.get("pause", 0.02)))
        if step % EVERY == 0 or step == STEPS:
            save_checkpoint(work, step, {"weights": weights, "speed": speed}, {})
            checkpoint = step
        on_progress(Progress(step, STEPS, float((wrong**2).mean()), "counting", checkpoint))
        if is_stopped() and checkpoint == step:
            raise Stopped

    def fill(folder: Path) -> dict[str, Any]:
        save_file({"weights": weights}, folder / "counting.safetensors")
        return {"base": "none", "base_digest": ""}

    return Trained(fill, {"loss": float((wrong**2).mean())})
