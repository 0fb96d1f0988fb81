"""Two engines read scans and keep the same promises; the second one reads what the first one misses."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from PIL import Image, ImageFilter

from donovan.evaluation.metrics import word_errors
from ingest import ocr_engines, ocr_neural
from ingest.layout import Word
from ingest.ocr import read_image
from ingest.ocr_images import evened_copy, is_shaded, turn
from ingest.ocr_layout import Reading, read_table
from ingest.ocr_neural import NeuralPage, read_picture
from ingest.ocr_second import in_order_of
from tests.ingest import files
from tests.ingest.conftest import Take

Engine = Callable[[Image.Image, Path], Reading]


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    ocr_engines.allow(neural=True)
    yield
    ocr_engines.allow(neural=True)


def by_tesseract(image: Image.Image, folder: Path) -> Reading:
    ocr_engines.allow(neural=False)
    image.save(folder / "page.png")
    page = read_image(folder / "page.png")
    return Reading(page.text, page.words, page.confidence)


def by_the_second(image: Image.Image, folder: Path) -> Reading:
    del folder
    return read_picture(image).reading()


def shaded(image: Image.Image) -> Image.Image:
    """A page photographed under a lamp: light at the left, dark at the right."""
    grey = np.asarray(image.convert("L"), dtype=np.float32)
    return Image.fromarray((grey * np.linspace(1.0, 0.3, grey.shape[1])[None, :]).astype(np.uint8))


ENGINES = pytest.mark.parametrize("engine", [by_tesseract, by_the_second])


@ENGINES
def test_every_word_has_a_place_and_a_confidence(engine: Engine, tmp_path: Path) -> None:
    reading = engine(files.picture(), tmp_path)
    assert "hydraulic pump" in reading.text
    assert reading.text.split() == [reading.text[word.start : word.end] for word in reading.words]
    for word in reading.words:
        assert 0 <= word.left < word.right <= 1 and 0 <= word.top < word.bottom <= 1
        assert 0 <= word.confidence <= 1
    assert 0.8 < reading.confidence <= 1


@ENGINES
def test_the_same_picture_gives_the_same_reading(engine: Engine, tmp_path: Path) -> None:
    assert engine(files.picture(), tmp_path) == engine(files.picture(), tmp_path)


@ENGINES
@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (4000, 3), (900, 1200)])
def test_an_empty_picture_of_any_size_says_nothing(
    engine: Engine, size: tuple[int, int], tmp_path: Path
) -> None:
    assert not engine(Image.new("L", size, 255), tmp_path).text.strip()


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "CMYK", "I;16"])
def test_a_picture_of_any_mode_is_taken(mode: str, tmp_path: Path) -> None:
    path = tmp_path / ("page.tif" if mode in {"CMYK", "I;16"} else "page.png")
    files.picture().convert(mode).save(path)
    assert read_image(path).text.strip() or mode == "I;16"


@pytest.mark.parametrize("degrees", [0, 4, 90, 180, 270])
def test_a_page_that_lies_in_any_way_is_read_and_its_boxes_lie_on_the_turned_picture(degrees: int) -> None:
    lying = files.picture().rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    page = read_picture(lying)
    assert "generators were unloaded" in page.reading().text
    upright = turn(lying, page.turned)
    assert upright.size == page.size
    for word in page.words[:5]:
        cut = upright.crop((int(word.left), int(word.top), int(word.right), int(word.bottom)))
        assert np.asarray(cut).min() < 120


def poor(image: Image.Image) -> Image.Image:
    """A page at some 50 dpi, blurred, as a weak JPEG."""
    small = image.resize((image.width // 4, image.height // 4), Image.Resampling.BOX)
    content = files.image_bytes(small.filter(ImageFilter.GaussianBlur(0.5)), "JPEG", quality=40)
    return Image.open(io.BytesIO(content)).convert("L")


def test_what_lies_in_shadow_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    shaded(files.picture()).save(path)
    assert is_shaded(path) and not is_shaded(evened_copy(path, tmp_path))
    assert word_errors(read_image(path).text, " ".join(files.REPORT))[0] <= 2


def test_what_tesseract_reads_badly_is_read_by_the_second_engine(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    poor(files.picture()).save(path)
    page = read_image(path)
    assert page.engine == ocr_engines.NEURAL
    ocr_engines.allow(neural=False)
    truth = " ".join(files.REPORT)
    assert word_errors(page.text, truth)[0] < 0.7 * word_errors(read_image(path).text, truth)[0]


def test_a_clean_page_is_left_to_tesseract(tmp_path: Path) -> None:
    files.picture().save(tmp_path / "page.png")
    assert not is_shaded(tmp_path / "page.png")
    assert read_image(tmp_path / "page.png").engine == ocr_engines.TESSERACT


def test_another_script_is_left_to_tesseract(tmp_path: Path) -> None:
    poor(files.picture(files.RUSSIAN, wide=True)).save(tmp_path / "page.png")
    page = read_image(tmp_path / "page.png", ("rus",))
    assert page.engine == ocr_engines.TESSERACT


def test_what_a_site_excludes_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poor(files.picture()).save(tmp_path / "page.png")
    monkeypatch.setattr(ocr_neural, "_engine", lambda: pytest.fail("the model was opened"))
    ocr_engines.allow(neural=False)
    assert read_image(tmp_path / "page.png").engine == ocr_engines.TESSERACT


def test_weights_that_are_not_the_pinned_ones_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ocr_neural.DIGESTS:
        whole = (ocr_neural.FOLDER / name).read_bytes()
        (tmp_path / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    monkeypatch.setattr(ocr_neural, "FOLDER", tmp_path)
    ocr_neural._engine.cache_clear()
    try:
        assert not ocr_neural.is_installed()
        poor(files.picture()).save(tmp_path / "page.png")
        assert read_image(tmp_path / "page.png").engine == ocr_engines.TESSERACT
    finally:
        ocr_neural._engine.cache_clear()


def test_where_the_second_engine_fails_the_first_reading_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Exhausted:
        def get_inputs(self) -> list[object]:
            raise ValueError("bad allocation")

    engine = ocr_neural._Engine(Exhausted(), Exhausted(), ())
    monkeypatch.setattr(ocr_neural, "_engine", lambda: engine)
    poor(files.picture()).save(tmp_path / "page.png")
    page = read_image(tmp_path / "page.png")
    assert page.engine == ocr_engines.TESSERACT and "SITUATION" in page.text


def test_in_the_sandbox_without_a_network_and_not_where_its_origin_is_excluded(
    take: Take, settings: LazySettings
) -> None:
    whole = take(files.image_bytes(poor(files.picture()), "PNG"), "lamp.png").pages.get()
    settings.EXCLUDED_ORIGINS = frozenset({"CN"})
    other = poor(files.picture()).crop((0, 0, 412, 250))
    alone = take(files.image_bytes(other, "PNG"), "lamp-again.png").pages.get()
    assert "reopened" in whole.text and "reopened" not in alone.text


def test_a_second_reading_keeps_the_order_of_the_blocks() -> None:
    table = ["1\t1\t0\t0\t0\t0\t0\t0\t100\t100\t-1\t", "5\t1\t1\t1\t1\t1\t5\t10\t30\t5\t90\tleft",
             "5\t1\t1\t1\t2\t1\t5\t20\t30\t5\t90\tbe1ow", "5\t1\t2\t1\t1\t1\t60\t10\t30\t5\t90\tr1ght",
             "5\t1\t2\t1\t2\t1\t60\t20\t30\t5\t90\tlast"]  # fmt: skip
    first = read_table("\n".join(table))
    words = [Word(text, x, y, x + 30, y + 5, line=line)
             for line, (text, x, y) in enumerate([("left", 5, 10), ("right", 60, 10), ("below", 5, 20),
                                                  ("last", 60, 20), ("new", 60, 30)])]  # fmt: skip
    middles = tuple(((w.left + w.right) / 2, (w.top + w.bottom) / 2) for w in words)
    page = NeuralPage(tuple(words), middles, (100, 100), (100, 100), 0.0)
    reading = in_order_of(first.text, first.words, 0.0, page)
    assert reading.text.split() == ["left", "below", "right", "last", "new"]
    assert "below\n\nright" in reading.text


DATA = os.environ.get("DONOVAN_EVAL_DATA", "")


@pytest.mark.skipif(not DATA, reason="DONOVAN_EVAL_DATA is not set, so no real scans are read.")
def test_a_real_page_in_shadow_is_read_as_well_as_in_light(tmp_path: Path) -> None:
    page = Path(DATA) / "scans" / "singlecol_01.png"
    gold = page.with_suffix(".txt").read_text(encoding="utf-8-sig")
    shaded(Image.open(page)).save(tmp_path / "page.png")
    wrong, words = word_errors(read_image(tmp_path / "page.png").text, gold)
    assert wrong / words < 0.03
