"""Texts to vectors: the one interface, the model behind it, and where it runs.

`get_embedder()` gives the embedding host's model when a host answers at settings.EMBEDDER_SOCKET, so that one
process on the machine holds the model, and otherwise loads the model into this process. Either way it is the
model that the pointer of `retrieval.serving` names at that moment, else the one of the settings or package.

Every text goes through the model by itself, on one thread, padded to a length that only it decides. A vector
is therefore a function of its text alone: no neighbour in a batch, nobody's load on the machine can move its
last bit. On two cores this is also the fastest way that was measured: short texts carry no padding of long
ones.
"""

import ctypes
import gc
import importlib
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import serving
from .base_models import PACKAGED, chosen, folder_of_base
from .embedder import Embedder, Vectors
from .embedding_errors import EmbedderUnavailable
from .embedding_host_client import HostEmbedder, find_host
from .loading import keep_words_on_disk, one_at_a_time, weights_digest
from .model_folders import ModelFolder, ModelTampered

ROLE = "embedder"
ENGINES = ("torch", "sentence_transformers")

UNSAID_LANGUAGES = frozenset({"en"})
"""What a model is taken to read that says nothing of its languages."""

SIDECAR = "donovan.json"
"""Beside a site's own model: {"languages": ["en", "ru", ...] or ["*"], "sha256": digest of its weights}."""

CHARACTERS_READ = 8_000
"""More than any model of this kind reads; the rest of a longer text is not even split into tokens."""

CHARACTERS_OF_A_QUERY = 400
"""Enough of a question to tell whether its letters have a sense, and short enough to be read whole."""

QUERIES_KEPT = 256

REFUSED_SECONDS = 30.0
"""A model that was refused is not read again for this long: its files would be hashed at every search."""

PAD_TO = 16
"""Lengths are rounded up to this many tokens, so that the processor's routines are made for a few lengths
only.
"""


def passage_text(title: str, heading: str, text: str) -> str:
    """What is embedded of a passage: its words, with the title and headings that say what they are about."""
    above = [part.strip() for part in (title.replace("_", " "), heading) if part.strip()]
    return "\n".join([". ".join(above), text]) if above else text


def get_embedder() -> Embedder:
    """The embedder that serves now. Raises EmbedderUnavailable when there is neither host nor usable model.

    While the host changes to a model that has just been promoted this waits for it.
    """
    at = serving.pointer(ROLE)
    return find_host(at.key, load_here=lambda: _load_once(at)) or _load_once(at)


def query_vector(embedder: Embedder, query: str) -> Vectors:
    """The vector of a question, shape (dimensions,), kept for the next page of the same search."""
    key = (embedder.name, query)
    with _keeping:
        if key in _kept_queries:
            _kept_queries.move_to_end(key)
            return _kept_queries[key]
    vector: Vectors = embedder.encode([query], is_query=True)[0]
    with _keeping:
        _kept_queries[key] = vector
        while len(_kept_queries) > QUERIES_KEPT:
            _kept_queries.popitem(last=False)
    return vector


def embedder_at_hand() -> Embedder | None:
    """The embedder that serves, if it costs nothing to have it: a host that holds it, or a model loaded
    here. None while the host still changes to it.
    """
    at = serving.pointer(ROLE)
    with suppress(EmbedderUnavailable):
        found = find_host(at.key, load_here=lambda: _load_once(at), wait_seconds=0.0)
        return found or (_here.embedder if _here.embedder is not None and _here.key == at.key else None)
    return None


def model_folder() -> Path:
    """Folder of the model that serves: the promoted one, else that of the settings or package.

    Raises EmbedderUnavailable for a promoted model that is not the one that was promoted.
    """
    model = pointed_model(serving.pointer(ROLE))
    return model.path if model else base_folder()


def pointed_model(at: serving.Pointer) -> ModelFolder | None:
    """The model that a pointer names, checked file by file: a trained one, or one of the product.

    None where it is the folder that the settings name. Raises EmbedderUnavailable.
    """
    try:
        trained = serving.read_pointed(ROLE, at)
    except ModelTampered as error:
        raise EmbedderUnavailable(error.sentence) from error
    return trained or packaged_model(at.base)


def packaged_model(name: str) -> ModelFolder | None:
    """The model of the product with that name, its weights checked; None for a name that it does not have.

    Raises EmbedderUnavailable.
    """
    model = PACKAGED.get(name)
    if model is None:
        return None
    verify_weights(model.folder, model.digest)
    return ModelFolder(model.folder, ROLE, model.name, model.digest, {"languages": sorted(model.languages)})


def base_folder() -> Path:
    """Folder of the model that the settings choose. Raises EmbedderUnavailable."""
    return folder_of_base()


def verify_weights(folder: Path, expected: str = "") -> str:
    """Digest of the model's weights, SHA-256 over its safetensors in the order of their paths.

    Raises EmbedderUnavailable when the folder holds no safetensors, holds pickled weights, or has another
    digest than the one that is expected.
    """
    if not any(folder.rglob("*.safetensors")):
        raise EmbedderUnavailable(f"There is no model in {folder}: it holds no .safetensors file.")
    pickled = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl") for p in folder.rglob(pattern)]
    if pickled:
        raise EmbedderUnavailable(
            f"The model in {folder} is refused: {pickled[0]} may run code when read. Keep safetensors only."
        )
    digest = weights_digest(folder)
    if expected and digest != expected:
        raise EmbedderUnavailable(
            f"The embedding model in {folder} is refused: its weights are not the pinned ones "
            f"(SHA-256 {digest[:12]}…, expected {expected[:12]}…). Install it again."
        )
    return digest


def _sidecar(folder: Path) -> tuple[str, frozenset[str]]:
    """The digest that the folder's own note expects ("" for any), and the languages it says it reads."""
    path = folder / SIDECAR
    if not path.exists():
        return "", UNSAID_LANGUAGES
    try:
        said = json.loads(path.read_text())
        return str(said.get("sha256", "")), frozenset(str(code) for code in said.get("languages", ["en"]))
    except (ValueError, AttributeError, TypeError) as error:
        raise EmbedderUnavailable(
            f'{path} cannot be read. It must be JSON like {{"languages": ["en"], "sha256": "…"}}.'
        ) from error


@dataclass(frozen=True)
class Identity:
    """Who a model is, known without loading it: name with digest, the folder, the languages it reads."""

    name: str
    folder: Path
    languages: frozenset[str]


def identity_of(model: ModelFolder | None) -> Identity:
    """Who `model` is, or (None) the model that the settings choose, whose weights are hashed for it.

    Raises EmbedderUnavailable.
    """
    packaged = chosen()
    if model is None and packaged is not None:
        model = packaged_model(packaged.name)
    if model is not None:
        languages = frozenset(str(code) for code in model.facts.get("languages") or UNSAID_LANGUAGES)
        return Identity(f"{model.name}@{model.digest[:12]}", model.path, languages)
    folder = base_folder()
    expected, languages = _sidecar(folder)
    return Identity(f"{folder.name}@{verify_weights(folder, expected)[:12]}", folder, languages)


class LocalEmbedder:
    """A model, loaded into this process."""

    def __init__(self, model: ModelFolder | None = None) -> None:
        """`model` is an embedder whose files were checked; None loads the one that the settings choose.

        Raises EmbedderUnavailable.
        """
        identity = identity_of(model)
        self.name, self.languages, folder = identity.name, identity.languages, identity.folder
        # Loaded by name, not at the top: processes that reach the host must not carry torch (200 MB).
        torch, sentence_transformers = (importlib.import_module(engine) for engine in ENGINES)
        self._torch: Any = torch
        self._torch.set_num_threads(1)
        try:
            with one_at_a_time:
                self._model = sentence_transformers.SentenceTransformer(
                    str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
                ).eval()
                keep_words_on_disk(torch, getattr(self._model[0], "auto_model", None), folder)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EmbedderUnavailable(f"The embedding model in {folder} cannot be loaded.") from error
        self._prompts: dict[str, str] = dict(self._model.prompts or {})
        self._length = int(self._model.max_seq_length or 512)
        self._narrow = _processor_has_bfloat16()
        if self._narrow:
            # A layer behind the pooling works on vectors that lie close together, and keeps every bit.
            for module in self._model[0].modules():
                if isinstance(module, self._torch.nn.Linear):
                    module.to(self._torch.bfloat16)
        return_freed_memory()
        self._log_probabilities = _log_probabilities(folder)
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="embed")
        self.dimensions = int(self.encode_one("a", is_query=False).shape[0])

    def reads(self, language: str) -> bool:
        return "*" in self.languages or language.lower().split("-")[0] in self.languages

    def familiarity(self, text: str) -> float | None:
        if self._log_probabilities is None:
            return None
        read = text[:CHARACTERS_OF_A_QUERY]
        # Asked as for a vector: with other settings the tokeniser, which all threads share, would be changed.
        said = self._tokens(read)
        pieces = said["input_ids"][0][said["attention_mask"][0].bool()].numpy()[1:-1]
        letters = sum(not char.isspace() for char in read)
        return float(self._log_probabilities[pieces].sum()) / max(letters, 1)

    def _tokens(self, text: str) -> Any:
        return self._model.tokenizer(
            text,
            truncation=True,
            max_length=self._length,
            padding=True,
            pad_to_multiple_of=PAD_TO,
            return_tensors="pt",
        )

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack(list(self._pool.map(lambda text: self.encode_one(text, is_query=is_query), texts)))

    def encode_one(self, text: str, *, is_query: bool) -> Vectors:
        """The vector of one text, shape (dimensions,), computed on the calling thread."""
        names = ("query",) if is_query else ("document", "passage")
        prompt = next((self._prompts[name] for name in names if self._prompts.get(name)), "")
        tokens = self._tokens(prompt + text[:CHARACTERS_READ])
        with (
            self._torch.inference_mode(),
            self._torch.autocast("cpu", dtype=self._torch.bfloat16, enabled=self._narrow),
        ):
            pooled = self._model.forward(dict(tokens))["sentence_embedding"][0].float().numpy()
        vector: Vectors = pooled.astype(np.float32)
        return vector / np.float32(max(float(np.sqrt(np.sum(vector.astype(np.float64) ** 2))), 1e-12))


_kept_queries: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
_keeping = threading.Lock()


class _Here:
    """The model in this process, the key of the pointer that it was loaded for, and why it was refused."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key = ""
        self.embedder: LocalEmbedder | None = None
        self.refused: tuple[str, float, EmbedderUnavailable] | None = None


_here = _Here()


def _load_once(at: serving.Pointer) -> LocalEmbedder:
    """The model of a pointer, loaded when it is not yet the one in this process; the one before is let go."""
    with _here.lock:
        if _here.embedder is not None and _here.key == at.key:
            # The pointer has moved away from what was refused: should it come back, that is read anew.
            _here.refused = None
            return _here.embedder
        if _here.refused and _here.refused[0] == at.key and time.monotonic() < _here.refused[1]:
            raise EmbedderUnavailable(_here.refused[2].sentence)
        try:
            loaded = LocalEmbedder(pointed_model(at))
        except EmbedderUnavailable as error:
            _here.refused = (at.key, time.monotonic() + REFUSED_SECONDS, error)
            raise
        is_exchange = _here.embedder is not None
        _here.key, _here.embedder, _here.refused = at.key, loaded, None
        if is_exchange:
            free_what_was_let_go()
        return loaded


def _log_probabilities(folder: Path) -> Vectors | None:
    """Those of the pieces of a unigram vocabulary, by their number; None for another kind of vocabulary."""
    try:
        vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
        if vocabulary.get("type") != "Unigram":
            return None
        found = np.array([score for _, score in vocabulary["vocab"]], dtype=np.float32)
        # As the tokenizers library counts what it does not know.
        found[vocabulary["unk_id"]] = found.min() - 10.0
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _processor_has_bfloat16() -> bool:
    """Whether matrix products in bfloat16 are native here: twice the speed then, slower than float32
    otherwise.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def preload_engines() -> None:
    """Load what every model needs, and never look through it again for something to free: a collection then
    walks through models only.
    """
    for engine in ENGINES:
        importlib.import_module(engine)
    gc.collect()
    gc.freeze()


def free_what_was_let_go() -> None:
    """Take a model apart that nobody holds any more: its parts refer to each other in circles, and would
    otherwise keep their memory until a collection that may be hours away.
    """
    gc.collect()
    return_freed_memory()


def return_freed_memory() -> None:
    """Give freed pages back to the system; the allocator would keep them for a next time."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


__all__ = ["Embedder", "EmbedderUnavailable", "HostEmbedder", "LocalEmbedder", "get_embedder", "passage_text"]
