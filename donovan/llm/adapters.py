"""Which adapter serves over the language model: by the pointer of the installation, checked against it.

An adapter belongs to the very file that it was trained on. Over another one, or changed on the disk, it is
refused with a sentence; the base model never answers in its place unnoticed.
"""

import hashlib
import importlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from donovan.llm.interface import ModelUnavailable
from donovan.llm.weights import Weights

if TYPE_CHECKING:
    from retrieval.serving import Pointer

ROLE = "llm"
FILE = "adapter.gguf"

_lock = threading.Lock()
_last: dict[tuple[str, str], "Adapter"] = {}


@dataclass(frozen=True)
class Adapter:
    """A GGUF adapter and the SHA-256 that its bytes must have; `name` is that of its model folder."""

    path: Path
    digest: str
    name: str

    def open(self) -> int:
        """A descriptor of the file for the model host, which verifies its bytes. Raises ModelUnavailable."""
        try:
            return os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise ModelUnavailable(
                f"The adapter {self.name} of the language model cannot be opened ({error.strerror}). Roll "
                "back to the model before it, or promote it again."
            ) from error


def served_adapter(base: Weights) -> Adapter | None:
    """The adapter that serves over `base` now, None for the base model as it is.

    The folder is read once for each move of the pointer. Raises ModelUnavailable where the folder is not what
    was promoted, holds no adapter, or was made for another base model.
    """
    at: Pointer = _room("serving").pointer(ROLE)
    if not at.key:
        return None
    place = (at.key, base.digest)
    with _lock:
        known = _last.get(place)
        if known is None:
            known = _read(at, base)
            _last.clear()
            _last[place] = known
    return known


def joint_name(base: str, adapter: Adapter | None) -> str:
    """What an answer keeps as the name of the model that made it."""
    return f"{base}+{adapter.name}" if adapter else base


def joint_digest(base: str, adapter: Adapter | None) -> str:
    """What identifies a base model with an adapter: the SHA-256 of both digests in hexadecimal, a plus
    between them. Without an adapter it is the digest of the base model's file.
    """
    return hashlib.sha256(f"{base}+{adapter.digest}".encode()).hexdigest() if adapter else base


def _room(module: str) -> Any:
    """A module of retrieval. It has tables, and this package is read before Django has any, and also inside
    the model host, where retrieval is not there at all.
    """
    return importlib.import_module(f"retrieval.{module}")


def _read(at: "Pointer", base: Weights) -> Adapter:
    try:
        model = _room("serving").read_pointed(ROLE, at)
    except _room("model_folders").ModelTampered as error:
        raise ModelUnavailable(
            f"The adapter of the language model was not loaded. {error.sentence} Roll back to the model "
            "before it."
        ) from error
    if model is None or not (model.path / FILE).is_file():
        raise ModelUnavailable(
            f"The model folder that serves over the language model holds no {FILE}. Roll back to the model "
            "before it."
        )
    wanted = str(model.facts.get("base_digest", ""))
    if wanted != base.digest:
        raise ModelUnavailable(
            f"The adapter {model.name} was trained over another language model (SHA-256 {wanted[:12]}…) than "
            f"the one that runs ({base.digest[:12]}…), so it was not loaded. Roll back, or train one "
            "for this model."
        )
    with (model.path / FILE).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Adapter(model.path / FILE, digest, model.name)
