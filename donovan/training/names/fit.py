"""Training of the tagger of names: `python -m donovan.training.names.fit --sets FOLDER --base FOLDER --out
FOLDER`.

Two threads. It keeps its state every ten steps and goes on from there; the same seed gives the same order of
examples. The rate goes down from step `--until` on, so that a run can be given an earlier end when it is
taken up again.
"""

import argparse
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.training.low_rank import LowRank
from donovan.training.names.sets import Marked, gather
from donovan.training.reader.fit import keep, resume
from donovan.training.reader.learning import FIRST_CHANGED
from retrieval.reader_network import RANK, Network
from retrieval.tagger_network import MOST_PIECES, TAGS, first_head, names_of, tag_scores

THREADS = 2
PIECES = 800
"""Pieces of words in one batch, padding counted."""
RATE, HEAD_RATE = 1e-3, 3e-3
WARM_UP = 12
KEEP_EVERY = 10
WATCH_EVERY = 400
_UNSEEN = -100


@dataclass(frozen=True)
class Row:
    """An example as pieces of words, each with its tag (-100 for the marks at both ends)."""

    ids: list[int]
    tags: list[int]


class Trainer(LowRank):
    """The network with its low-rank changes and its head as parameters. `is_half` as at the reader's."""

    def __init__(self, base: Path, seed: int, *, is_half: bool = False) -> None:
        super().__init__(base, threads=THREADS, is_half=is_half)
        generator = self.torch.Generator().manual_seed(seed)
        first = {}
        for name, layer in self.network.linear_layers().items():
            if int(name.split(".")[0]) < FIRST_CHANGED:
                continue
            rows, columns = layer.weight.shape
            first[f"{name}.a"] = self.torch.randn(RANK, columns, generator=generator) / math.sqrt(columns)
            first[f"{name}.b"] = self.torch.zeros(rows, RANK)
        self.change_layers(first)
        for name, value in first_head(self.torch, self.network.width).items():
            self.learn(name, value)

    def scores(self, rows: Sequence[Row]) -> Any:
        """Raw scores of the tags, shape (rows, longest, tags)."""
        with self.torch.autocast("cpu", dtype=self.torch.bfloat16, enabled=self.is_half, cache_enabled=False):
            states = self.network.states([row.ids for row in rows])
        return tag_scores(states.float(), self.weights)

    def loss(self, rows: Sequence[Row]) -> Any:
        scores = self.scores(rows)
        right = self.torch.full(scores.shape[:2], _UNSEEN)
        for at, row in enumerate(rows):
            right[at, : len(row.tags)] = self.torch.tensor(row.tags)
        return self.torch.nn.functional.cross_entropy(
            scores.flatten(0, 1), right.flatten(), ignore_index=_UNSEEN
        )


def row_of(network: Network, example: Marked) -> Row:
    """An example as pieces with tags: a piece belongs to the name that its middle lies in."""
    made = network.tokenizer(
        example.text, truncation=True, max_length=MOST_PIECES, return_offsets_mapping=True
    )
    tags, before = [], -1
    for start, end in made["offset_mapping"]:
        if end <= start:
            tags.append(_UNSEEN)
            continue
        holds = [i for i, (a, b, _) in enumerate(example.names) if a < end and start < b]
        which = holds[-1] if holds else -1
        kind = example.names[which][2] if holds else ""
        tags.append(TAGS.index(f"{'I' if which == before else 'B'}-{kind}") if holds else 0)
        before = which
    return Row(made["input_ids"], tags)


def batches(rows: Sequence[Row], chance: random.Random) -> list[list[Row]]:
    """Rows of about the same length together, PIECES at a time, in a random order."""
    made: list[list[Row]] = []
    for start in range(0, len(rows), 256):
        batch: list[Row] = []
        for row in sorted(rows[start : start + 256], key=lambda row: len(row.ids)):
            if batch and (len(batch) + 1) * len(row.ids) > PIECES:
                made.append(batch)
                batch = []
            batch.append(row)
        made.append(batch)
    chance.shuffle(made)
    return made


def found_in(trainer: Trainer, examples: Sequence[Marked]) -> list[set[tuple[int, int, str]]]:
    """The names that the tagger finds in each example."""
    found = []
    with trainer.torch.inference_mode():
        for example in examples:
            made = trainer.network.tokenizer(
                example.text, truncation=True, max_length=MOST_PIECES, return_offsets_mapping=True
            )
            logs = trainer.scores([Row(made["input_ids"], [])])[0, : len(made["input_ids"])].log_softmax(-1)
            places = made["offset_mapping"]
            names = names_of(example.text, places[1:-1], logs[1:-1].numpy())
            found.append({(name.start, name.end, name.kind) for name in names})
    return found


def held_figure(trainer: Trainer, examples: Sequence[Marked]) -> float:
    """F1 over all kinds, both ends exact."""
    right = ours = gold = 0
    for names, example in zip(found_in(trainer, examples), examples, strict=True):
        right += len(names & set(example.names))
        ours, gold = ours + len(names), gold + len(example.names)
    return 2 * right / max(1, ours + gold)


@dataclass(frozen=True)
class Plan:
    """The seed, up to which step the rates stay, in how many steps they then go to nothing, and whether the
    encoder computes in bfloat16.
    """

    seed: int
    until: int
    cool_down: int
    is_half: bool


def train(sets: Path, base: Path, out: Path, plan: Plan) -> None:
    """Train to the end, from the last state kept in `out` where there is one."""
    out.mkdir(parents=True, exist_ok=True)
    seed, cool_down = plan.seed, plan.cool_down
    examples, held = gather(sets, seed, lambda line: print(line, flush=True))
    trainer = Trainer(base, seed, is_half=plan.is_half)
    torch = trainer.torch
    order = batches([row_of(trainer.network, one) for one in examples], random.Random(seed))  # noqa: S311
    until = min(plan.until, len(order) - cool_down)
    steps = until + cool_down
    optimizer = trainer.optimizer(RATE, HEAD_RATE)
    begin = resume(out, trainer, optimizer)
    print(f"{len(examples)} examples, {len(order)} batches, {steps} steps, from {begin}", flush=True)
    started, running = time.monotonic(), 0.0
    for step in range(begin, steps):
        share = min((step + 1) / WARM_UP, 1.0, max(0.02, 1.0 - (step - until) / cool_down))
        for group, rate in zip(optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * share
        loss = trainer.loss(order[step])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(trainer.weights.values()), 1.0)
        optimizer.step()
        running += float(loss.detach())
        is_last = step + 1 == steps
        if (step + 1) % KEEP_EVERY == 0 or is_last:
            keep(out, trainer, optimizer, step + 1)
            told = ""
            if (step + 1) % WATCH_EVERY == 0 or is_last:
                told = f", F1 held out {held_figure(trainer, held):.3f}"
            spent = time.monotonic() - started
            loss_now = running / KEEP_EVERY
            print(f"step {step + 1} of {steps}, loss {loss_now:.4f}, {spent:.0f} s{told}", flush=True)
            running = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--until", type=int, default=100_000, help="steps at the full rate")
    parser.add_argument("--cool-down", type=int, default=60, help="steps in which the rate then falls")
    parser.add_argument("--half", action="store_true", help="the encoder computes in bfloat16")
    options = parser.parse_args()
    plan = Plan(options.seed, options.until, options.cool_down, options.half)
    train(options.sets, options.base, options.out, plan)


if __name__ == "__main__":
    main()
