"""The scans can be read: clean ones almost perfectly, aged ones with the errors of real papers."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytesseract
import pytest
from PIL import Image, ImageSequence
from rapidfuzz.distance import Levenshtein

from tests.demo.conftest import Json

RELIEF = "relief"
CLEAN = {
    "cui/sitrep-10-2026-09-18.pdf": "eng",
    "unclassified/carta-ministerio-sanidad-2026-09-18.pdf": "spa",
    "unclassified/obavestenje-vodovod-2026-09-15.pdf": "srp",
}
AGED = {
    "cui/sitrep-05-2026-09-10.pdf": 0.12,
    "secret-harbor-noforn/intsum-07-2026-09-19.pdf": 0.12,
    "unclassified/notice-orlov-bridge.jpg": 0.10,
    "cui/assessment-camp-jasen-fax-2026-09-14.tiff": 0.10,
}


def first_page(path: Path) -> Image.Image:
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        try:
            return document[0].render(scale=300 / 72).to_pil().convert("L")
        finally:
            document.close()
    with Image.open(path) as image:
        return next(iter(ImageSequence.Iterator(image))).convert("L")


def share_wrong(truth: str, read: str) -> float:
    """Character error rate: edits for each character of the truth, white space counted once."""
    wanted, got = (re.sub(r"\s+", " ", text).strip() for text in (truth, read))
    return Levenshtein.distance(wanted, got) / len(wanted)


@pytest.mark.parametrize("name", sorted(CLEAN))
def test_clean_scans_are_read_almost_without_error(
    demo: Path, truth_of: Callable[[str], str], name: str
) -> None:
    path = f"{RELIEF}/{name}"
    read = pytesseract.image_to_string(first_page(demo / path), lang=CLEAN[name])
    assert share_wrong(truth_of(path).split("\f")[0], read) < 0.02


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(AGED))
def test_aged_scans_are_readable_but_imperfect(demo: Path, truth_of: Callable[[str], str], name: str) -> None:
    path = f"{RELIEF}/{name}"
    read = pytesseract.image_to_string(first_page(demo / path), lang="eng")
    assert 0.005 < share_wrong(truth_of(path).split("\f")[0], read) < AGED[name]


def test_scans_hold_pictures_and_no_text(demo: Path, manifest: Json) -> None:
    without_text = 0
    for entry in manifest:
        if not entry["path"].endswith(".pdf"):
            continue
        document = pypdfium2.PdfDocument(demo / entry["path"])
        texts = [page.get_textpage().get_text_range().strip() for page in document]
        document.close()
        without_text += not any(texts)
        if "sitrep-06" in entry["path"]:
            assert texts[0]
            assert not texts[-1], "the annex is a scan behind digital pages"
    assert without_text >= 10


def test_the_fax_has_three_pages_in_black_and_white(demo: Path) -> None:
    data = (demo / RELIEF / "cui/assessment-camp-jasen-fax-2026-09-14.tiff").read_bytes()
    with Image.open(io.BytesIO(data)) as image:
        pages = [page.mode for page in ImageSequence.Iterator(image)]
    assert pages == ["1", "1", "1"]
