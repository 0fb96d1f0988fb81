"""The steps of a fine-tuning: batches in a fixed order, a loss, checkpoints; stopped and gone on from.

Loss: multiple negatives ranking (sentence-transformers; Henderson et al. 2017) over the batch and one hard
negative a question, plus the distance of the guard texts' vectors from where the base model puts them.
"""

import importlib
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.training.checkpoints import Checkpoint, load_last, save_checkpoint
from donovan.training.contract import OnProgress, Progress, Stopped, TrainingRefused
from donovan.training.trainers.retriever_model import Matrix, Model
from donovan.training.trainers.retriever_rows import Judged

SCALE = 20.0
WEIGHT_DECAY = 0.0
WARM_UP = 0.1
LARGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class Plan:
    """How a fine-tuning goes; with the seed it decides every step."""

    epochs: int = 3
    batch: int = 16
    learning_rate: float = 2e-5
    tokens: int = 128
    negatives: int = 4
    guard_weight: float = 10.0
    guards_at_once: int = 16
    made_guards: int = 200
    tunes_tokens: bool = False
    checkpoint_every: int = 20


@dataclass(frozen=True)
class Guard:
    """Texts and the vectors (n, d) that the base model gives them."""

    texts: Sequence[str]
    vectors: Matrix


def batches(judged: Judged, plan: Plan, seed: int) -> list[list[tuple[int, int]]]:
    """Every batch of the training as (question, epoch). No two of a batch have an answering passage in
    common, so that none is another's false negative.
    """
    rng = random.Random(seed)  # noqa: S311  # an order, not a secret
    made: list[list[tuple[int, int]]] = []
    for epoch in range(plan.epochs):
        waiting = list(range(len(judged.train)))
        rng.shuffle(waiting)
        while waiting:
            batch, used, left = list[tuple[int, int]](), set[int](), list[int]()
            for question in waiting:
                good = judged.train[question].grades
                if len(batch) < plan.batch and used.isdisjoint(good):
                    batch.append((question, epoch))
                    used |= set(good)
                else:
                    left.append(question)
            made.append(batch)
            waiting = left
    # One alone has nothing to be told apart from.
    return [batch for batch in made if len(batch) > 1]


class Tuning:
    """A fine-tuning under way. `negatives` are passages for each train question, hardest first."""

    def __init__(
        self,
        model: Model,
        judged: Judged,
        negatives: Sequence[Sequence[int]],
        *,
        plan: Plan,
        guard: Guard,
        seed: int,
    ) -> None:
        self._model, self._judged, self._negatives = model, judged, negatives
        self._plan, self._guard, self._seed = plan, guard, seed
        self._batches = batches(judged, plan, seed)
        losses: Any = importlib.import_module("sentence_transformers.sentence_transformer.losses")
        self._ranking = losses.MultipleNegativesRankingLoss(model.network, scale=SCALE)
        self._learning = model.trained_parameters(with_tokens=plan.tunes_tokens)
        torch = model.torch
        self._optimizer = torch.optim.AdamW(
            list(self._learning.values()), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY
        )
        self._guard_vectors = torch.from_numpy(guard.vectors)

    @property
    def steps(self) -> int:
        return len(self._batches)

    def run(
        self,
        work: Path,
        state: Mapping[str, Any],
        *,
        total: int,
        on_progress: OnProgress,
        is_stopped: Callable[[], bool],
    ) -> list[float]:
        """Take every step that is left; the losses of all steps. `state` is kept in each checkpoint.

        Raises Stopped after a checkpoint.
        """
        last = load_last(work)
        done, losses = 0, []
        if last is not None and last.step > 0:
            done, losses = last.step, [float(loss) for loss in last.state["losses"]]
            self._take_over(last)
        saved = done
        for step in range(done, self.steps):
            losses.append(round(self._step(step), 6))
            done = step + 1
            stopping = is_stopped()
            if stopping or done % self._plan.checkpoint_every == 0 or done == self.steps:
                save_checkpoint(work, done, self._tensors(), {**state, "losses": losses})
                saved = done
            on_progress(Progress(done, total, losses[-1], "learning from the labels", saved))
            if stopping:
                raise Stopped
        return losses

    def _step(self, step: int) -> float:
        model, plan, torch = self._model, self._plan, self._model.torch
        # Seeded anew at every step: dropout is then the same whether or not the training was cut here.
        torch.manual_seed(self._seed * 1_000_003 + step)
        model.network.train()
        for group in self._optimizer.param_groups:
            group["lr"] = plan.learning_rate * self._slope(step)
        self._optimizer.zero_grad(set_to_none=True)
        with model.narrowed():
            columns = [model.vectors_of(tokens) for tokens in self._columns(step)]
        # In float32: of two scores that differ in the third place bfloat16 sees one.
        loss = self._ranking.compute_loss_from_embeddings(columns, None)
        loss.backward()
        if plan.guard_weight and len(self._guard.texts):
            self._hold_fast(step).backward()
        norm = torch.nn.utils.clip_grad_norm_(list(self._learning.values()), LARGEST_GRADIENT)
        if not (math.isfinite(float(loss.detach())) and math.isfinite(float(norm))):
            # Nothing of it reaches the weights or a checkpoint.
            raise TrainingRefused(f"The loss of step {step + 1} is not a number. Set a lower learning rate.")
        self._optimizer.step()
        return float(loss.detach())

    def _columns(self, step: int) -> list[dict[str, Any]]:
        """The batch in columns of tokens: questions, passages that answer and, if all have one, negatives."""
        rng = random.Random(self._seed * 7_919 + step)  # noqa: S311  # an order, not a secret
        questions, good, bad = [], [], []
        for position, epoch in self._batches[step]:
            question = self._judged.train[position]
            places = sorted(question.grades)
            heights = [question.grades[place] for place in places]
            questions.append(question.text)
            good.append(self._judged.passages[rng.choices(places, heights)[0]].whole)
            hard = self._negatives[position]
            if hard:
                bad.append(self._judged.passages[hard[epoch % len(hard)]].whole)
        columns = [self._model.tokens(questions, is_query=True, most=self._plan.tokens)]
        columns.append(self._model.tokens(good, is_query=False, most=self._plan.tokens))
        if len(bad) == len(good):
            columns.append(self._model.tokens(bad, is_query=False, most=self._plan.tokens))
        return columns

    def _hold_fast(self, step: int) -> Any:
        """How far vectors of some guard texts have moved: 1 - cosine, times the weight of the plan."""
        rng = random.Random(self._seed * 104_729 + step)  # noqa: S311  # a sample, not a secret
        rows = rng.sample(
            range(len(self._guard.texts)), min(self._plan.guards_at_once, len(self._guard.texts))
        )
        # Without dropout: the aim is the base model's vector, not one with parts left out.
        self._model.network.eval()
        with self._model.narrowed():
            tokens = self._model.tokens(
                [self._guard.texts[row] for row in rows], is_query=False, most=self._plan.tokens
            )
            vectors = self._model.vectors_of(tokens)
        moved = 1 - (vectors * self._guard_vectors[rows]).sum(dim=1)
        return self._plan.guard_weight * moved.mean()

    def _slope(self, step: int) -> float:
        """The share of the learning rate at a step: up for a tenth of the way, then down in a line."""
        warm = max(1, int(WARM_UP * self.steps))
        if step < warm:
            return (step + 1) / warm
        return max(0.0, (self.steps - step) / max(1, self.steps - warm))

    def _tensors(self) -> dict[str, Any]:
        tensors = {f"weight/{name}": one for name, one in self._learning.items()}
        for name, one in self._learning.items():
            for key, value in self._optimizer.state[one].items():
                tensors[f"{key}/{name}"] = self._model.torch.as_tensor(value)
        return tensors

    def _take_over(self, last: Checkpoint) -> None:
        tensors = last.tensors()
        self._model.set_weights(
            {name.removeprefix("weight/"): t for name, t in tensors.items() if name.startswith("weight/")}
        )
        for name, one in self._learning.items():
            self._optimizer.state[one] = {
                key: tensors[f"{key}/{name}"]
                for key in ("step", "exp_avg", "exp_avg_sq")
                if f"{key}/{name}" in tensors
            }
