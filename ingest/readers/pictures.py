"""Pictures inside office files: those that may hold words are read by Tesseract, each once.

A logo that stands on every page is one picture. What is too small for words is left alone; what could not be
read is counted and said.
"""

import hashlib
import io
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image

from ingest import limits
from ingest.errors import IngestError, notice
from ingest.ocr import read_image
from ingest.ocr_images import flatten
from ingest.protocol import Event, NeedsOcr, Notice, clean
from ingest.readers.scans import is_blank

HEAD: Final = "Text of a picture:"
"""Stands before what was read in one, as a paragraph of its own."""

MOST: Final = 300
SECONDS: Final = 240.0
"""So long pictures are read before the rest of the file is told; the parent gives a reader little more."""

_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    # Pillow divides by the size that a drawing says it has.
    ArithmeticError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_LEAST_SIDE, _LEAST_AREA = 40, 12_000
_LEAST_CONFIDENCE = 0.5
_LEAST_LETTERS = 3


@dataclass
class Pictures:
    """What was read in the pictures of one file, by the digest of their bytes."""

    texts: dict[str, str] = field(default_factory=dict)
    unread: int = 0

    def text_of(self, content: bytes) -> str:
        """What stands in a picture, "" for one without words or that was not read."""
        return self.texts.get(_digest(content), "")

    def read(self, contents: Iterable[bytes], workers: int) -> Iterator[Event]:
        """Read them, telling at once how many there are, and in the end what was read and what was not.

        Each is opened when its turn comes, so that not all are in memory at once; what is not begun within
        SECONDS is left unread and counted.
        """
        Image.MAX_IMAGE_PIXELS = limits.PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        wanted = {_digest(content): content for content in contents}
        large = {digest: content for digest, content in wanted.items() if self._is_large_enough(content)}
        if large:
            yield NeedsOcr(len(large))
            until = time.monotonic() + SECONDS
            with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=workers) as pool:
                jobs = ((Path(folder) / f"{digest}.png", content, until) for digest, content in large.items())
                for digest, read in zip(large, pool.map(_read, jobs), strict=True):
                    if read is None:
                        self.unread += 1
                    elif read:
                        self.texts[digest] = read
                    # Each is a sign of life; the parent ends a reader that gives none for long.
                    yield NeedsOcr(len(large))
        yield from self.notices()

    def notices(self) -> Iterator[Notice]:
        """What a person should know of them."""
        if self.texts:
            yield Notice("pictures-read", notice("pictures-read", count=len(self.texts)))
        if self.unread:
            yield Notice("pictures-unread", notice("pictures-unread", count=self.unread))

    def _is_large_enough(self, content: bytes) -> bool:
        """Whether a picture may hold words, by its size; one that cannot be opened is counted."""
        try:
            with Image.open(io.BytesIO(content)) as image:
                return min(image.size) >= _LEAST_SIDE and image.width * image.height >= _LEAST_AREA
        except _UNREADABLE:
            self.unread += 1
            return False


def _read(job: tuple[Path, bytes, float]) -> str | None:
    """The words of a picture, "" where there are none that are worth keeping, None where it was not read."""
    path, content, until = job
    if time.monotonic() > until:
        return None
    try:
        with Image.open(io.BytesIO(content)) as image:
            flat = flatten(image)
            if is_blank(flat):
                return ""
            flat.save(path, compress_level=1)
        page = read_image(path)
    except (*_UNREADABLE, MemoryError):
        return None
    except IngestError as error:
        if error.code == "ocr-missing":
            raise
        return None
    finally:
        path.unlink(missing_ok=True)
    letters = sum(map(str.isalnum, page.text))
    is_worth_it = page.confidence >= _LEAST_CONFIDENCE and letters >= _LEAST_LETTERS
    return clean(page.text).strip() if is_worth_it else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
