"""What every trainer is given and gives back. Trainers are plain functions: they know no database.

    train_X(train, dev, *, work, settings, seed, on_progress, is_stopped) -> Trained

`train` and `dev` are examples in the one shape of data sets. `work` is the job's folder and survives a kill:
a trainer writes a checkpoint there every so many steps (see `checkpoints`) and, called again with the same
folder, goes on from the last one to the same result. It calls `is_stopped` at least at every checkpoint and
raises `Stopped` once it has written one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Progress:
    """How far a job is. `checkpoint` is the step of the last checkpoint on disk, None before the first."""

    step: int
    total_steps: int
    loss: float | None = None
    words: str = ""
    checkpoint: int | None = None


OnProgress = Callable[[Progress], None]
"""Called by a trainer as often as it likes; the receiver thins it out."""


class Stopped(Exception):
    """The trainer was asked to stop, has written a checkpoint and left."""


class TrainingRefused(Exception):
    """A trainer cannot work with these examples or settings. `sentence` says why, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Trained:
    """A finished training. `fill` puts the model's files into an empty folder and returns facts for its
    manifest. `metrics` are the figures on the dev split, by name.
    """

    fill: Callable[[Path], Mapping[str, Any]]
    metrics: dict[str, float] = field(default_factory=dict)


class Trainer(Protocol):
    """The shape of every `train_X` function."""

    def __call__(
        self,
        train: Sequence[dict[str, Any]],
        dev: Sequence[dict[str, Any]],
        *,
        work: Path,
        settings: Mapping[str, Any],
        seed: int,
        on_progress: OnProgress,
        is_stopped: Callable[[], bool],
    ) -> Trained: ...
