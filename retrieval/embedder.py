"""The interface of whatever turns texts into vectors: a model in this process, or the host that holds it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """What turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model's name and the start of its digest: vectors of different names must never be compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    def reads(self, language: str) -> bool:
        """Whether the model understands `language` (a code such as "en"). An unknown language ("") is not
        read.
        """
        ...

    def familiarity(self, text: str) -> float | None:
        """Mean log-probability of a character of `text`, 0 at most: how likely its letters are in any
        language.

        None where the model's vocabulary bears no probabilities. Raises EmbedderUnavailable.
        """
        ...

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        """Vectors of length 1, shape (len(texts), dimensions). Raises EmbedderUnavailable."""
        ...
