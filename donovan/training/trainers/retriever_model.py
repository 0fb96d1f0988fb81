"""The embedding model while it is trained: texts to vectors, its weights as tensors, and its folder."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from donovan.training.contract import TrainingRefused
from donovan.training.trainers.threads import threads_to_use
from retrieval import serving
from retrieval.embedding import CHARACTERS_READ, identity_of, pointed_model
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.loading import one_at_a_time
from retrieval.model_folders import SAFE_SUFFIXES

Matrix = npt.NDArray[np.float32]
Tensors = dict[str, Any]

ENCODED_AT_ONCE = 16
TABLE = "word_embeddings"
"""Part of the name of the table of token vectors, half of a small model's weights."""


@dataclass(frozen=True)
class Base:
    """The model that is trained on: its name with digest, its folder and the languages it reads."""

    name: str
    digest: str
    folder: Path
    languages: frozenset[str]


def find_base() -> Base:
    """The embedder that serves now. Raises TrainingRefused where it cannot be read."""
    try:
        identity = identity_of(pointed_model(serving.pointer("embedder")))
    except EmbedderUnavailable as error:
        raise TrainingRefused(f"There is no embedding model to train. {error.sentence}") from error
    name, _, digest = identity.name.rpartition("@")
    return Base(name, digest, identity.folder, identity.languages)


class Model:
    """A sentence-transformers model on the CPU. The same seed, texts and threads give the same bits."""

    def __init__(self, folder: Path) -> None:
        # Loaded by name, not at the top: only a process that trains may carry torch (200 MB).
        self.torch: Any = importlib.import_module("torch")
        library: Any = importlib.import_module("sentence_transformers")
        # Sums are divided among threads, so another number of them is another last bit.
        self.torch.set_num_threads(threads_to_use())
        with one_at_a_time:
            self.network: Any = library.SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            )
        self.narrow = _has_bfloat16()
        self._length = int(self.network.max_seq_length or 512)
        prompts: Mapping[str, str] = self.network.prompts or {}
        self._before_question = prompts.get("query") or ""
        self._before_passage = prompts.get("document") or prompts.get("passage") or ""

    def tokens(self, texts: Sequence[str], *, is_query: bool, most: int | None = None) -> dict[str, Any]:
        """The texts as tensors, cut at `most` tokens (by default what the model reads)."""
        before = self._before_question if is_query else self._before_passage
        encoded = self.network.tokenizer(
            [before + text[:CHARACTERS_READ] for text in texts],
            truncation=True,
            max_length=min(most or self._length, self._length),
            padding=True,
            return_tensors="pt",
        )
        return dict(encoded)

    def narrowed(self) -> Any:
        """Matrix products in bfloat16 within this context, where the processor has them."""
        return self.torch.autocast("cpu", dtype=self.torch.bfloat16, enabled=self.narrow)

    def vectors_of(self, tokens: dict[str, Any]) -> Any:
        """Vectors of unit length as a tensor that gradients flow through."""
        pooled = self.network(tokens)["sentence_embedding"].float()
        return self.torch.nn.functional.normalize(pooled, dim=1)

    def encode(self, texts: Sequence[str], *, is_query: bool, most: int | None = None) -> Matrix:
        """Vectors of unit length, shape (n, d), in the order of `texts`."""
        self.network.eval()
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        found: list[Any] = [None] * len(texts)
        for start in range(0, len(order), ENCODED_AT_ONCE):
            rows = order[start : start + ENCODED_AT_ONCE]
            with self.torch.inference_mode(), self.narrowed():
                tokens = self.tokens([texts[i] for i in rows], is_query=is_query, most=most)
                block = self.vectors_of(tokens).numpy()
            for row, vector in zip(rows, block, strict=True):
                found[row] = vector
        if not found:
            return np.zeros((0, int(self.network.get_embedding_dimension())), dtype=np.float32)
        return np.stack(found).astype(np.float32)

    def trained_parameters(self, *, with_tokens: bool) -> dict[str, Any]:
        """The parameters that learn, by name; the others are told not to."""
        learning = {}
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(with_tokens or TABLE not in name)
            if parameter.requires_grad:
                learning[name] = parameter
        return learning

    def weights(self) -> Tensors:
        """A copy of every parameter, by name."""
        return {name: one.detach().clone() for name, one in self.network.named_parameters()}

    def set_weights(self, weights: Mapping[str, Any]) -> None:
        """Take over the parameters named; the others stay."""
        with self.torch.no_grad():
            for name, parameter in self.network.named_parameters():
                if name in weights:
                    parameter.copy_(weights[name])

    def save(self, folder: Path) -> None:
        """Write the folder that sentence-transformers opens, of files that are never code."""
        self.network.save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix not in SAFE_SUFFIXES:
                path.unlink()


def between(torch: Any, base: Mapping[str, Any], tuned: Mapping[str, Any], alpha: float) -> Tensors:
    """Weights on the straight line from `base` (0) to `tuned` (1): WiSE-FT (Wortsman et al. 2022,
    "Robust fine-tuning of zero-shot models").
    """
    return {name: torch.lerp(base[name], tuned[name], alpha) for name in tuned}


def _has_bfloat16() -> bool:
    """Whether matrix products in bfloat16 are native here; elsewhere they are slower than float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
