"""The reader as a network: a multilingual encoder, low-rank changes to its matrices, and two small heads.

A question and a window of text go through the encoder together; each span's score is read off the mean of its
words' states beside the state of the first mark, each word's off its own state. A statement and its evidence go
through it the same way; the three scores (supported, contradicted, not told) are read off the mean of all states
beside that of the first mark.

The low-rank changes (Hu et al. 2021) are added to the matrices once when the reader is loaded, so that reading
costs what the encoder costs. torch and transformers are loaded on first use: most processes never need them.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RANK = 16
SCALE = 2.0
"""What a low-rank change is multiplied by, whatever its rank."""

READ, JUDGE = "read", "judge"
_CHANGED = (
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    "intermediate.dense", "output.dense",
)  # fmt: skip


@dataclass(frozen=True)
class Encoded:
    """A batch ready for the encoder: `ids` and `mask` of shape (n, length), and for reading, for each text the
    places (first, past last) of its spans among the tokens.
    """

    ids: Any
    mask: Any
    spans: tuple[tuple[tuple[int, int], ...], ...] = ()


class Network:
    """The encoder with heads. `weights` are what training made: low-rank pairs and heads, by name."""

    def __init__(self, base: Path) -> None:
        self.torch: Any = importlib.import_module("torch")
        transformers: Any = importlib.import_module("transformers")
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(str(base), local_files_only=True)
        self.encoder = transformers.AutoModel.from_pretrained(
            str(base), local_files_only=True, dtype=self.torch.float32, add_pooling_layer=False,
            attn_implementation="sdpa",
        ).eval()  # fmt: skip
        for parameter in self.encoder.parameters():
            parameter.requires_grad_(False)
        self.width = int(self.encoder.config.hidden_size)

    def linear_layers(self) -> dict[str, Any]:
        """The matrices that low-rank changes are made to, by name."""
        return {
            f"{number}.{name}": layer.get_submodule(name)
            for number, layer in enumerate(self.encoder.encoder.layer)
            for name in _CHANGED
        }

    def merge(self, weights: Mapping[str, Any]) -> None:
        """Add the low-rank changes to the matrices for good and keep the heads."""
        layers = self.linear_layers()
        with self.torch.no_grad():
            for name, layer in layers.items():
                if f"{name}.a" in weights:
                    change = weights[f"{name}.b"].float() @ weights[f"{name}.a"].float()
                    layer.weight += SCALE * change
        self.heads = {name: value.float() for name, value in weights.items() if name.startswith("head.")}

    def states(self, batch: Encoded) -> Any:
        return self.encoder(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state

    def span_scores(self, states: Any, batch: Encoded, heads: Mapping[str, Any]) -> list[Any]:
        """For each text the raw scores of its spans, shape (spans,)."""
        functional = self.torch.nn.functional
        scores = []
        for row, places in enumerate(batch.spans):
            means = self.torch.stack([states[row, first:past].mean(dim=0) for first, past in places])
            first_mark = states[row, 0].expand(len(places), -1)
            joined = self.torch.cat([means, first_mark, means * first_mark], dim=1)
            hidden = functional.gelu(joined @ heads["head.span.in"].T + heads["head.span.in_bias"])
            scores.append((hidden @ heads["head.span.out"].T + heads["head.span.out_bias"])[:, 0])
        return scores

    def word_scores(self, states: Any, heads: Mapping[str, Any]) -> Any:
        """Raw scores that a token is part of the answer, shape (n, length)."""
        return (states @ heads["head.word"].T + heads["head.word_bias"])[..., 0]

    def judge_scores(self, states: Any, batch: Encoded, heads: Mapping[str, Any]) -> Any:
        """Raw scores of supported, contradicted, not told, shape (n, 3)."""
        mask = batch.mask[..., None].to(states.dtype)
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        joined = self.torch.cat([mean, states[:, 0]], dim=1)
        hidden = self.torch.nn.functional.gelu(joined @ heads["head.judge.in"].T + heads["head.judge.in_bias"])
        return hidden @ heads["head.judge.out"].T + heads["head.judge.out_bias"]

    def head_shapes(self) -> dict[str, tuple[int, ...]]:
        wide, half = self.width, self.width // 2
        return {
            "head.span.in": (half, 3 * wide), "head.span.in_bias": (half,),
            "head.span.out": (1, half), "head.span.out_bias": (1,),
            "head.word": (1, wide), "head.word_bias": (1,),
            "head.judge.in": (half, 2 * wide), "head.judge.in_bias": (half,),
            "head.judge.out": (3, half), "head.judge.out_bias": (3,),
        }  # fmt: skip

    def encode_window(
        self, question: str, title: str, text: str, places: Sequence[tuple[int, int]], longest: int
    ) -> tuple[list[int], list[tuple[int, int]], list[tuple[int, int]]]:
        """Token ids of a question with a window, the places of the spans among them (empty ones where the
        window was cut off), and for each token its characters in `text` ((-1, -1) outside of it).
        """
        head = f"passage: {title}. " if title else "passage: "
        asked = self.tokenizer(f"query: {question}", truncation=True, max_length=96)["input_ids"]
        told = self.tokenizer(head + text, return_offsets_mapping=True, add_special_tokens=False)
        room = longest - len(asked) - 2
        ids, offsets = told["input_ids"][:room], told["offset_mapping"][:room]
        mark = self.tokenizer.sep_token_id
        where = [(begin - len(head), end - len(head)) for begin, end in offsets]
        start = len(asked) + 1
        spans = []
        for begin, end in places:
            inside = [i for i, (a, b) in enumerate(where) if b > begin and a < end and b > 0]
            spans.append((start + inside[0], start + inside[-1] + 1) if inside else (0, 0))
        outside = (-1, -1)
        kept = [outside] * start + [(a, b) if a >= 0 else outside for a, b in where] + [outside]
        return [*asked, mark, *ids, mark], spans, kept

    def encode_pair(self, statement: str, evidence: str, longest: int) -> list[int]:
        """Token ids of a statement with its evidence."""
        said = self.tokenizer(f"query: {statement}", truncation=True, max_length=128)["input_ids"]
        told = self.tokenizer(f"passage: {evidence}", add_special_tokens=False)["input_ids"]
        mark = self.tokenizer.sep_token_id
        return [*said, mark, *told[: longest - len(said) - 2], mark]

    def batch_of(
        self, rows: Sequence[Sequence[int]], spans: Sequence[Sequence[tuple[int, int]]] = (), pad_to: int = 8
    ) -> Encoded:
        longest = max(len(row) for row in rows)
        longest = -(-longest // pad_to) * pad_to
        pad = self.tokenizer.pad_token_id
        ids = self.torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows])
        mask = self.torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        return Encoded(ids, mask, tuple(tuple(places) for places in spans))
