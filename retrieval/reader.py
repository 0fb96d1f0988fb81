"""Does this span answer the question, and does this text bear the statement out: the reader and where it runs.

`get_reader()` gives the reader of the embedding host where one answers, so that one process on the machine holds
it, and otherwise loads it into this process. It is the model that the pointer of `retrieval.serving` names in the
role "reader", else the one that is packaged beside this file.

Every window and every pair goes through the network by itself, on one thread: a chance is a function of its texts
alone, and no neighbour and nobody's load can move its last bit. The raw scores become chances by a temperature and
a bias that were set on calibration data and are kept with the weights; so are the thresholds, each for a stated
target risk.
"""

import importlib
import json
import math
import os
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from . import serving
from .loading import one_at_a_time
from .model_folders import ModelFolder, ModelTampered, read_model
from .reader_client import find_reader
from .reader_network import Network
from .reader_types import Judgement, Reader, ReaderUnavailable, SpanReading, Window

ROLE = "reader"
PACKAGED = Path(__file__).resolve().parent / "packaged_reader"
WEIGHTS = "reader.safetensors"
DESCRIPTION = "reader.json"
LONGEST = 256
"""Tokens of a question with its window, or of a statement with its evidence."""

__all__ = [
    "Judgement", "Reader", "ReaderUnavailable", "SpanReading", "Window", "get_reader", "local_reader", "reader_in_use",
]  # fmt: skip

REFUSED_SECONDS = 30.0
"""A model that was refused is not read again for this long."""


@dataclass(frozen=True)
class Calibration:
    """How raw scores become chances: 1 / (1 + exp(-(score / temperature + bias))) for spans, and scores divided
    by a temperature before the softmax for judgements.
    """

    span_temperature: float
    span_bias: float
    judge_temperature: float


class LocalReader:
    """A reader, loaded into this process."""

    def __init__(self, model: ModelFolder, base: Path) -> None:
        """Raises ReaderUnavailable when the base model is missing or is not the one the reader was made over."""
        said = json.loads((model.path / DESCRIPTION).read_text(encoding="utf-8"))
        self.name = f"{model.name}@{model.digest[:12]}"
        self.thresholds: Mapping[str, float] = {str(k): float(v) for k, v in said["thresholds"].items()}
        self._calibration = Calibration(**said["calibration"])
        if not (base / "model.safetensors").exists():
            raise ReaderUnavailable(
                f"The multilingual base model is not in {base}. Run `make run` again, it installs it."
            )
        self._torch: Any = importlib.import_module("torch")
        self._torch.set_num_threads(1)
        tensors = importlib.import_module("safetensors.torch").load_file(str(model.path / WEIGHTS))
        with one_at_a_time:
            self._network = Network(base)
        self._network.merge(tensors)
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="read")

    def read(self, question: str, windows: Sequence[Window]) -> list[tuple[SpanReading, ...]]:
        return list(self._pool.map(lambda window: self.read_one(question, window), windows))

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return list(self._pool.map(lambda pair: self.judge_one(*pair), pairs))

    def read_one(self, question: str, window: Window) -> tuple[SpanReading, ...]:
        """The readings of one window, computed on the calling thread."""
        network = self._network
        ids, places, where = network.encode_window(
            question, window.title, window.text, window.spans, LONGEST
        )
        held = [place for place in places if place[1] > place[0]]
        if not held:
            return tuple(SpanReading(0.0, 0, 0, -math.inf) for _ in window.spans)
        batch = network.batch_of([ids], [held])
        with self._torch.inference_mode():
            states = network.states(batch)
            scores = iter(network.span_scores(states, batch, network.heads)[0].tolist())
            words = network.word_scores(states, network.heads)[0].tolist()
        readings = []
        for place in places:
            if place[1] <= place[0]:
                readings.append(SpanReading(0.0, 0, 0, -math.inf))
                continue
            score = next(scores)
            start, end = _answer_place(words, where, place)
            readings.append(SpanReading(self._chance(score), start, end, score))
        return tuple(readings)

    def judge_one(self, statement: str, evidence: str) -> Judgement:
        """The judgement of one pair, computed on the calling thread."""
        network = self._network
        batch = network.batch_of([network.encode_pair(statement, evidence, LONGEST)])
        with self._torch.inference_mode():
            scores = network.judge_scores(network.states(batch), batch, network.heads)[0]
            supported, contradicted, _ = (scores / self._calibration.judge_temperature).softmax(0).tolist()
        return Judgement(supported, contradicted)

    def _chance(self, score: float) -> float:
        at = score / self._calibration.span_temperature + self._calibration.span_bias
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, at))))


def _answer_place(
    words: Sequence[float], where: Sequence[tuple[int, int]], place: tuple[int, int]
) -> tuple[int, int]:
    """The longest run of words of the span that each are more likely than not part of the answer."""
    best = (0, 0)
    begin = -1
    for at in range(place[0], place[1] + 1):
        is_part = at < place[1] and words[at] > 0.0 and where[at][1] > 0
        if is_part and begin < 0:
            begin = at
        elif not is_part and begin >= 0:
            found = (where[begin][0], where[at - 1][1])
            if found[1] - found[0] > best[1] - best[0]:
                best = found
            begin = -1
    return best


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
