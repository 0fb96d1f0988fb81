"""Writes the folder that is shipped: weights in half precision, what calibration found, a card, a
manifest.
"""

import hashlib
import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retrieval.model_folders import MANIFEST
from retrieval.reader import DESCRIPTION, ROLE, WEIGHTS

NAME = "reader"
CARD = "card.txt"


def export(state: Path, out: Path, description: Mapping[str, Any], card: str) -> None:
    """Write the packaged reader into `out` from a state of the training; what stood there is replaced."""
    weights = importlib.import_module("safetensors.torch").load_file(str(state))
    out.mkdir(parents=True, exist_ok=True)
    write_weights(out, {name: value for name, value in weights.items() if not name.startswith("state.")})
    describe(out, description, card)


def describe(out: Path, description: Mapping[str, Any], card: str) -> None:
    """Write description, card and manifest beside the weights that lie in `out`."""
    write_words(out, description, card)
    files = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (WEIGHTS, DESCRIPTION, CARD)
    }
    manifest = {"role": ROLE, "name": NAME, "files": files, "facts": {"languages": ["*"]}}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def write_weights(out: Path, weights: Mapping[str, Any]) -> None:
    """Write what was learned, in half precision."""
    kept = {name: value.detach().half().contiguous() for name, value in weights.items()}
    importlib.import_module("safetensors.torch").save_file(kept, str(out / WEIGHTS))


def write_words(out: Path, description: Mapping[str, Any], card: str) -> None:
    """Write the description, with thresholds and weights of features, and the card."""
    (out / DESCRIPTION).write_text(json.dumps(description, indent=1, sort_keys=True) + "\n")
    (out / CARD).write_text(card)
