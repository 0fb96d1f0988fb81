"""Pictures inside office files: those that may hold words are read by Tesseract, each once.

A logo that stands on every page is one picture. What is too small for words is left alone; what could not be
read is counted and said.
"""

import hashlib
import io
import tempfile
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
        """Read them, telling at once how many there are, and in the end what was read and what was not."""
        wanted = {_digest(content): content for content in contents}
        readable = {digest: image for digest, content in wanted.items() if (image := self._opened(content))}
        if not readable:
            yield from self.notices()
            return
        yield NeedsOcr(len(readable))
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=workers) as pool:
            paths = [Path(folder) / f"{digest}.png" for digest in readable]
            for digest, read in zip(readable, pool.map(self._read, paths, readable.values()), strict=True):
                if read is None:
                    self.unread += 1
                elif read:
                    self.texts[digest] = read
                # Each is a sign of life; the parent waits so long for none that a hanging picture ends it.
                yield NeedsOcr(len(readable))
        yield from self.notices()

    def notices(self) -> Iterator[Notice]:
        """What a person should know of them."""
        if self.texts:
            yield Notice("pictures-read", notice("pictures-read", count=len(self.texts)))
        if self.unread:
            yield Notice("pictures-unread", notice("pictures-unread", count=self.unread))

    def _opened(self, content: bytes) -> Image.Image | None:
        """The picture where it may hold words; one that cannot be opened is counted."""
        Image.MAX_IMAGE_PIXELS = limits.PIXELS
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(content))
                if min(image.size) < _LEAST_SIDE or image.width * image.height < _LEAST_AREA:
                    return None
                image.load()
                flat = flatten(image)
        except (
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ):
            self.unread += 1
            return None
        return None if is_blank(flat) else flat

    @staticmethod
    def _read(path: Path, image: Image.Image) -> str | None:
        """The words, "" where there are none that are worth keeping, None where it failed."""
        image.save(path, compress_level=1)
        try:
            page = read_image(path)
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
