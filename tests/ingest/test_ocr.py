"""Tesseract through our own hands reads as well as alone, and finds the way up and the language."""

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from ingest.errors import IngestError
from ingest.models import Status
from ingest.ocr import read_image, read_images
from ingest.ocr_layout import read_table
from tests.ingest import files
from tests.ingest.conftest import Take


def saved(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path


def test_the_text_is_what_tesseract_prints_with_a_place_for_every_word(tmp_path: Path) -> None:
    path = saved(files.picture(), tmp_path / "page.png")
    page = read_image(path)
    printed = subprocess.run(["tesseract", path, "-"], capture_output=True, text=True, check=True).stdout
    assert page.text.split() == printed.split()
    lines = [line for line in page.text.split("\n") if line]
    assert lines == [line.strip() for line in printed.split("\n") if line.strip()]
    assert page.text.split() == [page.text[word.start : word.end] for word in page.words]
    assert page.confidence > 0.85 and page.languages == ("eng",)


def test_a_page_on_its_head_is_turned(tmp_path: Path) -> None:
    page = read_image(saved(files.picture().rotate(180), tmp_path / "page.png"))
    assert page.turned == 180 and "hydraulic pump" in page.text


def test_a_crooked_page_is_read(tmp_path: Path) -> None:
    crooked = files.picture().rotate(9, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert "generators were unloaded" in read_image(saved(crooked, tmp_path / "page.png")).text


@pytest.mark.parametrize(
    ("lines", "language", "words"), [(files.RUSSIAN, "rus", "Два крана"), (files.SPANISH, "spa", "mañana")]
)
def test_the_language_is_found(tmp_path: Path, lines: tuple[str, ...], language: str, words: str) -> None:
    page = read_image(saved(files.picture(lines, wide=True), tmp_path / "page.png"))
    assert language in page.languages and words in page.text


def test_images_come_back_in_the_order_given(tmp_path: Path) -> None:
    paths = [
        saved(files.picture((f"This is page number {n} of the set",)), tmp_path / f"{n}.png")
        for n in range(5)
    ]
    texts = [page.text for page in read_images(paths, workers=2)]
    assert [str(number) in text for number, text in enumerate(texts)] == [True] * 5


def test_a_file_that_is_no_image_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(b"not an image")
    with pytest.raises(IngestError) as caught:
        read_image(path)
    assert caught.value.code == "damaged"


def test_chinese_is_joined_without_spaces_and_paragraphs_are_kept_apart() -> None:
    rows = ["1\t1\t0\t0\t0\t0\t0\t0\t100\t100\t-1\t", "5\t1\t1\t1\t1\t1\t0\t0\t10\t10\t90\t港口",
            "5\t1\t1\t1\t1\t2\t10\t0\t10\t10\t90\t开放", "5\t1\t1\t1\t2\t1\t0\t10\t10\t10\t80\tpier",
            "5\t1\t1\t2\t1\t1\t0\t20\t10\t10\t70\tthree",
            "5\t1\t1\t2\t1\t2\t0\t20\t10\t10\t95\t "]  # fmt: skip
    reading = read_table("\n".join(rows))
    assert reading.text == "港口开放\npier\n\nthree"
    assert [reading.text[w.start : w.end] for w in reading.words] == ["港口", "开放", "pier", "three"]


def test_a_degraded_scan_still_lands_in_the_index(take: Take) -> None:
    grey = files.picture().filter(ImageFilter.GaussianBlur(1.2)).rotate(1.2, fillcolor=235)
    document = take(files.image_bytes(grey, "JPEG", quality=35), "fax.jpg")
    assert document.status == Status.RUNNING
    assert "Port Almina" in document.pages.get().text


DATA = os.environ.get("DONOVAN_EVAL_DATA", "")


@pytest.mark.skipif(not DATA, reason="DONOVAN_EVAL_DATA is not set, so no real messy files are read.")
def test_real_messy_files_end_in_a_known_state(take: Take) -> None:
    folder = Path(DATA) / "messy"
    names = ("office/password.pdf", "office/page-breaks.docx", "office/tests-example.xls",
             "office/fake-email-utf-16-be.eml",
             "formats/T02-02_003_page-tree-different-kids.pdf", "mail/japanese_shift_jis.eml")  # fmt: skip
    for name in names:
        document = take((folder / name).read_bytes(), Path(name).name)
        assert document.status in {Status.RUNNING, Status.READY, Status.FAILED}
        assert document.error or document.status == Status.RUNNING
