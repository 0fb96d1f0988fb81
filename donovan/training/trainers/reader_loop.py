"""The steps by which the reader learns further from labels: batches in a fixed order, a guard, checkpoints.

The loss and the network are those that it was first trained with. Beside every batch of labels goes one of
guards: texts at hand with what the reader said of them before, to which it is held ("learning without
forgetting", Li and Hoiem 2017), since most of what it was first taught is not here.
"""

import math
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from donovan.training.checkpoints import Checkpoint, load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, TrainingRefused
from donovan.training.reader.learning import HEAD_RATE, RATE, TOKENS, Row, Trainer
from donovan.training.trainers.threads import threads_to_use

WARM_UP = 0.1
LARGEST_GRADIENT = 1.0
GUARDS_AT_ONCE = 12
_AT_ONCE = 16


@dataclass(frozen=True)
class Plan:
    """How a training goes; with the seed it decides every step."""

    epochs: int = 8
    learning_rate: float = 1e-4
    guard_weight: float = 4.0
    guards: int = 200
    checkpoint_every: int = 20


@dataclass(frozen=True)
class Taught:
    """An example as the network takes it, and what it counts."""

    row: Row
    weight: float


@dataclass(frozen=True)
class Guard:
    """Rows of one kind, and the scores that the reader gave them before."""

    rows: Sequence[Row]
    scores: Sequence[Any]


def guard_of(trainer: Trainer, rows: Sequence[Row]) -> Guard:
    """Hold fast to what the reader says of these rows now."""
    return Guard(rows, scores_of(trainer, rows))


def scores_of(trainer: Trainer, rows: Sequence[Row]) -> list[Any]:
    """The raw scores of rows of one kind, as `Trainer.scores` gives them; nothing is learned from it."""
    found: list[Any] = []
    with trainer.torch.no_grad():
        for start in range(0, len(rows), _AT_ONCE):
            found.extend(trainer.scores(rows[start : start + _AT_ONCE]))
    return found


def batches(taught: Sequence[Taught], epochs: int, seed: int) -> list[list[Taught]]:
    """Every batch of the training: rows of one kind, at most TOKENS, in an order drawn from the seed.

    A text stands in a batch under one question only: under another it would be taken for one that does not
    answer.
    """
    chance = random.Random(seed)  # noqa: S311  # an order, not a secret
    made: list[list[Taught]] = []
    for _epoch in range(epochs):
        drawn = list(taught)
        chance.shuffle(drawn)
        open_ones: list[list[Taught]] = []
        for one in drawn:
            batch = next((batch for batch in open_ones if _fits(one, batch)), None)
            if batch is None:
                open_ones.append([one])
            else:
                batch.append(one)
        chance.shuffle(open_ones)
        made.extend(open_ones)
    return made


def _fits(one: Taught, batch: Sequence[Taught]) -> bool:
    rows = [other.row for other in (*batch, one)]
    longest = max(len(row.told.ids) for row in rows) + max(len(row.asked.ids) for row in rows)
    return (
        (one.row.judged < 0) == (batch[0].row.judged < 0)
        and len(rows) * longest <= TOKENS
        and not any(
            other.row.told.ids == one.row.told.ids and other.row.asked.ids != one.row.asked.ids
            for other in batch
        )
    )


class Tuning:
    """A training under way. `guards` hold rows of reading and of judging, each maybe none."""

    def __init__(
        self, trainer: Trainer, taught: Sequence[Taught], guards: Sequence[Guard], *, plan: Plan, seed: int
    ) -> None:
        self._trainer, self._plan, self._seed = trainer, plan, seed
        self._guards = [guard for guard in guards if guard.rows and plan.guard_weight]
        self._batches = batches(taught, plan.epochs, seed)
        heads = [value for name, value in trainer.weights.items() if name.startswith("head.")]
        changes = [value for name, value in trainer.weights.items() if not name.startswith("head.")]
        self._rates = (plan.learning_rate, plan.learning_rate * HEAD_RATE / RATE)
        self._optimizer = trainer.torch.optim.AdamW(
            [{"params": changes}, {"params": heads}], lr=plan.learning_rate, weight_decay=0.0
        )

    @property
    def steps(self) -> int:
        return len(self._batches)

    def run(
        self, work: Path, of: str, *, total: int, on_progress: OnProgress, is_stopped: Callable[[], bool]
    ) -> list[float]:
        """Take every step that is left; the losses of all steps. A checkpoint of anything but `of` does not
        count. Raises Stopped after a checkpoint.
        """
        last = load_last(work)
        done, losses = 0, list[float]()
        if last is not None and last.state.get("of") == of:
            done, losses = last.step, [float(loss) for loss in last.state["losses"]]
            self._take_over(last)
        saved = done or None
        with ThreadPoolExecutor(min(2, threads_to_use())) as pool:
            for step in range(done, self.steps):
                losses.append(round(self._step(step, pool), 6))
                done = step + 1
                stopping = is_stopped()
                if stopping or done % self._plan.checkpoint_every == 0 or done == self.steps:
                    save_checkpoint(work, done, self._tensors(), {"of": of, "losses": losses})
                    saved = done
                on_progress(Progress(done, total, losses[-1], "learning from the labels", saved))
                if stopping:
                    raise Stopped
        return losses

    def _step(self, step: int, pool: ThreadPoolExecutor) -> float:
        """One step. Each part is computed on one thread and they are added in order, so that it is the same
        on one processor and on two.
        """
        torch, weights = self._trainer.torch, list(self._trainer.weights.values())
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * self._slope(step)
        parts = [partial(self._lost, self._batches[step])]
        if self._guards:
            parts.append(partial(self._moved, step))
        results = list(pool.map(self._gradients, parts))
        for parameter, *grads in zip(weights, *(grads for _loss, grads in results), strict=True):
            told = [grad for grad in grads if grad is not None]
            parameter.grad = sum(told[1:], told[0]) if told else None
        norm = torch.nn.utils.clip_grad_norm_(weights, LARGEST_GRADIENT)
        loss = results[0][0]
        if not (math.isfinite(loss) and math.isfinite(float(norm))):
            # Nothing of it reaches the weights or a checkpoint.
            raise TrainingRefused(f"The loss of step {step + 1} is not a number. Set a lower learning rate.")
        self._optimizer.step()
        return loss

    def _gradients(self, part: Callable[[], Any]) -> tuple[float, tuple[Any, ...]]:
        loss = part()
        weights = list(self._trainer.weights.values())
        return float(loss.detach()), self._trainer.torch.autograd.grad(loss, weights, allow_unused=True)

    def _lost(self, batch: Sequence[Taught]) -> Any:
        weights = self._trainer.torch.tensor([one.weight for one in batch])
        return (self._trainer.losses([one.row for one in batch]) * weights).sum() / weights.sum()

    def _moved(self, step: int) -> Any:
        """How far what it says of some guards is from what it said before, times the weight of the plan."""
        functional = self._trainer.torch.nn.functional
        chance = random.Random(self._seed * 104_729 + step)  # noqa: S311  # a sample, not a secret
        guard = self._guards[step % len(self._guards)]
        places = chance.sample(range(len(guard.rows)), min(GUARDS_AT_ONCE, len(guard.rows)))
        now = self._trainer.scores([guard.rows[place] for place in places])
        moved = [
            functional.kl_div(one.log_softmax(0), guard.scores[place].softmax(0), reduction="sum")
            if guard.rows[place].judged >= 0
            else functional.smooth_l1_loss(one, guard.scores[place])
            for one, place in zip(now, places, strict=True)
        ]
        return self._plan.guard_weight * self._trainer.torch.stack(moved).mean()

    def _slope(self, step: int) -> float:
        """The share of the learning rate at a step: up for a tenth of the way, then down in a line."""
        warm = max(1, int(WARM_UP * self.steps))
        if step < warm:
            return (step + 1) / warm
        return max(0.0, (self.steps - step) / max(1, self.steps - warm))

    def _tensors(self) -> dict[str, Any]:
        tensors = {f"weight/{name}": value for name, value in self._trainer.weights.items()}
        for name, value in self._trainer.weights.items():
            for key, part in self._optimizer.state.get(value, {}).items():
                tensors[f"{key}/{name}"] = self._trainer.torch.as_tensor(part)
        return tensors

    def _take_over(self, last: Checkpoint) -> None:
        tensors = last.tensors()
        set_weights(self._trainer, {name: tensors[f"weight/{name}"] for name in self._trainer.weights})
        for name, value in self._trainer.weights.items():
            parts = ("step", "exp_avg", "exp_avg_sq")
            if f"step/{name}" in tensors:
                self._optimizer.state[value] = {key: tensors[f"{key}/{name}"] for key in parts}


def weights_of(trainer: Trainer) -> dict[str, Any]:
    """A copy of what was learned so far."""
    return {name: value.detach().clone() for name, value in trainer.weights.items()}


def set_weights(trainer: Trainer, weights: dict[str, Any]) -> None:
    with trainer.torch.no_grad():
        for name, value in trainer.weights.items():
            value.copy_(weights[name])


def between(start: dict[str, Any], tuned: dict[str, Any], alpha: float) -> dict[str, Any]:
    """The weights that lie `alpha` of the way from `start` to `tuned` (WiSE-FT, Wortsman et al. 2022)."""
    return {name: value + alpha * (tuned[name] - value) for name, value in start.items()}
