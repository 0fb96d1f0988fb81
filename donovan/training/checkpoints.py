"""Checkpoints of a training: staged, flushed, renamed; a torn one is passed over when reading.

A checkpoint is the folder work/checkpoints/<step>/ with tensors.safetensors and state.json. The state names
the SHA-256 of the tensors, so that a file which was cut short is never gone on from. Nothing is pickled:
the state of an optimizer is a dictionary of tensors and a little JSON like everything else.
"""

import hashlib
import importlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays

TENSORS = "tensors.safetensors"
STATE = "state.json"
KEPT = 2
"""Checkpoints kept: the last, and the one before it should the last turn out to be torn."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was found whole. Tensors are read when asked for."""

    step: int
    state: dict[str, Any]
    path: Path

    def arrays(self) -> dict[str, np.ndarray]:
        """The tensors as numpy arrays. Raises TypeError for bfloat16, which numpy does not know."""
        return dict(load_arrays(self.path / TENSORS))

    def tensors(self) -> dict[str, Any]:
        """The tensors as torch tensors on the CPU, of the type they were written with."""
        return dict(_torch_files().load_file(self.path / TENSORS))


def save_checkpoint(
    work: Path, step: int, tensors: Mapping[str, Any], state: Mapping[str, Any], *, kept: int = KEPT
) -> Path:
    """Write the checkpoint of `step` and remove all but the last `kept`; the folder written.

    `tensors` are all torch tensors or all numpy arrays, by name; `state` is JSON. When this returns, the
    checkpoint is on the disk; when the process dies within it, the one before is still there.
    """
    place = _folder(work) / f"{step:09d}"
    staged = _folder(work) / f".{step:09d}.{uuid.uuid4().hex}"
    staged.mkdir(parents=True)
    try:
        _write_tensors(staged / TENSORS, tensors)
        content = {"step": step, "tensors": _digest(staged / TENSORS), "state": dict(state)}
        (staged / STATE).write_text(json.dumps(content, allow_nan=False), encoding="utf-8")
        for path in (staged / TENSORS, staged / STATE, staged):
            _flush(path)
        if place.exists():
            shutil.rmtree(place)
        staged.rename(place)
        _flush(place.parent)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    _prune(work, kept)
    return place


def load_last(work: Path) -> Checkpoint | None:
    """The last whole checkpoint in `work`, or None. A torn one is skipped, never gone on from."""
    for path in reversed(_places(work)):
        try:
            content = json.loads((path / STATE).read_text(encoding="utf-8"))
            if content["tensors"] == _digest(path / TENSORS):
                return Checkpoint(int(content["step"]), dict(content["state"]), path)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _write_tensors(path: Path, tensors: Mapping[str, Any]) -> None:
    if all(isinstance(tensor, np.ndarray) for tensor in tensors.values()):
        save_arrays({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, path)
        return
    # Copies: safetensors refuses tensors that share memory, as the state of a model often does.
    copies = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    _torch_files().save_file(copies, path)


def _torch_files() -> Any:
    # Loaded by name, not at the top: a trainer that works in numpy must not carry torch (200 MB).
    return importlib.import_module("safetensors.torch")


def _places(work: Path) -> list[Path]:
    """The checkpoints that were renamed into place, oldest first."""
    folder = _folder(work)
    return sorted(path for path in folder.iterdir() if path.name.isdigit()) if folder.is_dir() else []


def _prune(work: Path, kept: int) -> None:
    for path in _places(work)[:-kept]:
        shutil.rmtree(path, ignore_errors=True)
    for path in _folder(work).glob(".*"):
        # Left behind by a process that was killed while it wrote; one process at a time works in this folder.
        shutil.rmtree(path, ignore_errors=True)


def _folder(work: Path) -> Path:
    return work / "checkpoints"


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
