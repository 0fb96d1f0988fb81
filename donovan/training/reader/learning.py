"""What it is to learn for the reader: its network with the parts that are learned, and what is lost on an
example of reading and of judging.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from donovan.training.low_rank import LowRank
from donovan.training.reader.examples import UNSUPPORTED, JudgeExample, ReadExample
from retrieval.reader_network import RANK, Network, Tokens, span_places

TOKENS = 1800
"""Tokens of one batch, padding counted."""
FIRST_CHANGED = 6
"""The layers below are left as they are: what they know of words is what is needed, and it saves time."""
RATE, HEAD_RATE = 3e-4, 1e-3
"""How far a step goes for the low-rank changes and for the heads."""
ALONE = 0.5
"""What a span's being right or wrong by itself counts beside its being the best of all."""


@dataclass(frozen=True)
class Row:
    """An example as tokens: what is asked or said, what is told, its spans among the tokens, and what is
    right.
    """

    asked: Tokens
    told: Tokens
    spans: list[tuple[int, int]]
    labels: list[bool]
    judged: int = -1


class Trainer(LowRank):
    """What is learned for reading and judging. The examples held out stay in full precision, too."""

    def __init__(
        self, base: Path, seed: int = 0, *, start: Mapping[str, Any] | None = None, is_half: bool = False
    ) -> None:
        """`start` are the weights of a reader to go on from; without them it begins anew from the seed."""
        super().__init__(base, threads=1, is_half=is_half)
        first = first_weights(self.network, seed) if start is None else start
        self.change_layers(first)
        for name in self.network.first_heads():
            self.learn(name, first[name])

    def losses(self, rows: Sequence[Row]) -> Any:
        """What is lost on each of some rows of one kind, shape (rows,)."""
        asked, told = self.states(rows, is_half=self.is_half)
        if rows[0].judged >= 0:
            return self._judging_losses(rows, asked, told)
        return self._reading_losses(rows, asked, told)

    def scores(self, rows: Sequence[Row]) -> list[Any]:
        """For each of some rows of one kind the raw scores of its spans, or of the three judgements."""
        asked, told = self.states(rows)
        network = self.network
        if rows[0].judged >= 0:
            pairs = zip(asked, told, strict=True)
            return [network.judge_scores(one, other, self.weights) for one, other in pairs]
        return [
            network.span_scores(one, other, row.spans, self.weights)
            for row, one, other in zip(rows, asked, told, strict=True)
        ]

    def states(self, rows: Sequence[Row], *, is_half: bool = False) -> tuple[list[Any], list[Any]]:
        """States of what is asked (its own tokens) and of what is told, row by row."""
        with self.torch.autocast("cpu", dtype=self.torch.bfloat16, enabled=is_half, cache_enabled=False):
            asked = self.network.states([row.asked.ids for row in rows])
            told = self.network.states([row.told.ids for row in rows])
        return (
            [asked[i, row.asked.body[0] : row.asked.body[1]].float() for i, row in enumerate(rows)],
            [told[i, : len(row.told.ids)].float() for i, row in enumerate(rows)],
        )

    def _reading_losses(self, rows: Sequence[Row], asked: Sequence[Any], told: Sequence[Any]) -> Any:
        """Each question against the spans of all windows of the batch, and each span of its own by itself."""
        torch = self.torch
        functional = torch.nn.functional
        losses = []
        for i, row in enumerate(rows):
            scores = [
                self.network.span_scores(asked[i], told[j], other.spans, self.weights)
                for j, other in enumerate(rows)
                if i == j or other.asked.ids != row.asked.ids
            ]
            own = self.network.span_scores(asked[i], told[i], row.spans, self.weights)
            right = torch.tensor(row.labels, dtype=own.dtype)
            alone = functional.binary_cross_entropy_with_logits(own, right)
            if any(row.labels):
                every = torch.logsumexp(torch.cat(scores), dim=0)
                losses.append(every - torch.logsumexp(own[right > 0], dim=0) + ALONE * alone)
            else:
                losses.append(ALONE * alone)
        return torch.stack(losses)

    def _judging_losses(self, rows: Sequence[Row], said: Sequence[Any], shown: Sequence[Any]) -> Any:
        torch = self.torch
        losses = []
        for row, one, other in zip(rows, said, shown, strict=True):
            logs = torch.log_softmax(self.network.judge_scores(one, other, self.weights), dim=0)
            is_open = row.judged == UNSUPPORTED
            losses.append(-torch.logsumexp(logs[1:], dim=0) if is_open else -logs[row.judged])
        return torch.stack(losses)

    def gradients(self, rows: Sequence[Row]) -> tuple[float, tuple[Any, ...]]:
        loss = self.losses(rows).mean()
        values = self.torch.autograd.grad(loss, list(self.weights.values()), allow_unused=True)
        return float(loss.detach()), values


def first_weights(network: Network, seed: int) -> dict[str, Any]:
    """Weights of a reader that has learned nothing yet: its changes change nothing."""
    torch = network.torch
    generator = torch.Generator().manual_seed(seed)
    made: dict[str, Any] = {}
    for name, layer in network.linear_layers().items():
        if int(name.split(".")[0]) < FIRST_CHANGED:
            continue
        rows, columns = layer.weight.shape
        made[f"{name}.a"] = torch.randn(RANK, columns, generator=generator) / math.sqrt(columns)
        made[f"{name}.b"] = torch.zeros(rows, RANK)
    return {**made, **network.first_heads()}


def rows_of_reading(network: Network, examples: Sequence[ReadExample]) -> list[Row]:
    rows = []
    for example in examples:
        told = network.told(example.title, example.text)
        places = span_places(told, example.spans)
        kept = [i for i, (first, past) in enumerate(places) if past > first]
        if kept:
            labels = [example.labels[i] for i in kept]
            rows.append(Row(network.asked(example.question), told, [places[i] for i in kept], labels))
    return rows


def rows_of_judging(network: Network, examples: Sequence[JudgeExample]) -> list[Row]:
    return [Row(network.asked(e.statement), network.told("", e.evidence), [], [], e.label) for e in examples]
