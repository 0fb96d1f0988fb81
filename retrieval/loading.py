"""Files of models: their digest, one load at a time in a process, and a table of words that stays on the
disk.

While transformers builds a model, it replaces functions of its own classes and of torch (what ties weights,
what gives parameters their first values) and puts them back afterwards (`transformers.initialization`). Two
loads that overlap put back each other's replacements: from then on nothing in the process ties weights, and a
language model is loaded without the matrix that leads to its words.
"""

import hashlib
import threading
from pathlib import Path
from typing import Any

from safetensors import safe_open

WEIGHTS = "model.safetensors"
_TABLE = "embeddings.word_embeddings.weight"

one_at_a_time = threading.Lock()
"""Held while a model is built from its files by sentence-transformers or transformers."""


def weights_digest(folder: Path) -> str:
    """SHA-256 over all safetensors of a model, in the order of their paths."""
    hashed = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                hashed.update(block)
    return hashed.hexdigest()


def keep_words_on_disk(torch: Any, encoder: Any, folder: Path) -> None:
    """Let an encoder of transformers read its table of words from the file in `folder`, mapped, where it
    stands there in half floats: the 250,000 words of a multilingual model would take 384 MB in each copy, and
    a text needs a few hundred of them. What is computed stays the same to the bit, as half floats
    are floats.
    """
    words = getattr(getattr(encoder, "embeddings", None), "word_embeddings", None)
    if words is None or not (folder / WEIGHTS).is_file():
        return
    with safe_open(str(folder / WEIGHTS), framework="pt") as file:
        if _TABLE not in file.keys():  # noqa: SIM118 - not a mapping
            return
        table = file.get_tensor(_TABLE)
    if table.dtype == torch.float16 and table.shape == words.weight.shape:
        words.weight = torch.nn.Parameter(table, requires_grad=False)
