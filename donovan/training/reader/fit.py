"""Training of the reader: `python -m donovan.training.reader.fit --sets FOLDER --base FOLDER --out FOLDER`.

Two batches at a time, one a core, each on one thread; their gradients are added in a fixed order, so the same
seed gives the same weights to the digit. It keeps its state every hundred steps and goes on from there.
"""

import argparse
import importlib
import json
import math
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.training.reader import mixture as mixtures
from donovan.training.reader.examples import SUPPORTED, UNSUPPORTED, JudgeExample, ReadExample
from retrieval.reader_network import RANK, SCALE, Network

WORKERS = 2
TOKENS = 2048
"""Tokens of one batch, padding counted."""
LONGEST = 256
FIRST_CHANGED = 5
"""The layers below are left as they are: what they know of words is what is needed, and it saves time."""
RATE, HEAD_RATE = 4e-4, 1e-3
WARM_UP = 0.04
RANKING, WORDS = 0.5, 0.3
KEEP_EVERY = 100


@dataclass(frozen=True)
class Row:
    """An example as tokens."""

    ids: list[int]
    spans: list[tuple[int, int]]
    labels: list[bool]
    words: list[float] | None
    judged: int = -1


class Trainer:
    """The network with its low-rank changes as parameters."""

    def __init__(self, base: Path, seed: int) -> None:
        self.torch: Any = importlib.import_module("torch")
        self.torch.set_num_threads(1)
        self.network = Network(base)
        generator = self.torch.Generator().manual_seed(seed)
        self.weights: dict[str, Any] = {}
        for name, layer in self.network.linear_layers().items():
            if int(name.split(".")[0]) < FIRST_CHANGED:
                continue
            rows, columns = layer.weight.shape
            a = self.torch.randn(RANK, columns, generator=generator) / math.sqrt(columns)
            self._learn(f"{name}.a", a)
            self._learn(f"{name}.b", self.torch.zeros(rows, RANK))
            layer.forward = self._changed(layer, name)
        for name, shape in self.network.head_shapes().items():
            value = self.torch.randn(*shape, generator=generator) * (0.02 if len(shape) > 1 else 0.0)
            self._learn(name, value)

    def _learn(self, name: str, value: Any) -> None:
        self.weights[name] = value.clone().requires_grad_(True)

    def _changed(self, layer: Any, name: str) -> Any:
        linear = self.torch.nn.functional.linear
        a, b = self.weights[f"{name}.a"], self.weights[f"{name}.b"]

        def forward(x: Any) -> Any:
            return linear(x, layer.weight, layer.bias) + SCALE * linear(linear(x, a), b)

        return forward

    def loss(self, rows: Sequence[Row]) -> Any:
        functional = self.torch.nn.functional
        batch = self.network.batch_of([row.ids for row in rows], [row.spans for row in rows])
        states = self.network.states(batch)
        if rows[0].judged >= 0:
            scores = self.network.judge_scores(states, batch, self.weights)
            logs = functional.log_softmax(scores, dim=1)
            losses = []
            for row, log in zip(rows, logs, strict=True):
                if row.judged == UNSUPPORTED:
                    losses.append(-self.torch.logsumexp(log[1:], dim=0))
                else:
                    losses.append(-log[row.judged])
            return self.torch.stack(losses).mean()
        losses = []
        for row, scores in zip(rows, self.network.span_scores(states, batch, self.weights), strict=True):
            right = self.torch.tensor(row.labels, dtype=scores.dtype)
            loss = functional.binary_cross_entropy_with_logits(scores, right)
            if any(row.labels) and len(row.labels) > 1:
                logs = functional.log_softmax(scores, dim=0)
                loss = loss - RANKING * self.torch.logsumexp(logs[right > 0], dim=0)
            losses.append(loss)
        total = self.torch.stack(losses).mean()
        told = [i for i, row in enumerate(rows) if row.words is not None]
        if told:
            words = self.network.word_scores(states, self.weights)
            parts = []
            for i in told:
                right = self.torch.tensor(rows[i].words, dtype=words.dtype)
                parts.append(functional.binary_cross_entropy_with_logits(words[i, : len(right)], right))
            total = total + WORDS * self.torch.stack(parts).mean()
        return total

    def gradients(self, rows: Sequence[Row]) -> tuple[float, tuple[Any, ...]]:
        loss = self.loss(rows)
        values = self.torch.autograd.grad(loss, list(self.weights.values()), allow_unused=True)
        return float(loss.detach()), values


def rows_of_reading(network: Network, examples: Sequence[ReadExample]) -> list[Row]:
    rows = []
    for example in examples:
        ids, spans, where = network.encode_window(
            example.question, example.title, example.text, example.spans, LONGEST
        )
        kept = [i for i, (first, past) in enumerate(spans) if past > first]
        if not kept:
            continue
        words = None
        if example.answers:
            words = [float(any(a < y and x < b for x, y in example.answers)) if b > 0 else 0.0 for a, b in where]
        rows.append(Row(ids, [spans[i] for i in kept], [example.labels[i] for i in kept], words))
    return rows


def rows_of_judging(network: Network, examples: Sequence[JudgeExample]) -> list[Row]:
    return [Row(network.encode_pair(e.statement, e.evidence, LONGEST), [], [], None, e.label) for e in examples]


def batches(rows: Sequence[Row], chance: random.Random) -> list[list[Row]]:
    """Rows of about the same length together, TOKENS at a time, in a random order."""
    made: list[list[Row]] = []
    pool = 4096
    for start in range(0, len(rows), pool):
        batch: list[Row] = []
        for row in sorted(rows[start : start + pool], key=lambda row: len(row.ids)):
            if batch and (len(batch) + 1) * len(row.ids) > TOKENS:
                made.append(batch)
                batch = []
            batch.append(row)
        made.append(batch)
    chance.shuffle(made)
    return made


def held_figures(trainer: Trainer, reading: Sequence[Row], judging: Sequence[Row]) -> dict[str, float]:
    """How often the best span of a window that holds an answer answers, and how often a judgement is right."""
    torch, network = trainer.torch, trainer.network
    first = answered = right = 0
    with torch.inference_mode():
        for row in reading:
            batch = network.batch_of([row.ids], [row.spans])
            if any(row.labels) and len(row.labels) > 1:
                scores = network.span_scores(network.states(batch), batch, trainer.weights)[0]
                answered += 1
                first += row.labels[int(scores.argmax())]
        for row in judging:
            batch = network.batch_of([row.ids])
            scores = network.judge_scores(network.states(batch), batch, trainer.weights)[0]
            is_supported = int(scores.argmax()) == SUPPORTED
            right += is_supported == (row.judged == SUPPORTED)
    return {"first": first / max(1, answered), "judged": right / max(1, len(judging))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--passes", type=float, default=1.0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    train(options.sets, options.base, options.out, options.seed, options.passes)


def train(sets: Path, base: Path, out: Path, seed: int, passes: float) -> None:
    """Train to the end, from the last state kept in `out` where there is one."""
    kept = out / "mixture.jsonl"
    if not kept.exists():
        mixtures.write(mixtures.gather(sets, seed, lambda line: print(line, flush=True)), kept)
    mixture = mixtures.read(kept)
    trainer = Trainer(base, seed)
    torch = trainer.torch
    held = (
        rows_of_reading(trainer.network, mixture.reading_held)[:250],
        rows_of_judging(trainer.network, mixture.judging_held)[:300],
    )
    order: list[list[Row]] = []
    rows = [*batches(rows_of_reading(trainer.network, mixture.reading), random.Random(seed)),
            *batches(rows_of_judging(trainer.network, mixture.judging), random.Random(seed))]  # fmt: skip
    for number in range(math.ceil(passes)):
        shuffled = list(rows)
        random.Random(f"{seed}/{number}").shuffle(shuffled)
        order.extend(shuffled)
    order = order[: int(len(rows) * passes)]
    steps = len(order) // WORKERS
    heads = [value for name, value in trainer.weights.items() if name.startswith("head.")]
    changes = [value for name, value in trainer.weights.items() if not name.startswith("head.")]
    optimizer = torch.optim.AdamW(
        [{"params": changes, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01, betas=(0.9, 0.98)
    )
    begin = _resume(out, trainer, optimizer)
    print(f"{len(rows)} batches, {steps} steps, from {begin}", flush=True)
    warm = max(1, int(steps * WARM_UP))
    started, running = time.monotonic(), 0.0
    with ThreadPoolExecutor(WORKERS) as pool:
        for step in range(begin, steps):
            share = min((step + 1) / warm, max(0.02, (steps - step) / (steps - warm)))
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
                _keep(out, trainer, optimizer, step + 1)
                figures = held_figures(trainer, *held) if (step + 1) % (KEEP_EVERY * 3) == 0 or step + 1 == steps else {}
                told_so = " ".join(f"{name} {value:.3f}" for name, value in figures.items())
                spent = time.monotonic() - started
                print(f"step {step + 1} of {steps}, loss {running / KEEP_EVERY:.4f}, {spent:.0f} s {told_so}", flush=True)
                running = 0.0


def _keep(out: Path, trainer: Trainer, optimizer: Any, step: int) -> None:
    save_file = importlib.import_module("safetensors.torch").save_file
    values = {name: value.detach().clone() for name, value in trainer.weights.items()}
    for number, parameter in enumerate(trainer.weights.values()):
        state = optimizer.state.get(parameter)
        if state:
            values |= {f"state.{number}.{part}": state[part].clone() for part in ("step", "exp_avg", "exp_avg_sq")}
    beside = out / "state.safetensors.part"
    save_file(values, str(beside), metadata={"step": str(step)})
    beside.rename(out / "state.safetensors")
    (out / "progress.json").write_text(json.dumps({"step": step}))


def _resume(out: Path, trainer: Trainer, optimizer: Any) -> int:
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
