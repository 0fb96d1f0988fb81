"""The embedding host as its callers see it: an embedder that asks another process."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from .embedder import Embedder, Vectors
from .embedding_errors import EmbedderChanged, EmbedderUnavailable
from .embedding_frames import FrameError, ask_host
from .model_folders import ModelFolder
from .serving import INSTEAD

ANSWER_SECONDS = 5.0
"""How long a host may take to say who it is; it does so beside its work."""

RESTART_SECONDS = 15.0
"""How long to wait for a host that went away in the middle of a request: its supervisor starts it again."""

RELOAD_SECONDS = 20.0
"""How long to wait for a host that loads the model which has just been promoted: it takes some seconds."""

LOAD_SECONDS = 60.0
WORK_SECONDS = 600.0
TEXTS_AT_ONCE = 64


def find_host(
    key: str, load_here: Callable[[], Embedder], *, wait_seconds: float | None = None
) -> "HostEmbedder | None":
    """The host at settings.EMBEDDER_SOCKET once it holds the model of the pointer `key`, or None.

    None when no host answers, or when one of the two follows settings of its own instead of the database.
    `load_here` gives the embedder to go on with when the host later goes away and does not come back. A host
    that still holds another model is waited for, at most `wait_seconds`. Raises EmbedderChanged when it does
    not get there, EmbedderUnavailable when it refused the model.
    """
    path = Path(settings.EMBEDDER_SOCKET)
    deadline = time.monotonic() + (RELOAD_SECONDS if wait_seconds is None else wait_seconds)
    while path.exists():
        try:
            said, _ = ask_host(path, {"do": "describe", "serves": key}, ANSWER_SECONDS)
            holds = str(said.get("serves", ""))
            if holds == key:
                return HostEmbedder(path, said, load_here)
        except (OSError, FrameError, KeyError, ValueError):
            return None
        if INSTEAD in (key[: len(INSTEAD)], holds[: len(INSTEAD)]):
            return None
        if said.get("refused") == key:
            raise EmbedderUnavailable(str(said.get("sentence", "")))
        if time.monotonic() >= deadline:
            raise EmbedderChanged("The embedding host is still changing to another model. Try again soon.")
        time.sleep(0.05)
    return None


def make_host_ready(model: ModelFolder | None) -> bool:
    """Have the host load a model that is about to serve, so that its turn takes no time; whether it did.

    Nothing depends on it: a host that is not ready loads the model when the pointer has moved.
    """
    path = Path(settings.EMBEDDER_SOCKET)
    named = {"name": model.name, "digest": model.digest} if model else {"name": "", "digest": ""}
    try:
        said, _ = ask_host(path, {"do": "make ready", **named}, LOAD_SECONDS)
    except (OSError, FrameError, ValueError, EmbedderUnavailable):
        return False
    return bool(said.get("is_ready"))


class HostEmbedder:
    """The model in the embedding host. Queries overtake passages there."""

    def __init__(self, path: Path, said: dict[str, Any], load_here: Callable[[], Embedder]) -> None:
        self._path = path
        self._load_here = load_here
        self.name = str(said["name"])
        self.dimensions = int(said["dimensions"])
        self.languages = frozenset(str(code) for code in said["languages"])

    def reads(self, language: str) -> bool:
        return "*" in self.languages or language.lower().split("-")[0] in self.languages

    def familiarity(self, text: str) -> float | None:
        try:
            said, _ = ask_host(self._path, {"do": "familiarity", "text": text}, ANSWER_SECONDS)
            found = said.get("familiarity")
            return float(found) if found is not None else None
        except (OSError, FrameError, ValueError) as error:
            raise EmbedderUnavailable("The embedding host does not answer.") from error

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        parts = [np.zeros((0, self.dimensions), dtype=np.float32)]
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            parts.append(self._encode_some(list(texts[start : start + TEXTS_AT_ONCE]), is_query))
        return np.concatenate(parts)

    def _encode_some(self, texts: list[str], is_query: bool) -> Vectors:
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                said, body = ask_host(
                    self._path,
                    {"do": "encode", "model": self.name, "texts": texts, "is_query": is_query},
                    WORK_SECONDS,
                )
                break
            except (OSError, FrameError):
                if time.monotonic() > deadline:
                    return self._encode_here(texts, is_query)
                time.sleep(0.2)
        if said.get("name") != self.name:
            raise EmbedderChanged("The embedding model was changed in the middle of this work. Try again.")
        vectors = np.frombuffer(body, dtype="<f4").astype(np.float32)
        if vectors.size != len(texts) * self.dimensions:
            raise EmbedderUnavailable("The embedding host gave an answer of the wrong size. Restart it.")
        return vectors.reshape(len(texts), self.dimensions)

    def _encode_here(self, texts: list[str], is_query: bool) -> Vectors:
        here = self._load_here()
        if here.name != self.name:
            raise EmbedderChanged("The embedding host has stopped and the model here is another one.")
        return here.encode(texts, is_query=is_query)
