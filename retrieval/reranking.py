"""A trained re-ranker: from the features of a question and a passage to how likely the one answers the other.

A model of role "reranker" is a folder with two files beside its manifest:

- `features.json`: {"method": METHOD, "features": [names out of FEATURES, in the order of the columns]}
- `weights.safetensors`, float arrays over k features and, for the second form, h hidden units:
  `mean` (k,), `scale` (k,), `weight` and `bias` (1,). Linear: `weight` is (k,). With a hidden layer:
  `hidden_weight` (h, k), `hidden_bias` (h,) and `weight` (h,).

With x = (features - mean) / scale, and for the second form x = max(0, hidden_weight x + hidden_bias), the
score is 1 / (1 + exp(-(weight x + bias))): a number between 0 and 1. It is computed with numpy alone, row by
row, so that no other candidate can move its last bit.
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from . import serving
from .model_folders import ModelFolder, ModelTampered
from .rerank_features import FEATURES, METHOD, Candidate, Floats, features_of, features_of_all

ROLE = "reranker"
WEIGHTS_FILE = "weights.safetensors"
FEATURES_FILE = "features.json"

RERANKED = 50
"""How many of the best fused candidates are scored again."""

FAILURE_KEPT_SECONDS = 30.0
"""A model that was refused is not read again for this long: its files would be hashed at every search."""

__all__ = [
    "FEATURES",
    "METHOD",
    "Candidate",
    "Reranker",
    "RerankerUnavailable",
    "current_reranker",
    "features_of",
    "features_of_all",
    "load_reranker",
    "score",
    "write_weights",
]


class RerankerUnavailable(Exception):
    """The re-ranker that should serve cannot. `sentence` says why, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def score(weights: Mapping[str, Floats], features: Floats) -> Floats:
    """Scores (n,) between 0 and 1 of features (n, k) whose columns are those that `weights` were made for."""
    x = (features - weights["mean"]) / weights["scale"]
    # Sums over the last axis go row by row; a matrix product may add up in another order for another n.
    if "hidden_weight" in weights:
        hidden = (x[:, np.newaxis, :] * weights["hidden_weight"]).sum(axis=-1)
        x = np.maximum(hidden + weights["hidden_bias"], 0.0)
    logits = (x * weights["weight"]).sum(axis=-1) + weights["bias"][0]
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60.0, 60.0))), dtype=np.float64)


class Reranker:
    """Weights in memory. `name` identifies them: the model's name and the start of its digest."""

    def __init__(self, name: str, digest: str, used: Sequence[str], weights: Mapping[str, Floats]) -> None:
        self.name = name
        self.digest = digest
        self._columns = [FEATURES.index(feature) for feature in used]
        self._weights = dict(weights)

    def scores(self, features: Floats) -> Floats:
        """Scores (n,) between 0 and 1 of features (n, len(FEATURES)) as `features_of_all` gives them."""
        return score(self._weights, features[:, self._columns])


def write_weights(folder: Path, weights: Mapping[str, Floats], used: Sequence[str] = FEATURES) -> None:
    """Put a re-ranker's two files into `folder`. Raises RerankerUnavailable when they would not be read."""
    arrays = {name: np.ascontiguousarray(array, dtype=np.float64) for name, array in weights.items()}
    _check(folder.name, used, arrays)
    save_file(arrays, folder / WEIGHTS_FILE)
    said = json.dumps({"method": METHOD, "features": list(used)}, indent=1)
    (folder / FEATURES_FILE).write_text(said, encoding="utf-8")


def load_reranker(model: ModelFolder) -> Reranker:
    """The re-ranker in a folder that was checked. Raises RerankerUnavailable when it is not one."""
    try:
        said = json.loads((model.path / FEATURES_FILE).read_bytes())
        method, used = int(said["method"]), [str(name) for name in said["features"]]
        loaded = load((model.path / WEIGHTS_FILE).read_bytes())
        weights = {name: np.asarray(array, dtype=np.float64) for name, array in loaded.items()}
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise RerankerUnavailable(f"The re-ranker {model.name} cannot be read.") from error
    if method != METHOD:
        raise RerankerUnavailable(
            f"The re-ranker {model.name} was trained for another version of this program. Train it again."
        )
    _check(model.name, used, weights)
    return Reranker(f"{model.name}@{model.digest[:12]}", model.digest, used, weights)


def _check(name: str, used: Sequence[str], weights: Mapping[str, Floats]) -> None:
    unknown = [feature for feature in used if feature not in FEATURES]
    k = len(used)
    shapes: dict[str, tuple[int, ...]] = {"mean": (k,), "scale": (k,), "weight": (k,), "bias": (1,)}
    if "hidden_weight" in weights:
        h = len(weights["hidden_weight"])
        shapes |= {"hidden_weight": (h, k), "hidden_bias": (h,), "weight": (h,)}
    fits = {key: array.shape for key, array in weights.items()} == shapes
    if unknown or not k or not fits or not all(np.isfinite(a).all() for a in weights.values()):
        raise RerankerUnavailable(f"The weights of the re-ranker {name} have a form that is not read here.")
    if (weights["scale"] <= 0).any():
        raise RerankerUnavailable(f"The re-ranker {name} divides by a scale that is not above zero.")


class _Kept:
    """What the pointer named when it was last followed, and what came of it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key = ""
        self.reranker: Reranker | None = None
        self.failure: RerankerUnavailable | None = None
        self.failed_at = 0.0


_kept = _Kept()


def current_reranker() -> Reranker | None:
    """The re-ranker that serves now, None where none does. Raises RerankerUnavailable.

    It is read again only when the pointer moved, or some time after it was refused.
    """
    at = serving.pointer(ROLE)
    with _kept.lock:
        is_old_failure = time.monotonic() - _kept.failed_at > FAILURE_KEPT_SECONDS
        if at.key != _kept.key or (_kept.failure and is_old_failure):
            _kept.key, _kept.reranker, _kept.failure = at.key, None, None
            try:
                model = serving.read_pointed(ROLE, at)
                _kept.reranker = load_reranker(model) if model else None
            except ModelTampered as error:
                _kept.failure = RerankerUnavailable(error.sentence)
            except RerankerUnavailable as error:
                _kept.failure = error
            _kept.failed_at = time.monotonic()
        if _kept.failure:
            raise RerankerUnavailable(_kept.failure.sentence)
        return _kept.reranker


def forget_kept() -> None:
    """Read the re-ranker again at its next use."""
    with _kept.lock:
        _kept.key, _kept.reranker, _kept.failure = "", None, None
