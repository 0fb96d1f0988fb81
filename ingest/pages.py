"""Page images on disk: each run of the pipeline writes its own folder, and the rows say which one counts."""

import os
import shutil
import stat
import uuid
from pathlib import Path

from django.conf import settings

from ingest import limits
from ingest.blobs import flush_folder
from ingest.errors import failure
from ingest.models import Page

_LARGEST_IMAGE_BYTES = 32 * limits.MEGABYTE
_SIZE_MARKERS = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}


def image_path(page: Page) -> Path:
    """Where the image of a page lies. Raises FileNotFoundError when the page has none or the row points
    elsewhere.
    """
    root = Path(settings.PAGE_IMAGE_DIR).resolve()
    path = (root / page.image).resolve()
    if not page.image or root not in path.parents or not path.is_file():
        raise FileNotFoundError(f"page {page.number} has no image")
    return path


def document_folder(document_id: uuid.UUID) -> Path:
    """The folder with all page images of one document."""
    return Path(settings.PAGE_IMAGE_DIR) / str(document_id)


def new_folder(document_id: uuid.UUID, run: str) -> Path:
    """An empty folder for the page images of one run."""
    folder = document_folder(document_id) / run[:12]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def take_image(untrusted: Path, folder: Path, width: int, height: int) -> str:
    """Move a page image out of the sandbox's folder; its path below PAGE_IMAGE_DIR.

    The file must be a plain JPEG of the announced size. Raises IngestError "bad-output" when it is not.
    """
    content = read_plain_file(untrusted, _LARGEST_IMAGE_BYTES)
    if jpeg_size(content) != (width, height) or max(width, height) > limits.VIEW_PIXELS + 1:
        raise failure("bad-output")
    target = folder / untrusted.name
    target.write_bytes(content)
    untrusted.unlink(missing_ok=True)
    return target.relative_to(Path(settings.PAGE_IMAGE_DIR)).as_posix()


def read_plain_file(untrusted: Path, most: int) -> bytes:
    """The bytes of a file that the sandbox wrote; never follows a link or reads a device.

    Raises IngestError "bad-output".
    """
    try:
        descriptor = os.open(untrusted, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise failure("bad-output") from error
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or found.st_size > most:
            raise failure("bad-output")
        return stream.read()


def jpeg_size(content: bytes) -> tuple[int, int]:
    """Width and height from the frame header of a JPEG; (0, 0) for anything else. Decodes nothing."""
    if not content.startswith(b"\xff\xd8") or not content.endswith(b"\xff\xd9"):
        return 0, 0
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if marker in _SIZE_MARKERS:
            height = int.from_bytes(content[place + 5 : place + 7], "big")
            return int.from_bytes(content[place + 7 : place + 9], "big"), height
        place += 2 + length
    return 0, 0


def settle(document_id: uuid.UUID, current: str) -> None:
    """Flush the folder of the run that counts and remove those of earlier or interrupted runs."""
    folder = document_folder(document_id)
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name != current[:12]:
            shutil.rmtree(entry, ignore_errors=True)


def make_durable(folder: Path) -> None:
    """Flush the images of one run to disk, then their folders."""
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    flush_folder(folder)
    flush_folder(folder.parent)


def forget(document_id: uuid.UUID) -> None:
    """Remove all page images of a document."""
    shutil.rmtree(document_folder(document_id), ignore_errors=True)
