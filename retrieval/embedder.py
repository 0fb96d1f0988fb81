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

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        """Vectors of length 1, shape (len(texts), dimensions). Raises EmbedderUnavailable."""
        ...
