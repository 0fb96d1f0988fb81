"""Stamps: a step is done again only when what it was made from has changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest_of(paths: Iterable[Path], *words: str) -> str:
    """SHA-256 over the names and contents of files, and over further words, in a fixed order."""
    total = hashlib.sha256()
    for word in words:
        total.update(f"word {word}\n".encode())
    for path in sorted(paths):
        total.update(f"file {path.name} {path.stat().st_size}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of one file, read in pieces so that a large model does not fill the memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_current(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == digest


def write_stamp(stamp: Path, digest: str) -> None:
    """Written only after the step has succeeded, beside its place and then moved: never half a stamp."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    beside = stamp.with_name(stamp.name + ".new")
    beside.write_text(digest + "\n")
    beside.replace(stamp)
