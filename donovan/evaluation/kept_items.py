"""What a run has measured so far, item by item, in a file beside the originals: it goes on from there.

Only the same code measuring the same subject may go on: the file begins with a digest of both, and one that
begins with another is thrown away. It holds what answers said, so nobody but this account reads it.
"""

import hashlib
import json
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from .measuring import Item, Kept
from .models import SuiteRun

KEPT_SECONDS: Final = 14 * 86_400.0
"""How long an unfinished run can be gone on with."""

_CODE: Final = ("values", "ingest", "retrieval", "donovan")
_SUFFIXES: Final = frozenset({".py", ".json", ".txt", ".md"})


class KeptItems:
    """The file of one run. `data` is the folder of larger sets: that which was named, else that of before."""

    def __init__(self, run: SuiteRun, data: Path | None = None) -> None:
        self._path = _folder() / f"{run.pk}.jsonl"
        self._made_by = _made_by(run)
        said = (_object(first) if (first := self._first()) else None) or {}
        self.data = data or (Path(said["data"]) if said.get("data") else None)

    def read(self) -> dict[str, Any]:
        """What was measured, as (asked, item) by id; nothing where something else would measure now."""
        try:
            first, *lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return {}
        if (_object(first) or {}).get("made_by") != self._made_by:
            self.forget()
            return {}
        # The last line may have been cut off by what ended the run.
        found = [said for line in lines if (said := _object(line))]
        return {said["item"]["id"]: said for said in found}

    def add(self, kept: Mapping[str, Any]) -> None:
        """Keep one more item, as `as_json` gives it."""
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
            begins = {"made_by": self._made_by, "data": str(self.data.resolve()) if self.data else ""}
            for said in [begins, kept] if is_new else [kept]:
                stream.write(json.dumps(said, ensure_ascii=False) + "\n")

    def _first(self) -> str:
        try:
            with self._path.open(encoding="utf-8") as stream:
                return stream.readline()
        except (OSError, ValueError):
            return ""

    def forget(self) -> None:
        """The run is finished, or begins anew."""
        self._path.unlink(missing_ok=True)


def as_json(kept: Kept) -> dict[str, Any]:
    """A kept item as it goes through pipes and files."""
    return {"asked": kept.asked, "item": kept.item.as_json()}


def from_json(said: Mapping[str, Any]) -> Kept:
    return Kept(str(said["asked"]), Item.from_json(said["item"]))


def count(run_id: uuid.UUID) -> int:
    """How many items an unfinished run has measured."""
    try:
        with (_folder() / f"{run_id}.jsonl").open("rb") as stream:
            return max(0, sum(1 for _line in stream) - 1)
    except OSError:
        return 0


def _folder() -> Path:
    folder = Path(settings.SCRATCH_DIR) / "suites"
    folder.mkdir(parents=True, exist_ok=True)
    oldest = time.time() - KEPT_SECONDS
    for path in folder.glob("*.jsonl"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    return folder


def _object(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _made_by(run: SuiteRun) -> str:
    told = [
        run.subject_digest,
        settings.LLM_PROVIDER,
        settings.LLM_MODEL,
        settings.LLM_DIGEST,
        settings.LLM_URL,
        settings.EMBEDDER,
        code_digest(),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def code_digest() -> str:
    """SHA-256 over the sources of everything that a suite measures."""
    root = Path(settings.BASE_DIR)
    hashed = hashlib.sha256()
    for room in _CODE:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file():
                hashed.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return hashed.hexdigest()
