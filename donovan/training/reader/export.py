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
    torch = importlib.import_module("safetensors.torch")
    kept = {
        name: value.half().contiguous()
        for name, value in torch.load_file(str(state)).items()
        if not name.startswith("state.")
    }
    out.mkdir(parents=True, exist_ok=True)
    torch.save_file(kept, str(out / WEIGHTS))
    describe(out, description, card)


def describe(out: Path, description: Mapping[str, Any], card: str) -> None:
    """Write description, card and manifest beside the weights that lie in `out`."""
    (out / DESCRIPTION).write_text(json.dumps(description, indent=1, sort_keys=True) + "\n")
    (out / CARD).write_text(card)
    files = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in (WEIGHTS, DESCRIPTION, CARD)
    }
    manifest = {"role": ROLE, "name": NAME, "files": files, "facts": {"languages": ["*"]}}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
