"""The one home of Tesseract: an image of a page becomes text, words with boxes, and a confidence.

A page is first read as it lies in the language that is expected (English, or that of the page before). Only when that
goes badly, or when the words are plainly of another language, further passes are paid for: orientation and script
(Tesseract's own detector), a turn, other installed languages. The best reading wins, so a second pass never makes a
page worse.
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
from PIL import Image, ImageOps

from ingest import limits
from ingest.errors import failure
from ingest.ocr_languages import guess_by_function_words, languages_of_script, script_of
from ingest.ocr_layout import Reading, read_table
from ingest.protocol import Box

# One process a core beats several threads a process: measured 1.6 times faster on two cores.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

GOOD_CONFIDENCE = 0.80
FEW_CHARACTERS = 12
# A page this narrow was scanned below about 150 dpi; its letters are too small for the recogniser as they are.
SMALL_WIDTH = 1000
_DIRECT_FORMATS = frozenset({"PNG", "JPEG", "TIFF", "PPM", "BMP", "WEBP"})
_DIRECT_MODES = frozenset({"1", "L", "RGB", "P", "RGBA", "LA"})


@dataclass(frozen=True)
class OcrPage:
    """What was read: boxes as shares of the image after turning it `turned` degrees clockwise; confidence 0 to 1."""

    text: str
    words: tuple[Box, ...]
    confidence: float
    languages: tuple[str, ...] = ("eng",)
    turned: int = 0


@lru_cache(maxsize=1)
def installed_languages() -> frozenset[str]:
    """Tesseract's names of the languages on this machine. Raises IngestError "ocr-missing" without Tesseract."""
    try:
        return frozenset(pytesseract.get_languages(config="")) - {"osd", "snum", "equ"}
    except (pytesseract.TesseractNotFoundError, OSError) as error:
        raise failure("ocr-missing") from error


def read_image(path: Path | str, languages: Sequence[str] = ("eng",)) -> OcrPage:
    """Read one image, expecting `languages` (Tesseract names) and turning to others when they do not fit.

    Raises IngestError "damaged" when the image cannot be opened, "ocr-missing", "too-slow".
    """
    expected = tuple(name for name in languages if name in installed_languages()) or ("eng",)
    with tempfile.TemporaryDirectory(prefix="ocr-") as folder:
        upright = _readable_copy(Path(path), Path(folder))
        first = _read(upright, expected)
        if not _is_doubtful(first, expected):
            return first
        return _read_again(upright, first, Path(folder))


def read_images(
    paths: Sequence[Path | str], languages: Sequence[str] = ("eng",), workers: int | None = None
) -> Iterator[OcrPage]:
    """Read images with `workers` Tesseract processes at a time (default: one per core), yielded in the given order."""
    count = workers or os.cpu_count() or 1
    installed_languages()
    with ThreadPoolExecutor(max_workers=count, thread_name_prefix="ocr") as pool:
        waiting = iter(paths)
        running: list[Future[OcrPage]] = [
            pool.submit(read_image, path, languages) for path in islice(waiting, count * 2)
        ]
        while running:
            yield running.pop(0).result()
            running.extend(pool.submit(read_image, path, languages) for path in islice(waiting, 1))


def _readable_copy(path: Path, folder: Path) -> Path:
    """`path` itself when Tesseract can open it as it is, else an upright, flat copy of it in `folder`."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > limits.PIXELS:
                raise failure(
                    "too-many-pixels",
                    count=image.width * image.height // 1_000_000,
                    limit=limits.PIXELS // 1_000_000,
                )
            turned = image.getexif().get(0x0112, 1) != 1
            is_small = image.width < SMALL_WIDTH
            if (
                image.format in _DIRECT_FORMATS
                and image.mode in _DIRECT_MODES
                and not turned
                and not is_small
            ):
                return path
            flat = flatten(ImageOps.exif_transpose(image))
            if is_small:
                factor = min(3.0, 2 * SMALL_WIDTH / max(1, image.width))
                flat = flat.resize(
                    (int(flat.width * factor), int(flat.height * factor)), Image.Resampling.LANCZOS
                )
            copy = folder / "upright.png"
            flat.save(copy, compress_level=1)
            return copy
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise failure("damaged", kind="an image") from error


def flatten(image: Image.Image) -> Image.Image:
    """The image in grey or colour on white, without transparency, palette or CMYK."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    if image.mode in {"1", "L", "RGB"}:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return ImageOps.autocontrast(image.convert("F").point(lambda value: value / 256).convert("L"))
    return image.convert("RGB")


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
    reading: Reading = read_table(table.decode("utf-8", "replace"))
    return OcrPage(reading.text, reading.words, reading.confidence, tuple(languages))


def _is_doubtful(page: OcrPage, expected: Sequence[str]) -> bool:
    if len(page.text) < FEW_CHARACTERS or page.confidence < GOOD_CONFIDENCE:
        return True
    guess = guess_by_function_words(page.text)
    return bool(guess) and guess not in expected and guess in installed_languages()


def _worth(page: OcrPage) -> float:
    """How much was read how surely: the sum over characters of how far each is above a coin's toss."""
    letters = sum(1 for character in page.text if character.isalnum())
    return letters * max(0.0, page.confidence - 0.3)


def _read_again(path: Path, first: OcrPage, folder: Path) -> OcrPage:
    best = first
    if len(first.text) >= FEW_CHARACTERS and first.confidence >= GOOD_CONFIDENCE:
        return _better_language(path, first)
    turn, script = _orientation(path)
    if turn:
        turned = folder / "turned.png"
        with Image.open(path) as image:
            flatten(image).rotate(-turn, expand=True).save(turned, compress_level=1)
        candidate = replace(_read(turned, first.languages), turned=turn)
        if _worth(candidate) > _worth(best):
            best, path = candidate, turned
    if best.confidence < GOOD_CONFIDENCE or script not in {"", "Latin"}:
        for language in _other_languages(script, best):
            candidate = replace(_read(path, (language,)), turned=best.turned)
            if _worth(candidate) > _worth(best) * 1.05:
                best = candidate
            if best.confidence >= 0.9:
                break
    return _better_language(path, best)


def _better_language(path: Path, page: OcrPage) -> OcrPage:
    """Read once more when the words that were read belong to an installed language other than the one used."""
    guess = guess_by_function_words(page.text)
    if not guess or guess in page.languages or guess not in installed_languages():
        return page
    candidate = replace(_read(path, (guess,)), turned=page.turned)
    return candidate if _worth(candidate) >= _worth(page) * 0.97 else page


def _other_languages(script: str, page: OcrPage) -> list[str]:
    """Which languages to try next, most likely first; all scripts when the detector saw too little to say."""
    found = script_of(page.text) if page.confidence >= GOOD_CONFIDENCE else ""
    names = languages_of_script(script or found)
    return [name for name in names if name in installed_languages() and name not in page.languages]


def _orientation(path: Path) -> tuple[int, str]:
    """Degrees to turn clockwise, and the script; (0, "") when the detector cannot tell."""
    try:
        found = pytesseract.image_to_osd(str(path), output_type="dict", timeout=limits.TESSERACT_SECONDS)
    except (pytesseract.TesseractError, RuntimeError, ValueError, KeyError, IndexError):
        return 0, ""
    turn = int(found.get("rotate", 0)) if float(found.get("orientation_conf", 0)) > 1.0 else 0
    script = str(found.get("script", "")) if float(found.get("script_conf", 0)) > 0.5 else ""
    return turn, script
