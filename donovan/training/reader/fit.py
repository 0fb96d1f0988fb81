"""Training of the reader: `python -m donovan.training.reader.fit --sets FOLDER --base FOLDER --out FOLDER`.

Two batches at a time, one a core, each on one thread; their gradients are added in a fixed order, so the same
seed gives the same weights to the digit. It keeps its state every fifty steps and goes on from there.
"""

import argparse
import importlib
import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from donovan.training.reader import mixture as mixtures
from donovan.training.reader.examples import SUPPORTED
from donovan.training.reader.learning import (
    HEAD_RATE,
    RATE,
    TOKENS,
    Row,
    Trainer,
    rows_of_judging,
    rows_of_reading,
)

WORKERS = 2
WARM_UP = 0.04
KEEP_EVERY = 50
WATCH_EVERY = 300
"""Steps after which the state is kept, and after which the examples held out are read."""


def batches(rows: Sequence[Row], chance: random.Random) -> list[list[Row]]:
    """Rows of about the same length together, TOKENS at a time, in a random order."""
    made: list[list[Row]] = []
    pool = 1024
    for start in range(0, len(rows), pool):
        batch: list[Row] = []
        for row in sorted(rows[start : start + pool], key=lambda row: len(row.told.ids)):
            if batch and (len(batch) + 1) * (len(row.told.ids) + len(row.asked.ids)) > TOKENS:
                made.append(batch)
                batch = []
            batch.append(row)
        made.append(batch)
    chance.shuffle(made)
    return made


def held_figures(trainer: Trainer, reading: Sequence[Row], judging: Sequence[Row]) -> dict[str, float]:
    """How often the best span of a window that holds an answer answers, how often it is also the best of ten
    windows, and how often a judgement is right.
    """
    first = among = answered = right = 0
    network = trainer.network
    with trainer.torch.inference_mode():
        for start in range(0, len(reading), 10):
            rows = reading[start : start + 10]
            asked, told = trainer.states(rows)
            for i, row in enumerate(rows):
                if not any(row.labels) or len(row.labels) < 2:
                    continue
                own = network.span_scores(asked[i], told[i], row.spans, trainer.weights)
                others = [
                    float(network.span_scores(asked[i], told[j], other.spans, trainer.weights).max())
                    for j, other in enumerate(rows)
                    if other.asked.ids != row.asked.ids
                ]
                is_first = row.labels[int(own.argmax())]
                answered += 1
                first += is_first
                among += is_first and float(own.max()) > max(others, default=-1e9)
        for row in judging:
            said, shown = trainer.states([row])
            scores = network.judge_scores(said[0], shown[0], trainer.weights)
            right += (int(scores.argmax()) == SUPPORTED) == (row.judged == SUPPORTED)
    total = max(1, answered)
    return {"first": first / total, "among": among / total, "judged": right / max(1, len(judging))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--passes", type=float, default=0.14, help="share of the examples that is learned from"
    )
    parser.add_argument("--until", type=int, default=200, help="step from which on the rate falls to nothing")
    parser.add_argument("--cool-down", type=int, default=60, help="steps in which it falls")
    parser.add_argument("--half", action="store_true", help="compute the encoder in bfloat16")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(options.seed, options.passes, options.until, options.cool_down, options.half)
    train(options.sets, options.base, options.out, plan)


@dataclass(frozen=True)
class Plan:
    """How much is learned from, and how the rate goes: up in the first steps, slowly down, and from step
    `until` on to nothing within `cool_down` steps.
    """

    seed: int
    passes: float
    until: int
    cool_down: int
    is_half: bool = False

    def share_of_rate(self, step: int, planned: int) -> float:
        """What the rates are multiplied by at a step; `planned` are the steps that all examples would
        take.
        """
        warm = max(1, int(planned * WARM_UP))
        share = min((step + 1) / warm, max(0.02, (planned - step) / (planned - warm)))
        if step >= self.until:
            share *= max(0.02, 1.0 - (step - self.until) / self.cool_down)
        return share


def train(sets: Path, base: Path, out: Path, plan: Plan) -> None:
    """Train to the end, from the last state kept in `out` where there is one."""
    kept = out / "mixture.jsonl"
    if not kept.exists():
        mixtures.write(mixtures.gather(sets, plan.seed, lambda line: print(line, flush=True)), kept)
    mixture = mixtures.read(kept)
    trainer = Trainer(base, plan.seed, is_half=plan.is_half)
    torch = trainer.torch
    held = (
        rows_of_reading(trainer.network, mixture.reading_held[:240]),
        rows_of_judging(trainer.network, mixture.judging_held[:250]),
    )
    reading = rows_of_reading(trainer.network, mixture.reading[: int(len(mixture.reading) * plan.passes)])
    judging = rows_of_judging(trainer.network, mixture.judging[: int(len(mixture.judging) * plan.passes)])
    order = [*batches(reading, random.Random(plan.seed)), *batches(judging, random.Random(plan.seed))]  # noqa: S311
    random.Random(plan.seed).shuffle(order)  # noqa: S311
    planned = len(order) // WORKERS
    steps = min(planned, plan.until + plan.cool_down)
    optimizer = trainer.optimizer(RATE, HEAD_RATE)
    begin = resume(out, trainer, optimizer)
    print(f"{len(order)} batches, {steps} steps, from {begin}", flush=True)
    started, running = time.monotonic(), 0.0
    with ThreadPoolExecutor(WORKERS) as pool:
        for step in range(begin, steps):
            share = plan.share_of_rate(step, planned)
            for group, rate in zip(optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
                group["lr"] = rate * share
            results = list(pool.map(trainer.gradients, order[step * WORKERS : (step + 1) * WORKERS]))
            for parameter, *grads in zip(trainer.weights.values(), *(r[1] for r in results), strict=True):
                told = [grad for grad in grads if grad is not None]
                parameter.grad = sum(told[1:], told[0]) / WORKERS if told else None
            torch.nn.utils.clip_grad_norm_(list(trainer.weights.values()), 1.0)
            optimizer.step()
            running += sum(r[0] for r in results) / WORKERS
            if (step + 1) % KEEP_EVERY == 0 or step + 1 == steps:
                keep(out, trainer, optimizer, step + 1)
                figures = (
                    held_figures(trainer, *held) if (step + 1) % WATCH_EVERY == 0 or step + 1 == steps else {}
                )
                told_so = " ".join(f"{name} {value:.3f}" for name, value in figures.items())
                spent = time.monotonic() - started
                print(
                    f"step {step + 1} of {steps}, loss {running / KEEP_EVERY:.4f}, {spent:.0f} s {told_so}",
                    flush=True,
                )
                running = 0.0


class Learner(Protocol):
    """Whatever is trained: what it learns, by name."""

    torch: Any
    weights: dict[str, Any]


def keep(out: Path, trainer: Learner, optimizer: Any, step: int) -> None:
    """Keep what was learned and the state of the optimizer in `out`, all of it or the last one whole."""
    save_file = importlib.import_module("safetensors.torch").save_file
    values = {name: value.detach().clone() for name, value in trainer.weights.items()}
    for number, parameter in enumerate(trainer.weights.values()):
        state = optimizer.state.get(parameter)
        if state:
            values |= {
                f"state.{number}.{part}": state[part].clone() for part in ("step", "exp_avg", "exp_avg_sq")
            }
    staged = out / "state.safetensors.part"
    save_file(values, str(staged), metadata={"step": str(step)})
    staged.rename(out / "state.safetensors")
    (out / "progress.json").write_text(json.dumps({"step": step}))


def resume(out: Path, trainer: Learner, optimizer: Any) -> int:
    """Go on from what `keep` kept in `out`; returns the step it stood at, 0 without any."""
    path = out / "state.safetensors"
    if not path.exists():
        return 0
    with importlib.import_module("safetensors").safe_open(str(path), "pt") as stream:
        step = int(stream.metadata()["step"])
        names = set(stream.keys())
        with trainer.torch.no_grad():
            for number, (name, value) in enumerate(trainer.weights.items()):
                value.copy_(stream.get_tensor(name))
                if f"state.{number}.step" in names:
                    parts = ("step", "exp_avg", "exp_avg_sq")
                    optimizer.state[value] = {p: stream.get_tensor(f"state.{number}.{p}") for p in parts}
    return step


if __name__ == "__main__":
    main()
