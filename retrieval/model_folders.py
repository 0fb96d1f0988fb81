"""Folders of trained models, each with a manifest of its files that is checked before anything is read.

A model lies in MODELS_DIR/<role>/<name>/ and is never changed once written. Its digest is the SHA-256 of its
manifest, which holds the SHA-256 of every other file: that one digest proves the whole folder.
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

MANIFEST = "manifest.json"
ROLES = ("embedder", "reranker", "reader", "llm", "verifier", "triage")
"""What a trained model can be for. "llm" is an adapter over the language model of the settings."""

SAFE_SUFFIXES = frozenset({".safetensors", ".gguf", ".json", ".txt"})
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_MOST_MANIFEST_BYTES = 4 * 1024 * 1024


class ModelTampered(Exception):
    """A folder is not the model it should be. `sentence` says what is wrong, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class ModelFolder:
    """A folder whose every file was found to be the one its manifest names."""

    path: Path
    role: str
    name: str
    digest: str
    facts: Mapping[str, Any]


def folder_of(role: str, name: str) -> Path:
    """Where a model of that name lies, whether or not it exists. Raises ValueError for an impossible name."""
    if role not in ROLES or not _NAME.fullmatch(name):
        raise ValueError(f"{role}/{name} is no name of a model.")
    return Path(settings.MODELS_DIR) / role / name


def write_model(role: str, name: str, fill: Callable[[Path], Mapping[str, Any]]) -> ModelFolder:
    """Write a new model: `fill` puts files into an empty folder and returns the facts for the manifest.

    The folder is made beside, flushed to the disk and renamed into place. Raises FileExistsError when the
    name is taken, ModelTampered when a file is of a kind that is never loaded.
    """
    place = folder_of(role, name)
    if place.exists():
        raise FileExistsError(f"There is already a {role} named {name}.")
    staged = place.with_name(f".{name}.{uuid.uuid4().hex}")
    staged.mkdir(parents=True)
    try:
        facts = fill(staged)
        files = {path.relative_to(staged).as_posix(): _digest(path) for path in _files(staged)}
        manifest = {"role": role, "name": name, "files": files, "facts": dict(facts)}
        content = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()
        (staged / MANIFEST).write_bytes(content)
        for path in [*staged.rglob("*"), staged]:
            _flush(path)
        staged.rename(place)
        _flush(place.parent)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return read_model(place)


def read_model(path: Path, digest: str = "") -> ModelFolder:
    """Check every file against the manifest, and the manifest against `digest` where one is given.

    Raises ModelTampered naming the first thing that is wrong.
    """
    try:
        with (path / MANIFEST).open("rb") as stream:
            content = stream.read(_MOST_MANIFEST_BYTES)
        said = json.loads(content)
        role, name, files, facts = said["role"], said["name"], dict(said["files"]), dict(said["facts"])
    except OSError as error:
        raise ModelTampered(f"The model in {path} has no manifest that can be read.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelTampered(f"The manifest of the model in {path} is not readable.") from error
    found = hashlib.sha256(content).hexdigest()
    if digest and found != digest:
        raise ModelTampered(
            f"The model {name} is refused: its manifest was changed after it was recorded "
            f"(SHA-256 {found[:12]}…, expected {digest[:12]}…)."
        )
    present = {file.relative_to(path).as_posix() for file in _files(path)} - {MANIFEST}
    for file in sorted(present - set(files)):
        raise ModelTampered(f"The model {name} is refused: {file} is not in its manifest.")
    for file in sorted(set(files) - present):
        raise ModelTampered(f"The model {name} is refused: {file} is missing.")
    for file in sorted(present):
        if _digest(path / file) != files[file]:
            raise ModelTampered(f"The model {name} is refused: {file} was changed after it was written.")
    return ModelFolder(path, str(role), str(name), found, facts)


def _files(folder: Path) -> list[Path]:
    files = [path for path in sorted(folder.rglob("*")) if not path.is_dir() or path.is_symlink()]
    for path in files:
        if path.is_symlink() or not path.is_file():
            raise ModelTampered(f"The model in {folder} is refused: {path.name} is not a plain file.")
        if path.suffix not in SAFE_SUFFIXES:
            raise ModelTampered(
                f"The model in {folder} is refused: {path.name} is of a kind that may run code when read."
            )
    return files


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
