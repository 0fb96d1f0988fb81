"""A file that came with a form, laid down for as long as it is read; archives are opened with care."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.core.files.uploadedfile import UploadedFile

from donovan.feedback.datasets.errors import BadInput
from donovan.feedback.datasets.formats.reading import MOST_BYTES

MOST_ENTRIES = 64
_PIECE = 1 << 20


@contextmanager
def laid_down(upload: "UploadedFile[bytes]") -> Iterator[Path]:
    """The file, or for a .zip the folder that was in it, until the block is left. Raises BadInput."""
    name = PurePosixPath(upload.name or "file").name[:100] or "file"
    if (upload.size or 0) > MOST_BYTES:
        raise BadInput(name, f"It is larger than {MOST_BYTES // 1024 // 1024} megabytes.")
    with tempfile.TemporaryDirectory() as beside:
        path = Path(beside) / name
        with path.open("wb") as stream:
            for piece in upload.chunks(_PIECE):
                stream.write(piece)
        if zipfile.is_zipfile(path):
            folder = Path(beside) / "unpacked" / path.stem
            folder.mkdir(parents=True)
            _unpack(path, folder)
            yield _inner(folder)
        else:
            yield path


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
                with opened.open(entry) as source, place.open("wb") as target:
                    left = _copy(source, target, left, archive.name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
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
    """The folder itself, or the only folder in it, as archives of a folder have it."""
    inside = [path for path in folder.iterdir() if path.name != "__MACOSX"]
    if len(inside) == 1 and inside[0].is_dir():
        return inside[0]
    if not inside:
        shutil.rmtree(folder)
        raise BadInput("", "The archive is empty. Nothing was imported.")
    return folder
