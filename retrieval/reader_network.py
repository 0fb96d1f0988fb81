"""The reader as a network: a multilingual encoder, low-rank changes to its matrices, and small heads.

A question and a window of text go through the encoder apart, so that what was read of a page serves every
question. Each word of the question looks for the word of a span that is nearest to it (late interaction,
Khattab and Zaharia 2020); a span's score joins what its own words give, what all words of its window give,
and how near both are as a whole. A statement is held against its evidence in the same way, word by word,
and the differences of the words that were found to belong together are judged (decomposable attention,
Parikh et al. 2016).

The low-rank changes (Hu et al. 2021) are added to the matrices once when the reader is loaded, so that
reading costs what the encoder costs. torch and transformers are loaded on first use: most processes never
need them.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RANK = 16
SCALE = 2.0
"""What a low-rank change is multiplied by, whatever its rank."""

MOST_ASKED = 96
MOST_READ = 320
"""Tokens of a question or statement, and of a window or evidence; the rest of a longer one is not read."""

_CHANGED = (
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    "intermediate.dense", "output.dense",
)  # fmt: skip
_INNER = 96


@dataclass(frozen=True)
class Tokens:
    """A text as the encoder takes it. `body` is where its own tokens stand, without prefix and marks;
    `places` are its characters, token by token, counted in the text alone ((-1, -1) for what is not of
    it).
    """

    ids: list[int]
    body: tuple[int, int]
    places: list[tuple[int, int]]


class Network:
    """The encoder with heads. `heads` are set by `merge`, or are parameters while it is trained."""

    def __init__(self, base: Path) -> None:
        self.torch: Any = importlib.import_module("torch")
        transformers: Any = importlib.import_module("transformers")
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(str(base), local_files_only=True)
        self.encoder = transformers.AutoModel.from_pretrained(
            str(base),
            local_files_only=True,
            dtype=self.torch.float32,
            add_pooling_layer=False,
            attn_implementation="sdpa",
        ).eval()
        for parameter in self.encoder.parameters():
            parameter.requires_grad_(False)
        self.width = int(self.encoder.config.hidden_size)
        self.heads: dict[str, Any] = {}

    def linear_layers(self) -> dict[str, Any]:
        """The matrices that low-rank changes are made to, by name."""
        return {
            f"{number}.{name}": layer.get_submodule(name)
            for number, layer in enumerate(self.encoder.encoder.layer)
            for name in _CHANGED
        }

    def first_heads(self) -> dict[str, Any]:
        """Heads before any training: the score is then the plain nearness of words."""
        generator = self.torch.Generator().manual_seed(1)
        wide = self.width
        return {
            "head.span": self.torch.tensor([1.0, 0.5, 0.5]),
            "head.sharpness": self.torch.tensor(3.0),
            "head.bias": self.torch.tensor(-40.0),
            "head.weigh": self.torch.zeros(wide),
            "head.word": self.torch.zeros(2, wide),
            "head.judge.in": self.torch.randn(_INNER, 2 * wide + 1, generator=generator) * 0.05,
            "head.judge.in_bias": self.torch.zeros(_INNER),
            "head.judge.out": self.torch.randn(3, 2 * _INNER + 3, generator=generator) * 0.05,
            "head.judge.out_bias": self.torch.zeros(3),
        }

    def merge(self, weights: Mapping[str, Any]) -> None:
        """Add the low-rank changes to the matrices for good and keep the heads."""
        with self.torch.no_grad():
            for name, layer in self.linear_layers().items():
                if f"{name}.a" in weights:
                    change = weights[f"{name}.b"].float() @ weights[f"{name}.a"].float()
                    layer.weight += SCALE * change
        self.heads = {name: value.float() for name, value in weights.items() if name.startswith("head.")}

    def asked(self, text: str) -> Tokens:
        """A question or a statement."""
        return self._tokens("query: ", text, MOST_ASKED)

    def told(self, title: str, text: str) -> Tokens:
        """A window or evidence under its title."""
        return self._tokens(f"passage: {title}. " if title else "passage: ", text, MOST_READ)

    def _tokens(self, head: str, text: str, most: int) -> Tokens:
        made = self.tokenizer(head + text, truncation=True, max_length=most, return_offsets_mapping=True)
        ids = made["input_ids"]
        prefix = len(head.split(" ", 1)[0]) + 1
        places, body = [], [len(ids), 0]
        for at, (begin, end) in enumerate(made["offset_mapping"]):
            if end > prefix and at < len(ids) - 1:
                body = [min(body[0], at), at + 1]
            is_own = end > len(head)
            places.append((max(0, begin - len(head)), end - len(head)) if is_own else (-1, -1))
        return Tokens(ids, (min(body), max(body)) if body[1] else (0, len(ids)), places)

    def states(self, rows: Sequence[Sequence[int]]) -> Any:
        """States of padded rows, shape (rows, longest, width)."""
        longest = -(-max(len(row) for row in rows) // 8) * 8
        pad = self.tokenizer.pad_token_id
        ids = self.torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows])
        mask = self.torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state

    def span_scores(
        self, asked: Any, told: Any, spans: Sequence[tuple[int, int]], heads: Mapping[str, Any]
    ) -> Any:
        """Raw scores of spans (first, past last token) of a window, shape (spans,).

        `asked` (words, width) are states of the question's own tokens, `told` (tokens, width) those of the
        window.
        """
        functional, torch = self.torch.nn.functional, self.torch
        weights = torch.softmax(asked @ heads["head.weigh"], dim=0)
        whole = functional.normalize(asked.mean(dim=0), dim=0)
        near = functional.normalize(asked, dim=1) @ functional.normalize(told, dim=1).T
        in_window = (near.max(dim=1).values * weights).sum()
        own = torch.stack([(near[:, a:b].max(dim=1).values * weights).sum() for a, b in spans])
        means = torch.stack([told[a:b].mean(dim=0) for a, b in spans])
        together = functional.normalize(means, dim=1) @ whole
        share = heads["head.span"]
        joined = share[0] * own + share[1] * in_window + share[2] * together
        return heads["head.sharpness"].exp() * joined + heads["head.bias"]

    def judge_scores(self, said: Any, shown: Any, heads: Mapping[str, Any]) -> Any:
        """Raw scores of supported, contradicted, not told, shape (3,).

        `said` (words, width) are states of the statement's own tokens, `shown` (tokens, width) of the
        evidence's.
        """
        functional, torch = self.torch.nn.functional, self.torch
        one, other = functional.normalize(said, dim=1), functional.normalize(shown, dim=1)
        near = one @ other.T
        best = near.max(dim=1)
        partner = torch.softmax(near * 30.0, dim=1) @ other
        pairs = torch.cat([one - partner, one * partner * 10.0, best.values[:, None]], dim=1)
        hidden = functional.gelu(pairs @ heads["head.judge.in"].T + heads["head.judge.in_bias"])
        plain = torch.stack([best.values.mean(), best.values.min(), one.mean(dim=0) @ other.mean(dim=0)])
        pooled = torch.cat([hidden.mean(dim=0), hidden.max(dim=0).values, plain * 4.0])
        return pooled @ heads["head.judge.out"].T + heads["head.judge.out_bias"]


def span_places(tokens: Tokens, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where spans, given by characters, stand among the tokens; (0, 0) for one that was cut off."""
    found = []
    for begin, end in spans:
        inside = [at for at, (a, b) in enumerate(tokens.places) if b > begin and a < end and b > 0]
        found.append((inside[0], inside[-1] + 1) if inside else (0, 0))
    return found
