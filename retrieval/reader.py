"""Does this span answer the question, and does this text bear the statement out: the reader and where it
runs.

`get_reader()` gives the reader of the embedding host where one answers, so that one process on the machine
holds it, and otherwise loads it into this process. It is the model that the pointer of `retrieval.serving`
names in the role "reader", else the one that is packaged beside this file. In the words of the field it does
extractive question answering, and textual entailment.

Every text goes through the network by itself, on one thread: what is read is a function of the texts alone,
and no neighbour and nobody's load can move its last bit. What was read of a window is kept for the
questions that follow. Thresholds and the weights by which scores become chances were set on calibration
data, each for a stated target risk, and lie with the model.
"""

import importlib
import json
import math
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings

from . import serving
from .loading import keep_words_on_disk, one_at_a_time
from .model_folders import ModelFolder, ModelTampered, read_model
from .reader_client import find_reader
from .reader_network import Network, Tokens, span_places
from .reader_types import Judgement, Reader, ReaderUnavailable, SpanReading, Window

ROLE = "reader"
PACKAGED = Path(__file__).resolve().parent / "packaged_reader"
WEIGHTS = "reader.safetensors"
DESCRIPTION = "reader.json"

TEXTS_KEPT = 1500
"""Windows whose states are kept, about 150 kB each."""

REFUSED_SECONDS = 30.0
"""A model that was refused is not read again for this long."""

__all__ = [
    "Judgement",
    "Reader",
    "ReaderUnavailable",
    "SpanReading",
    "Window",
    "get_reader",
    "local_reader",
    "reader_in_use",
]


class LocalReader:
    """A reader, loaded into this process."""

    def __init__(self, model: ModelFolder, base: Path) -> None:
        """Raises ReaderUnavailable when the base model is missing."""
        said = json.loads((model.path / DESCRIPTION).read_text(encoding="utf-8"))
        self.name = f"{model.name}@{model.digest[:12]}"
        self.thresholds: Mapping[str, float] = {str(k): float(v) for k, v in said["thresholds"].items()}
        self.joined: Mapping[str, float] = {str(k): float(v) for k, v in said["joined"].items()}
        self._warmth = float(said["judge_temperature"])
        if not (base / "model.safetensors").exists():
            raise ReaderUnavailable(
                f"The multilingual base model is not in {base}. Run `make run` again, it installs it."
            )
        self._torch: Any = importlib.import_module("torch")
        self._torch.set_num_threads(1)
        tensors = importlib.import_module("safetensors.torch").load_file(str(model.path / WEIGHTS))
        with one_at_a_time:
            self._network = Network(base)
        keep_words_on_disk(self._torch, self._network.encoder, base)
        self._network.merge(tensors)
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="read")
        self._kept: OrderedDict[tuple[str, str], tuple[Tokens, Any]] = OrderedDict()
        self._keeping = threading.Lock()

    def read(self, question: str, windows: Sequence[Window]) -> list[tuple[SpanReading, ...]]:
        asked = self._asked(question)
        return list(self._pool.map(lambda window: self._read_one(asked, window), windows))

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return list(self._pool.map(lambda pair: self._judge_one(*pair), pairs))

    def _read_one(self, asked: Any, window: Window) -> tuple[SpanReading, ...]:
        tokens, states = self._told(window.title, window.text)
        places = span_places(tokens, window.spans)
        held = [place for place in places if place[1] > place[0]]
        if not held or not len(asked):
            return tuple(SpanReading(-math.inf, 0, 0) for _ in window.spans)
        with self._torch.inference_mode():
            scores = iter(self._network.span_scores(asked, states, held, self._network.heads).tolist())
        return tuple(
            SpanReading(next(scores), *span) if place[1] > place[0] else SpanReading(-math.inf, *span)
            for place, span in zip(places, window.spans, strict=True)
        )

    def _judge_one(self, statement: str, evidence: str) -> Judgement:
        said = self._asked(statement)
        _tokens, shown = self._told("", evidence)
        if not len(said):
            return Judgement(0.0, 0.0)
        with self._torch.inference_mode():
            scores = self._network.judge_scores(said, shown, self._network.heads)
            supported, contradicted, _ = (scores / self._warmth).softmax(0).tolist()
        return Judgement(supported, contradicted)

    def _asked(self, text: str) -> Any:
        tokens = self._network.asked(text)
        with self._torch.inference_mode():
            return self._network.states([tokens.ids])[0, tokens.body[0] : tokens.body[1]]

    def _told(self, title: str, text: str) -> tuple[Tokens, Any]:
        key = (title, text)
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        tokens = self._network.told(title, text)
        with self._torch.inference_mode():
            states = self._network.states([tokens.ids])[0, : len(tokens.ids)]
        with self._keeping:
            self._kept[key] = (tokens, states)
            while len(self._kept) > TEXTS_KEPT:
                self._kept.popitem(last=False)
        return tokens, states


class _Here:
    """The reader in this process, the key of the pointer it was loaded for, and why it was refused."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key = "\0"
        self.reader: LocalReader | None = None
        self.refused: tuple[str, float, str] | None = None


_here = _Here()


def local_reader() -> LocalReader:
    """The reader that serves, loaded into this process when it is not yet. Raises ReaderUnavailable."""
    at = serving.pointer(ROLE)
    with _here.lock:
        if _here.reader is not None and _here.key == at.key:
            return _here.reader
        if _here.refused and _here.refused[0] == at.key and time.monotonic() < _here.refused[1]:
            raise ReaderUnavailable(_here.refused[2])
        try:
            model = serving.read_pointed(ROLE, at) or read_model(PACKAGED)
            loaded = LocalReader(model, Path(settings.MULTILINGUAL_MODEL))
        except (ModelTampered, ReaderUnavailable) as error:
            _here.refused = (at.key, time.monotonic() + REFUSED_SECONDS, error.sentence)
            raise ReaderUnavailable(error.sentence) from error
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            sentence = "The reader's files cannot be read. Run `make run` again, or roll the model back."
            _here.refused = (at.key, time.monotonic() + REFUSED_SECONDS, sentence)
            raise ReaderUnavailable(sentence) from error
        _here.key, _here.reader, _here.refused = at.key, loaded, None
        return loaded


def get_reader() -> Reader:
    """The reader that serves now: the embedding host's, else one loaded here. Raises ReaderUnavailable."""
    return find_reader(serving.pointer_key(ROLE)) or local_reader()


def reader_in_use() -> str:
    """Name and digest of the reader that answers now, or nothing where there is none."""
    try:
        return get_reader().name
    except ReaderUnavailable:
        return ""
