"""Pictures on PDF pages read by OCR, and their words put among those of the page.

A region is a part of the page that its text does not cover. Where somebody else's reading of it lies in the
file (the text layer of a scan), both readings are compared and the better one is kept.
"""

import re
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from ingest.errors import IngestError
from ingest.layout import Word
from ingest.ocr import OcrPage, read_image
from ingest.readers.scans import is_blank
from ingest.sandbox_child import Job

# A reading of a picture counts from this mean confidence on; below it is the grain of a photograph.
_LEAST_CONFIDENCE = 0.6
_LEAST_WORD = 0.3
_SURE = 0.85
_SURE_LETTERS = 4
_FEWEST_SURE = 3
# So much of what OCR read surely stands in the layer too: then the layer is a reading of the same words.
_AGREEMENT = 0.8
_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_NUMBER = re.compile(r"[^\w]*\d[\d.,:/\-]*[^\w]*")

Edges = tuple[float, float, float, float]


@dataclass(frozen=True)
class Region:
    """A part of a page, as shares of it."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    @property
    def is_whole(self) -> bool:
        return self.right - self.left >= 1.0 and self.bottom - self.top >= 1.0


@dataclass(frozen=True)
class Reading:
    """What OCR found in a region; `page` is None where nothing could be read, `failed` when it broke off."""

    region: Region
    page: OcrPage | None
    failed: bool = False


def read_regions(
    job: Job, pages: Iterable[tuple[int, Image.Image, list[Region]]]
) -> Iterator[tuple[int, Image.Image, list[Reading]]]:
    """Read the regions of each page (number, picture, regions), `job.workers` pages at a time, in order.

    Raises IngestError "ocr-missing".
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=job.workers) as pool:
        expected: tuple[str, ...] = ("eng",)
        running: deque[tuple[int, Image.Image, Future[list[Reading]]]] = deque()
        for number, image, regions in pages:
            task = pool.submit(_read_page, number, image, regions, Path(folder), expected)
            running.append((number, image, task))
            if len(running) > job.workers:
                first, picture, done = running.popleft()
                readings = done.result()
                expected = next((languages for r in readings if (languages := _sure_languages(r))), expected)
                yield first, picture, readings
        for first, picture, done in running:
            yield first, picture, done.result()


def _sure_languages(reading: Reading) -> tuple[str, ...]:
    page = reading.page
    return page.languages if page is not None and page.confidence > 0.7 and len(page.text) > 200 else ()


def _read_page(
    number: int, image: Image.Image, regions: list[Region], folder: Path, expected: tuple[str, ...]
) -> list[Reading]:
    return [_read_one(f"{number}-{at}", image, region, folder, expected) for at, region in enumerate(regions)]


def _read_one(
    name: str, image: Image.Image, region: Region, folder: Path, expected: tuple[str, ...]
) -> Reading:
    part = image
    if not region.is_whole:
        box = (
            int(region.left * image.width), int(region.top * image.height),
            max(int(region.left * image.width) + 1, round(region.right * image.width)),
            max(int(region.top * image.height) + 1, round(region.bottom * image.height)),
        )  # fmt: skip
        part = image.crop(box)
    if is_blank(part):
        return Reading(region, None)
    # Uncompressed: Tesseract reads it at once, and the file lives in memory only.
    path = folder / f"{name}.pgm"
    try:
        part.convert("L").save(path, "PPM")
        return Reading(region, read_image(path, expected))
    except IngestError as error:
        if error.code == "ocr-missing":
            raise
        return Reading(region, None, failed=True)
    finally:
        path.unlink(missing_ok=True)


def words_of(reading: Reading, width: float, height: float, first_line: int) -> list[Word]:
    """The words of a reading in the units of the page; nothing of what is only the grain of a picture.

    A whole page is taken as it was read, because there is nothing else.
    """
    page, region = reading.page, reading.region
    if page is None or page.turned:
        return []
    if not region.is_whole and not _says_something(page):
        return []
    across, down = region.right - region.left, region.bottom - region.top
    words: list[Word] = []
    line, end = first_line, 0
    for box in page.words:
        if "\n" in page.text[end : box.start]:
            line += 1
        end = box.end
        if box.confidence < _LEAST_WORD and not region.is_whole:
            continue
        words.append(
            Word(
                page.text[box.start : box.end],
                (region.left + box.left * across) * width,
                (region.top + box.top * down) * height,
                (region.left + box.right * across) * width,
                (region.top + box.bottom * down) * height,
                line,
                confidence=box.confidence,
                is_read=True,
            )
        )
    return words


def _says_something(page: OcrPage) -> bool:
    if page.confidence < _LEAST_CONFIDENCE:
        return False
    return any(
        box.confidence >= 0.7 and sum(map(str.isalnum, page.text[box.start : box.end])) >= 2
        for box in page.words
    )


def without_covered(words: list[Word], others: list[Word], width: float, height: float) -> list[Word]:
    """The words whose middle no other word covers (a grid of points; linear in both)."""
    if not others:
        return words
    taken = np.zeros((int(min(height, 5000)) + 2, int(min(width, 5000)) + 2), dtype=bool)
    rows, columns = taken.shape
    for other in others:
        top, left = max(0, int(other.top)), max(0, int(other.left) - 1)
        taken[top : min(rows, int(other.bottom) + 1), left : min(columns, int(other.right) + 2)] = True
    kept = []
    for word in words:
        y, x = int((word.top + word.bottom) / 2), int((word.left + word.right) / 2)
        if not (0 <= y < rows and 0 <= x < columns and taken[y, x]):
            kept.append(word)
    return kept


def is_layer_better(layer: list[Word], read: list[Word], page: OcrPage | None) -> bool:
    """Whether the text layer of a scan is kept, and not the fresh reading of the same place.

    It is when it holds most of the longer words that OCR is sure of: then both say the same. If not, the
    reading with more text that looks like words and numbers, weighted by how sure OCR is of its own, is
    kept.
    """
    if page is None or not read:
        return True
    sure = [
        _key(word.text) for word in read if word.confidence >= _SURE and len(_key(word.text)) >= _SURE_LETTERS
    ]
    held = {_key(word.text) for word in layer}
    if len(sure) >= _FEWEST_SURE:
        agreed = sum(word in held for word in sure) / len(sure)
        if agreed >= _AGREEMENT:
            return True
        if len(sure) >= 0.3 * len(layer) and page.confidence >= _SURE:
            return False
    confidence = sum(w.confidence * len(w.text) for w in read) / max(1, sum(len(w.text) for w in read))
    return likeness(word.text for word in layer) >= likeness(word.text for word in read) * confidence


def _key(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def likeness(words: Iterable[str]) -> float:
    """How many characters stand in what looks like a word or a number, less those in debris; 0 or more."""
    total = 0.0
    for text in words:
        core = text.strip(".,;:!?()[]\"'“”‘’«»")
        if not core:
            continue
        is_like = bool(_LETTERS.fullmatch(core) or _NUMBER.fullmatch(core)) and not _changes_case(core)
        total += len(core) if is_like else -len(core)
    return max(0.0, total)


def _changes_case(word: str) -> bool:
    """Capitals after small letters, as when shapes were taken for letters."""
    return any(a.islower() and b.isupper() for a, b in pairwise(word))
