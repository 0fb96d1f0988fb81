"""A file that is to be read: laid down when it came with a form, unpacked with care when it is an archive."""

import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.core.files.uploadedfile import UploadedFile

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.reading import MOST_BYTES
from donovan.feedback.datasets.formats.splits import OTHER_NAMES
from donovan.feedback.datasets.rows import SPLITS

MOST_ENTRIES = 64
LONGEST_NAME = 200
"""Bytes of a file name that are kept: file systems take 255."""

_PIECE = 1 << 20
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError),
    *(EOFError, OSError, ValueError),
)


@contextmanager
def laid_down(upload: "UploadedFile[bytes]") -> Iterator[Path]:
    """The file, or for a .zip the folder that was in it, until the block is left. Raises BadInput."""
    name = PurePosixPath(upload.name or "").name.encode()[:LONGEST_NAME].decode("utf-8", "ignore") or "file"
    if (upload.size or 0) > MOST_BYTES:
        raise BadInput(name, f"It is larger than {MOST_BYTES // 1024 // 1024} megabytes.")
    with tempfile.TemporaryDirectory() as staged:
        path = Path(staged) / name
        with path.open("wb") as stream:
            for piece in upload.chunks(_PIECE):
                stream.write(piece)
        with unpacked(path) as place:
            yield place


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file or folder itself, or for a .zip the folder that was in it, until the block is left. Raises
    BadInput.
    """
    if not path.is_file() or not zipfile.is_zipfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory() as staged:
        folder = Path(staged) / path.stem
        folder.mkdir()
        _unpack(path, folder)
        yield _inner(folder)


def _unpack(archive: Path, folder: Path) -> None:
    """Files of an archive with their folders, at most so many bytes and files, and nothing outside."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            if len(entries) > MOST_ENTRIES:
                raise BadInput(archive.name, f"It holds more than {MOST_ENTRIES} files.")
            for entry in entries:
                place = _place(entry.filename, folder, archive.name)
                place.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(entry) as source, place.open("xb") as target:
                    left = _copy(source, target, left, archive.name)
    except FileExistsError as error:
        raise BadInput(archive.name, "A file stands in it twice.") from error
    except _BROKEN as error:
        raise BadInput(archive.name, "The archive cannot be read.") from error


def _place(name: str, folder: Path, archive: str) -> Path:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0].startswith("/") or len(parts) > 4:
        raise BadInput(archive, "A file in it lies outside of it.")
    return folder.joinpath(*parts)


def _copy(source: IO[bytes], target: IO[bytes], left: int, archive: str) -> int:
    while piece := source.read(_PIECE):
        left -= len(piece)
        if left < 0:
            raise BadInput(archive, f"It holds more than {MOST_BYTES // 1024 // 1024} megabytes.")
        target.write(piece)
    return left


def _inner(folder: Path) -> Path:
    """The folder itself, or what alone is in it: the folder of an archive of a folder, or a file whose name
    says nothing of splits.
    """
    inside = [path for path in folder.iterdir() if path.name != "__MACOSX"]
    if len(inside) == 1 and (inside[0].is_dir() or inside[0].stem not in (*SPLITS, *OTHER_NAMES)):
        return inside[0]
    if not inside:
        shutil.rmtree(folder)
        raise BadInput("", "The archive is empty. Nothing was imported.")
    return folder
