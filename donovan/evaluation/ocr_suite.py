"""How well scans are read: images with the corrected text beside each, read by the code that serves users."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ingest.errors import IngestError
from ingest.ocr import read_images

from . import metrics
from .errors import UnusableData
from .scratch import Progress

IMAGE_ENDINGS: Final = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
_PROGRESS_SECONDS = 2.0


def find_pages(folder: Path) -> list[tuple[Path, str]]:
    """Images of `folder` with the text of the `.txt` (or `.gold.txt`) beside each. Raises UnusableData."""
    if not folder.is_dir():
        raise UnusableData(f"There is no folder {folder}.")
    pages = []
    for path in sorted(folder.iterdir()):
        beside = [path.with_suffix(".txt"), path.with_suffix(".gold.txt")]
        gold = next((candidate for candidate in beside if candidate.is_file()), None)
        if path.suffix.lower() in IMAGE_ENDINGS and gold is not None:
            pages.append((path, _text(gold)))
    if not pages:
        endings = ", ".join(sorted(IMAGE_ENDINGS))
        raise UnusableData(f"{folder} holds no image ({endings}) with a .txt of the same name beside it.")
    return pages


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableData(f"{path} cannot be read as UTF-8 text.") from error


def run_ocr_suite(folder: Path, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Read every page and compare. Error rates are over all characters and all words together, not means of
    pages.

    How texts are made alike before they are compared is said at `metrics.normalise_for_reading`.
    Raises UnusableData for a folder without pages, or an image that cannot be read.
    """
    pages = find_pages(folder)
    began = told = time.monotonic()
    wrong_characters = characters = wrong_words = words = 0
    try:
        for done, (read, (_, gold)) in enumerate(
            zip(read_images([p for p, _ in pages]), pages, strict=True), 1
        ):
            wrong, total = metrics.character_errors(read.text, gold)
            wrong_characters, characters = wrong_characters + wrong, characters + total
            wrong, total = metrics.word_errors(read.text, gold)
            wrong_words, words = wrong_words + wrong, words + total
            if time.monotonic() - told > _PROGRESS_SECONDS:
                progress(f"{done} of {len(pages)} pages read")
                told = time.monotonic()
    except IngestError as error:
        raise UnusableData(f"A page could not be read. {error.sentence}") from error
    seconds = time.monotonic() - began
    return {
        "pages": len(pages),
        "cer": round(wrong_characters / max(characters, 1), 4),
        "wer": round(wrong_words / max(words, 1), 4),
        "pages_per_minute": round(len(pages) * 60 / max(seconds, 1e-6), 2),
    }


def readable(report: Mapping[str, Any]) -> str:
    """The report in a sentence."""
    return (
        f"{report['pages']} pages: {report['cer']:.2%} of characters and {report['wer']:.2%} of words wrong, "
        f"{report['pages_per_minute']:.1f} pages a minute"
    )
