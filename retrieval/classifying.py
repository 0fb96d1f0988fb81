"""Trained classifiers over embeddings: a matrix, a bias and a temperature, read from a checked folder.

A classifier means something only with the embedder it was trained with; `usable_with` says whether that is
the one in service. Everything is numpy: no library is loaded for a prediction.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from .embedding import get_embedder
from .embedding_errors import EmbedderUnavailable
from .model_folders import ModelFolder, ModelTampered
from .serving import Pointer, pointer, read_pointed

Matrix = npt.NDArray[np.float32]
WEIGHTS = "classifier.safetensors"
DESCRIPTION = "classifier.json"


@dataclass(frozen=True)
class LinearClassifier:
    """Classes and their weights, shape (classes, features); probabilities are calibrated by `temperature`.

    `threshold` is what a probability must reach before anything is done about it; above 1 means never.
    `says` holds whatever else the trainer wrote down, such as the version of its features. `centres` are the
    middles of the classes, shape (classes, features), each of length 1: what is less like all of them than
    `typical_from` (a cosine) is like nothing that it learnt from. Without them everything is typical.
    """

    name: str
    digest: str
    classes: tuple[str, ...]
    embedder: str
    threshold: float
    languages: frozenset[str]
    says: dict[str, Any]
    weights: Matrix
    bias: Matrix
    temperature: float
    centres: Matrix | None = None
    typical_from: float = -1.0

    @property
    def shown(self) -> str:
        """Name and start of the digest, as answers and pages keep it."""
        return f"{self.name}@{self.digest[:12]}"

    def usable_with(self, embedder: str) -> bool:
        """Whether the embedder of this name is the one it was trained with."""
        return self.embedder == embedder

    def probabilities(self, features: Matrix) -> Matrix:
        """Shape (items, classes), each row summing to 1, of features of shape (items, features)."""
        scores = (features @ self.weights.T + self.bias) / np.float32(self.temperature)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True), dtype=np.float32)

    def is_typical(self, features: Matrix) -> list[bool]:
        """Whether each item is like something that it learnt from: else none of its classes is meant."""
        if self.centres is None:
            return [True] * len(features)
        return [bool(one >= self.typical_from) for one in nearest_centre(features, self.centres)]

    def best(self, features: Matrix) -> Sequence[tuple[str, float]]:
        """The likeliest class of each item and its probability."""
        found = self.probabilities(features)
        places = found.argmax(axis=1)
        return [(self.classes[at], float(row[at])) for row, at in zip(found, places, strict=True)]


def nearest_centre(features: Matrix, centres: Matrix) -> Matrix:
    """The cosine of each item with the centre that is nearest to it, shape (items,)."""
    lengths = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    return np.asarray((features / lengths @ centres.T).max(axis=1), dtype=np.float32)


def serving_classifier(role: str, title: str, features: int) -> tuple[LinearClassifier | None, str]:
    """The classifier in use in a role and nothing, or None and a sentence why the promoted one is not used.

    (None, "") where none is promoted. `title` is what it is called in a sentence; `features` the version of
    those that it will be given.
    """
    try:
        at = pointer(role)
        if at.folder is None:
            return None, ""
        classifier = _pointed(role, at)
        embedder = get_embedder().name
    except ModelTampered as error:
        return None, error.sentence
    except EmbedderUnavailable as error:
        return None, str(error)
    unused = f"The {title} {classifier.name} is not used: "
    if not classifier.usable_with(embedder):
        return None, (
            f"{unused}it was trained with the embedder {classifier.embedder}, and {embedder} serves. "
            "Train it again."
        )
    if classifier.says.get("features") != features:
        return None, f"{unused}it is of another version. Train it again."
    return classifier, ""


@lru_cache(maxsize=4)
def _pointed(role: str, at: Pointer) -> LinearClassifier:
    """The classifier at a pointer, its files checked once; a pointer that moves is another key."""
    model = read_pointed(role, at)
    if model is None:
        raise ModelTampered(f"There is no model in the role {role}.")
    return read_classifier(model)


def read_classifier(model: ModelFolder) -> LinearClassifier:
    """The classifier in a folder that was checked. Raises ModelTampered when it holds none."""
    return _read(model.path, model.name, model.digest)


@lru_cache(maxsize=8)
def _read(path: Path, name: str, digest: str) -> LinearClassifier:
    try:
        said = json.loads((path / DESCRIPTION).read_text(encoding="utf-8"))
        tensors = load_file(path / WEIGHTS)
        weights, bias = tensors["weights"].astype(np.float32), tensors["bias"].astype(np.float32)
        classes = tuple(str(one) for one in said["classes"])
        if weights.shape[0] != len(classes) or bias.shape != (len(classes),):
            raise ValueError
        centres = tensors.get("centres")
        if centres is not None and centres.shape[1:] != weights.shape[1:]:
            raise ValueError
        return LinearClassifier(
            name=name,
            digest=digest,
            classes=classes,
            embedder=str(said["embedder"]),
            threshold=float(said["threshold"]),
            languages=frozenset(str(code) for code in said["languages"]),
            says=dict(said.get("says", {})),
            weights=weights,
            bias=bias,
            temperature=max(1e-3, float(tensors["temperature"].reshape(-1)[0])),
            centres=centres.astype(np.float32) if centres is not None else None,
            typical_from=float(said.get("typical_from", -1.0)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelTampered(f"The model {name} is no classifier that can be read.") from error
