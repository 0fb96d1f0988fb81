"""The loop: steps of an optimizer, a checkpoint every so many of them, and on from the last one after a kill.

A step is decided by the seed, its number and the state that a checkpoint holds (the adapter and the two
moments of AdamW), so a run that was killed ends with the same adapter as one that was not.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from donovan.training.checkpoints import load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, TrainingRefused
from donovan.training.trainers.language_model.base import adapter_tensors
from donovan.training.trainers.language_model.losses import preference_loss, supervised_loss
from donovan.training.trainers.language_model.options import Options
from donovan.training.trainers.language_model.sequences import Continued, Pair

WARM_UP = 0.1
LONGEST_GRADIENT = 1.0
DIVERGED = "The training diverged: the loss is no number any more. Lower learning_rate."
NO_NUMBER_AT_FIRST = (
    "The language model gave no number for the very first examples, so nothing was learned. Let the training "
    "go on; if it says so again, ask the system owner to check the model file and the machine."
)
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Step:
    """The examples of one step: all corrected answers, or all preferences."""

    answered: tuple[Continued, ...] = ()
    preferred: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All steps in order. `key` says what decides them: a checkpoint of another plan is not gone on from."""

    steps: Sequence[Step]
    key: str


def learn(
    model: Any,
    plan: Plan,
    options: Options,
    *,
    work: Path,
    on_progress: OnProgress,
    is_stopped: Callable[[], bool],
) -> list[float]:
    """Train the adapter of `model` through all steps of the plan; the losses, one a step.

    Raises Stopped after a checkpoint was written, TrainingRefused when the loss is no number any more.
    """
    loop = _Loop(model, plan, options, work)
    losses = loop.take_up()
    total, written = len(plan.steps), len(losses) or None
    on_progress(Progress(len(losses), total, None, "the model is loaded", written))
    while len(losses) < total:
        losses.append(loop.step(len(losses)))
        done, stops = len(losses), is_stopped()
        if done % options.checkpoint_every == 0 or done == total or stops:
            loop.write(losses)
            written = done
        on_progress(Progress(done, total, losses[-1], "learning", written))
        if stops and done < total:
            raise Stopped
    return losses


def share_of_rate(number: int, total: int) -> float:
    """Up along a line for the first tenth of the steps, then down along a line to nearly nothing."""
    warm = max(1, round(total * WARM_UP))
    return (number + 1) / warm if number < warm else (total - number) / max(1, total - warm + 1)


class _Loop:
    """The adapter in training, its optimizer, and their checkpoints."""

    def __init__(self, model: Any, plan: Plan, options: Options, work: Path) -> None:
        self._model = model
        self._plan = plan
        self._options = options
        self._work = work
        self._tensors = adapter_tensors(model)
        self._optimizer = torch.optim.AdamW(list(self._tensors.values()), weight_decay=0.0)

    def step(self, number: int) -> float:
        """Learn from the examples of one step; its loss."""
        step, options = self._plan.steps[number], self._options
        rate = options.preference_learning_rate if step.preferred else options.learning_rate
        for group in self._optimizer.param_groups:
            group["lr"] = rate * share_of_rate(number, len(self._plan.steps))
        if step.preferred:
            loss = preference_loss(self._model, step.preferred, options)
        else:
            loss = supervised_loss(self._model, step.answered)
        loss.backward()
        length = torch.nn.utils.clip_grad_norm_(list(self._tensors.values()), LONGEST_GRADIENT)
        value = float(loss.detach())
        if not math.isfinite(value) or not math.isfinite(float(length)):
            # Before the weights are touched: the last checkpoint stays one that can be gone on from.
            raise TrainingRefused(DIVERGED if number else NO_NUMBER_AT_FIRST)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return value

    def write(self, losses: list[float]) -> None:
        """A checkpoint of the step that was done last."""
        kept = {f"adapter.{name}": tensor for name, tensor in self._tensors.items()}
        for name, tensor in self._tensors.items():
            state = self._optimizer.state[tensor]
            kept |= {f"{moment}.{name}": state[moment] for moment in _MOMENTS}
        save_checkpoint(self._work, len(losses), kept, {"plan": self._plan.key, "losses": losses})

    def take_up(self) -> list[float]:
        """Bring adapter and optimizer to the last checkpoint of this plan; the losses until then."""
        found = load_last(self._work)
        if found is None or found.state.get("plan") != self._plan.key:
            return []
        kept = found.tensors()
        with torch.no_grad():
            for name, tensor in self._tensors.items():
                tensor.copy_(kept[f"adapter.{name}"])
                self._optimizer.state[tensor] = {
                    "step": torch.tensor(float(found.step)),
                    **{moment: kept[f"{moment}.{name}"].clone() for moment in _MOMENTS},
                }
        return [float(loss) for loss in found.state["losses"]]
