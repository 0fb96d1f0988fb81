"""Which stretches of a text name a person, an organisation or a place: the tagger of names and where it runs.

`get_tagger()` gives the tagger of the embedding host where one answers, so that one process on the machine
holds it, and otherwise loads it into this process. In the words of the field it does named entity
recognition. It stands on the multilingual base model; where the settings choose another embedder, that model
is not held by anybody, and there is no tagger.

Every window of a text goes through the network by itself, on one thread: what is found is a function of the
text alone. Chances and thresholds come from calibration and lie with the model.
"""

import hashlib
import importlib
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from .base_models import MULTILINGUAL, chosen
from .loading import WEIGHTS as BASE_WEIGHTS
from .loading import keep_words_on_disk, one_at_a_time
from .model_folders import MANIFEST, ModelFolder, ModelTampered, read_model
from .reader_network import Network
from .tagger_client import find_tagger
from .tagger_network import calibrated, names_of, tag_scores, windows_of
from .tagger_types import TaggedName, Tagger, TaggerUnavailable

PACKAGED = Path(__file__).resolve().parent / "packaged_tagger"
WEIGHTS = "tagger.safetensors"
DESCRIPTION = "tagger.json"
REFUSED_SECONDS = 30.0
"""A model that was refused is not read again for this long."""

PIECE = 100_000
"""Characters that are taken apart into pieces of words at once."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

__all__ = ["TaggedName", "Tagger", "TaggerUnavailable", "get_tagger", "local_tagger", "why_not"]


def why_not() -> str:
    """Why there is no tagger here, as a sentence; "" where there is one. No model is loaded for it."""
    if not settings.NER_TAGGER:
        return "The tagger of names is off (DONOVAN_NER_TAGGER=0)."
    if chosen() is not MULTILINGUAL:
        return "The tagger of names needs the multilingual embedding model, and the settings choose another."
    if not (Path(settings.MULTILINGUAL_MODEL) / BASE_WEIGHTS).is_file():
        return (
            f"The multilingual base model, which the tagger of names needs, is not in "
            f"{settings.MULTILINGUAL_MODEL}. Run `make run` again, it installs it."
        )
    return _damage(PACKAGED)


@lru_cache(maxsize=4)
def _damage(folder: Path) -> str:
    """What is wrong with the files in a folder, looked at once; "" where nothing is."""
    try:
        read_model(folder)
    except ModelTampered as error:
        return error.sentence
    return ""


class LocalTagger:
    """A tagger, loaded into this process."""

    def __init__(self, model: ModelFolder, base: Path) -> None:
        said = json.loads((model.path / DESCRIPTION).read_text(encoding="utf-8"))
        self.name = f"{model.name}@{model.digest[:12]}"
        self.sure: Mapping[str, float] = {str(k): float(v) for k, v in said["sure"].items()}
        self._least = {str(k): float(v) for k, v in said["thresholds"].items()}
        self._scale = {str(k): (float(a), float(b)) for k, (a, b) in said["chances"].items()}
        self._torch: Any = importlib.import_module("torch")
        self._torch.set_num_threads(1)
        tensors = importlib.import_module("safetensors.torch").load_file(str(model.path / WEIGHTS))
        with one_at_a_time:
            self._network = Network(base)
        keep_words_on_disk(self._torch, self._network.encoder, base)
        self._network.merge(tensors)
        # Half of the cores: questions are answered beside it.
        self._pool = ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 1) // 2))

    def tag(self, texts: Sequence[str]) -> list[list[TaggedName]]:
        return [_in_order(self._likely(self._raw(text))) for text in texts]

    def raw(self, text: str) -> list[TaggedName]:
        """All names with their chances before calibration."""
        return _in_order(self._raw(text))

    def _likely(self, names: Iterable[TaggedName]) -> Iterable[TaggedName]:
        for name in names:
            chance = calibrated(name.chance, *self._scale[name.kind])
            if chance >= self._least[name.kind]:
                yield TaggedName(name.start, name.end, name.kind, chance)

    def _raw(self, text: str) -> list[TaggedName]:
        safe = _LONE_SURROGATE.sub("\ufffd", text)
        work = []
        for offset, part in _parts(safe):
            made = self._network.tokenizer(
                part, add_special_tokens=False, return_offsets_mapping=True, verbose=False
            )
            ids, places = made["input_ids"], [(a + offset, b + offset) for a, b in made["offset_mapping"]]
            for first, past in windows_of(safe, places):
                if any(letter.isalpha() for letter in safe[places[first][0] : places[past - 1][1]]):
                    work.append((ids[first:past], places[first:past]))
        found: list[TaggedName] = []
        for names in self._pool.map(lambda one: self._window(safe, *one), work):
            found += names
        return found

    def _window(self, text: str, ids: Sequence[int], places: Sequence[tuple[int, int]]) -> list[TaggedName]:
        tokenizer = self._network.tokenizer
        row = [tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]
        with self._torch.inference_mode():
            states = self._network.states([row])[0, 1 : len(ids) + 1]
            logs = tag_scores(states, self._network.heads).log_softmax(-1)
        return names_of(text, places, logs.numpy())


def _parts(text: str) -> Iterable[tuple[int, str]]:
    """The text in parts that end with a line or a word."""
    begin = 0
    while begin < len(text):
        end = min(begin + PIECE, len(text))
        if end < len(text):
            end = max(text.rfind("\n", begin, end), text.rfind(" ", begin, end)) + 1 or end
        yield begin, text[begin:end]
        begin = end


def _in_order(names: Iterable[TaggedName]) -> list[TaggedName]:
    """In order of start; of two that share a character the earlier."""
    kept: list[TaggedName] = []
    for name in sorted(names, key=lambda one: (one.start, -one.end)):
        if name.end > name.start and (not kept or kept[-1].end <= name.start):
            kept.append(name)
    return kept


class _Here:
    """The tagger in this process, or until when and why it was refused."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tagger: LocalTagger | None = None
        self.refused: tuple[float, str] = (0.0, "")


_here = _Here()


def local_tagger() -> LocalTagger:
    """The tagger, loaded into this process when it is not yet. Raises TaggerUnavailable."""
    if sentence := why_not():
        raise TaggerUnavailable(sentence)
    with _here.lock:
        if _here.tagger is not None:
            return _here.tagger
        if time.monotonic() < _here.refused[0]:
            raise TaggerUnavailable(_here.refused[1])
        try:
            _here.tagger = LocalTagger(read_model(PACKAGED), Path(settings.MULTILINGUAL_MODEL))
        except ModelTampered as error:
            _here.refused = (time.monotonic() + REFUSED_SECONDS, error.sentence)
            raise TaggerUnavailable(error.sentence) from error
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            sentence = "The files of the tagger of names cannot be read. Run `make run` again."
            _here.refused = (time.monotonic() + REFUSED_SECONDS, sentence)
            raise TaggerUnavailable(sentence) from error
        return _here.tagger


def packaged_name() -> str:
    """The name that the packaged tagger has once it is loaded. Raises TaggerUnavailable."""
    try:
        content = (PACKAGED / MANIFEST).read_bytes()
        return f"{json.loads(content)['name']}@{hashlib.sha256(content).hexdigest()[:12]}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TaggerUnavailable("The tagger of names has no manifest that can be read.") from error


def get_tagger() -> Tagger:
    """The embedding host's tagger, else one loaded here. Raises TaggerUnavailable."""
    if sentence := why_not():
        raise TaggerUnavailable(sentence)
    return find_tagger(packaged_name()) or local_tagger()
