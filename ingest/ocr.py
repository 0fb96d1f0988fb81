"""An image of a page becomes text, words with boxes, and a confidence. The one home of Tesseract.

A page is first read as it lies in the language that is expected (English, or that of the page before). Only
when that goes badly, or when the words are plainly of another language, further passes are paid for:
orientation and script (Tesseract's own detector), a turn, other installed languages. The best reading
wins, so a second pass never makes a page worse. Paper in shadow is evened out first. Where Tesseract is known
to read badly (little confidence, crooked lines) and the script is one that it knows, the second engine
(`ingest.ocr_neural`) reads the page, too, if the site allows it.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pytesseract
from PIL import Image

from ingest import limits, ocr_engines, ocr_neural
from ingest.errors import failure
from ingest.ocr_images import (
    enlarged_copy,
    evened_copy,
    flatten,
    is_shaded,
    is_small,
    readable_copy,
    skew_of,
    small_copy,
    turned_copy,
)
from ingest.ocr_languages import guess_by_function_words, languages_of_script
from ingest.ocr_layout import read_table
from ingest.ocr_second import in_order_of
from ingest.protocol import Box

# One process a core beats several threads a process: measured 1.6 times faster on two cores.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

# Measured with the English model: upright English scans 0.80 and more, forms and receipts 0.55 and more,
# other scripts
# 0.25 to 0.52, pages lying on their side or head 0.36.
DOUBTFUL_CONFIDENCE = 0.70
SURE_CONFIDENCE = 0.85
_SURE_WORDS = 0.25
_SURE_WORD_LETTERS = 4
_ENOUGH_SURE_WORDS = 8
_FEW_CHARACTERS = 30
_CROOKED_DEGREES = 2.0
_READS_WELL = 0.92
_ONE_BLOCK = "--psm 6"
# Set on half of the scans (docs/measurements.md): above it Tesseract is as good, and three times as fast.
_ENGINE_DOUBT = 0.87
_ENGINE_CROOKED = 1.0
_ENGINE_LEAST = 0.80


@dataclass(frozen=True)
class OcrPage:
    """What was read: boxes as shares of the image turned `turned` degrees clockwise; confidence 0 to 1.

    `languages` are Tesseract's names of the models used, `engine` is whose reading it is; `slope` is by how
    many degrees its lines still fall.
    """

    text: str
    words: tuple[Box, ...]
    confidence: float
    languages: tuple[str, ...] = ("eng",)
    turned: float = 0.0
    slope: float = 0.0
    engine: str = ocr_engines.TESSERACT


@lru_cache(maxsize=1)
def installed_languages() -> frozenset[str]:
    """Tesseract's names of the languages here. Raises IngestError "ocr-missing" without Tesseract."""
    try:
        return frozenset(pytesseract.get_languages(config="")) - {"osd", "snum", "equ"}
    except (pytesseract.TesseractNotFoundError, OSError) as error:
        raise failure("ocr-missing") from error


def read_image(path: Path | str, languages: Sequence[str] = ("eng",)) -> OcrPage:
    """Read one image, expecting `languages` (Tesseract names) and turning to others when they do not fit.

    Raises IngestError "damaged" (no image that can be opened), "too-many-pixels", "ocr-missing", "too-slow".
    """
    expected = tuple(name for name in languages if name in installed_languages()) or ("eng",)
    with tempfile.TemporaryDirectory(prefix="ocr-") as name:
        folder = Path(name)
        upright = readable_copy(Path(path), folder)
        first = _read(upright, expected)
        if is_shaded(upright):
            # What lies in shadow is left out and the rest is read surely: the confidence tells nothing.
            evened = evened_copy(upright, folder)
            candidate = _read(evened, expected)
            if _worth(candidate) > _worth(first):
                upright, first = evened, candidate
        if first.confidence < SURE_CONFIDENCE and (larger := enlarged_copy(upright, folder)) is not None:
            # Enlarging helps small letters, but the layout analysis then takes a clean table for columns:
            # only what reads badly as it is gets enlarged.
            candidate = _read(larger, expected)
            if _worth(candidate) > _worth(first):
                upright, first = larger, candidate
        best = _read_again(upright, first, folder) if _is_doubtful(first) else first
        if abs(best.slope) >= _CROOKED_DEGREES and best.confidence < _READS_WELL:
            best = _read_straight(upright, best, folder)
        return _second_reading(upright, _in_its_language(upright, best, folder))


def read_images(
    paths: Sequence[Path | str], languages: Sequence[str] = ("eng",), workers: int | None = None
) -> Iterator[OcrPage]:
    """Read images with `workers` Tesseract processes at once (default: one a core), in the given order."""
    count = workers or os.cpu_count() or 1
    installed_languages()
    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="ocr") as pool:
        waiting = iter(paths)
        running: list[Future[OcrPage]] = [
            pool.submit(read_image, path, languages) for path in islice(waiting, count * 4)
        ]
        while running:
            yield running.pop(0).result()
            running.extend(pool.submit(read_image, path, languages) for path in islice(waiting, 1))


def _read(path: Path, languages: Sequence[str], config: str = "") -> OcrPage:
    try:
        table = pytesseract.image_to_data(
            str(path),
            lang="+".join(languages),
            config=config,
            output_type="bytes",
            timeout=limits.TESSERACT_SECONDS,
        )
    except pytesseract.TesseractNotFoundError as error:
        raise failure("ocr-missing") from error
    except pytesseract.TesseractError as error:
        raise failure("damaged", kind="an image") from error
    except RuntimeError as error:
        raise failure("too-slow", seconds=limits.TESSERACT_SECONDS) from error
    reading = read_table(table.decode("utf-8", "replace"))
    return OcrPage(reading.text, reading.words, reading.confidence, tuple(languages), slope=reading.slope)


def _is_doubtful(page: OcrPage) -> bool:
    """Whether the page may lie wrongly or be in another script: little was read surely.

    A form or a table has few sure words in all, but some long ones; a page in another script has none.
    """
    if page.confidence >= DOUBTFUL_CONFIDENCE and page.text:
        return False
    long_words = [word for word in page.words if word.end - word.start >= _SURE_WORD_LETTERS]
    sure = sum(
        word.confidence >= SURE_CONFIDENCE and page.text[word.start : word.end].strip(".,:;()").isalpha()
        for word in long_words
    )
    return sure < max(_ENOUGH_SURE_WORDS, len(long_words) * _SURE_WORDS)


def _worth(page: OcrPage) -> float:
    """How much was read how surely: letters, weighted by how far they are above noise."""
    letters = sum(character.isalnum() for character in page.text)
    return letters * max(0.0, page.confidence - 0.3)


def _read_again(path: Path, first: OcrPage, folder: Path) -> OcrPage:
    """The best of several readings of a page whose first reading was doubtful."""
    best = first
    turn, script = _orientation(small_copy(path, folder))
    for degrees in (float(turn), skew_of(path) if not turn else 0.0):
        if degrees:
            candidate = replace(_read(turned_copy(path, folder, degrees), first.languages), turned=degrees)
            best = candidate if _worth(candidate) > _worth(best) * 1.1 else best
    lying = turned_copy(path, folder, best.turned) if best.turned else path
    small = is_small(path)
    if len(best.text) < _FEW_CHARACTERS and small:
        # The layout analysis drops what is too small to be a paragraph; a small picture is then read as one
        # block.
        best = _better(best, lying, first.languages, _ONE_BLOCK)
    if best.confidence >= DOUBTFUL_CONFIDENCE or script == "Latin" or (not script and not small):
        return best
    config = _ONE_BLOCK if len(best.text) < _FEW_CHARACTERS else ""
    for language in languages_of_script(script):
        if language in installed_languages() and language not in best.languages:
            best = _better(best, lying, (language,), config)
        if best.confidence >= SURE_CONFIDENCE:
            break
    return best


def _read_straight(path: Path, page: OcrPage, folder: Path) -> OcrPage:
    """The page read again with its lines level, if that reads more; letters on a slope are hard to read."""
    degrees = page.turned - page.slope
    candidate = replace(_read(turned_copy(path, folder, degrees), page.languages), turned=degrees)
    return candidate if _worth(candidate) > _worth(page) else page


def _better(page: OcrPage, path: Path, languages: Sequence[str], config: str = "") -> OcrPage:
    """The page read another way, if that reads plainly more."""
    candidate = replace(_read(path, languages, config), turned=page.turned)
    return candidate if _worth(candidate) > _worth(page) * 1.05 else page


def _in_its_language(path: Path, page: OcrPage, folder: Path) -> OcrPage:
    """Read once more when the words belong to an installed language other than the one used."""
    guess = guess_by_function_words(page.text)
    if not guess or guess in page.languages or guess not in installed_languages():
        return page
    lying = turned_copy(path, folder, page.turned) if page.turned else path
    candidate = replace(_read(lying, (guess,)), turned=page.turned)
    return candidate if _worth(candidate) >= _worth(page) * 0.97 else page


def _second_reading(path: Path, page: OcrPage) -> OcrPage:
    """The page as the second engine reads it, where Tesseract may have misread it and that reads more."""
    if not ocr_engines.may_use(ocr_engines.NEURAL) or not ocr_neural.LANGUAGES.issuperset(page.languages):
        return page
    is_crooked = abs(page.slope) >= _ENGINE_CROOKED
    if page.confidence >= _ENGINE_DOUBT and not is_crooked and not is_shaded(path):
        return page
    if not ocr_neural.is_installed():
        return page
    try:
        with Image.open(path) as image:
            found = ocr_neural.read_picture(flatten(image))
    except ocr_neural.NeuralFailed:
        return page
    reading = in_order_of(page.text, page.words, page.turned, found)
    second = replace(page, text=reading.text, words=reading.words, confidence=reading.confidence)
    if second.confidence < _ENGINE_LEAST or _worth(second) <= _worth(page):
        return page
    return replace(second, turned=found.turned, slope=0.0, engine=ocr_engines.NEURAL)


def _orientation(path: Path) -> tuple[int, str]:
    """Degrees to turn clockwise, and the script; (0, "") when the detector cannot tell."""
    try:
        found = pytesseract.image_to_osd(str(path), output_type="dict", timeout=limits.TESSERACT_SECONDS)
    except (pytesseract.TesseractError, RuntimeError, ValueError, KeyError, IndexError):
        return 0, ""
    turn = int(found.get("rotate", 0)) if float(found.get("orientation_conf", 0)) > 1.0 else 0
    script = str(found.get("script", "")) if float(found.get("script_conf", 0)) > 0.5 else ""
    return turn, script
