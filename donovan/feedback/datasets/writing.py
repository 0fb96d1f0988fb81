"""Writing a version: its files beside, flushed, renamed into place, and only then the row that names them."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.reading import META, folder_of
from donovan.feedback.datasets.rows import SPLITS, Row, as_line

NOTICE = "System-derived, review required."
READ_ONLY = 0o440


def files_of(rows: Sequence[Row], about: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a version by name. The same rows and facts give the same bytes: rows lie by id, and
    nothing tells of the hour or the machine.
    """
    lines: dict[str, list[str]] = {split: [] for split in SPLITS}
    for row in sorted(rows, key=lambda each: str(each["id"])):
        lines[row["split"]].append(as_line(row))
    files = {f"{split}.jsonl": "".join(lines[split]).encode() for split in SPLITS}
    meta = {
        **about,
        "notice": NOTICE,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    files[META] = (json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    return files


class StagedFiles:
    """The files of a version to be, flushed to the disk beside its place.

    `move_to` puts them there within the transaction that makes its row; left without that, they are removed.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._folder = Path(settings.DATASETS_DIR) / f".being-made.{uuid.uuid4().hex}"

    def __enter__(self) -> "StagedFiles":
        try:
            self._folder.mkdir(parents=True)
            for name, data in self._files.items():
                path = self._folder / name
                with path.open("wb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
                path.chmod(READ_ONLY)
            flush_folder(self._folder)
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise DatasetError(
                f"The data set cannot be written ({error.strerror or 'disk error'}). "
                "Ask the system owner to look at the free disk space."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def move_to(self, version: DatasetVersion) -> None:
        """Into the place of `version`. What lies there without a row is left of a build that was cut off."""
        place = folder_of(version)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists():
                shutil.rmtree(place)
            self._folder.rename(place)
            flush_folder(place.parent)
            flush_folder(place.parent.parent)
        except OSError as error:
            raise DatasetError(
                f"The data set cannot be put into its place ({error.strerror or 'disk error'})."
            ) from error


def flush_folder(folder: Path) -> None:
    """Make renames in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
