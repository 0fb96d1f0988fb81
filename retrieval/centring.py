"""What all vectors of the multilingual model have in common, and what only tells its language, taken out.

The vectors of this model lie in a narrow cone: two texts that have nothing to do with each other have a
cosine of .7 to .8, and a question is nearer to any passage in its own language. Every vector therefore has
the mean taken away and is projected off the directions in which languages, and questions and passages,
differ in the mean ("self language bias": Yang et al. 2021, "A Simple and Effective Method To Eliminate the
Self Language Bias in Multilingual Representations"; for the cone: Mu and Viswanath 2018, "All-but-the-Top").
Unrelated texts are near 0 afterwards in each language, so that a cosine means the same everywhere, and can
be joined with scores of words.

`manage.py fit_centring MODEL LINES` writes the layer: MODEL is the unpacked model, LINES a folder of text
files, one a language, whose lines say the same (as NTREX-128, Federmann et al. 2022). It lies in
`retrieval/packaged_centring` and is copied into the model's folder when that is unpacked.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

FOLDER = Path(__file__).resolve().parent / "packaged_centring"
WEIGHTS = "model.safetensors"
KIND = "Dense"

DIRECTIONS = 13
"""How many are taken out; between ten languages and two kinds of text there are no more that count."""

EVERY = 5
"""One line of so many is read."""

Matrix = npt.NDArray[np.float32]


def fit(kinds: Sequence[Sequence[Matrix]]) -> tuple[Matrix, Matrix]:
    """The projection (d, d) and the vector (d,) that is added after it.

    `kinds` holds for each kind of text (question, passage), for each language, the vectors (n, d) of texts
    that say the same.
    """
    means = [np.mean([vectors.mean(axis=0) for vectors in languages], axis=0) for languages in kinds]
    middle = np.mean(means, axis=0)
    differences = [
        vectors.mean(axis=0) - mean
        for languages, mean in zip(kinds, means, strict=True)
        for vectors in languages
    ]
    differences += [mean - middle for mean in means]
    taken = np.linalg.svd(np.stack(differences), full_matrices=False)[2][:DIRECTIONS]
    projection = np.eye(len(middle)) - taken.T @ taken
    return projection.astype(np.float32), (-projection @ middle).astype(np.float32)


def write(folder: Path, projection: Matrix, offset: Matrix) -> None:
    """The layer as sentence-transformers reads it, in half floats."""
    folder.mkdir(exist_ok=True)
    tensors = {"linear.weight": projection.astype(np.float16), "linear.bias": offset.astype(np.float16)}
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    said = {
        "in_features": projection.shape[1],
        "out_features": projection.shape[0],
        "bias": True,
        "activation_function": "torch.nn.modules.linear.Identity",
    }
    (folder / "config.json").write_text(json.dumps(said, indent=1) + "\n")
