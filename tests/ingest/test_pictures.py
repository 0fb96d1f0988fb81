"""Pictures of every common kind are read; pages that lie, are flat, move or are broken are told apart."""

import io
import struct
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from ingest.models import Document
from tests.ingest import files
from tests.ingest.conftest import Take

LINES = ("HEADQUARTERS NORTH", "The convoy reached Port Almina on 12 March.")
HEIC = Path(__file__).parent / "pictures" / "page.heic"
WORDS = "convoy reached Port Almina"


def text_of(document: Document) -> str:
    return "\n".join(document.pages.order_by("number").values_list("text", flat=True))


def page(*, size: tuple[int, int] = (1300, 400)) -> Image.Image:
    return files.picture(LINES, size=size)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.jp2", "JPEG2000"),
        ("page.avif", "AVIF"),
        ("page.webp", "WEBP"),
        ("page.pgm", "PPM"),
        ("page.bmp", "BMP"),
    ],
)
def test_pictures_of_rarer_kinds_are_read_by_content(take: Take, name: str, kind: str) -> None:
    document = take(files.image_bytes(page(), kind), name)
    assert WORDS in text_of(document) and not document.error
    assert document.metadata["kind"] in {name.rpartition(".")[2], "pnm"}


def test_a_photograph_of_a_telephone_is_read(take: Take) -> None:
    document = take(HEIC.read_bytes(), "IMG_0447.HEIC")
    assert document.metadata["kind"] == "heic" and WORDS in text_of(document)


def test_a_photograph_is_turned_as_its_camera_says(take: Take) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    document = take(files.image_bytes(page().rotate(90, expand=True), "JPEG", exif=exif), "phone.jpg")
    assert WORDS in text_of(document)
    only = document.pages.get()
    assert only.image_width > only.image_height


def test_pages_of_mixed_size_and_packing_keep_their_places_and_a_broken_one_is_said(take: Take) -> None:
    frames = [
        page().convert("1"), page(size=(1700, 700)).convert("RGB"), page(size=(900, 300)).convert("1")
    ]  # fmt: skip
    for frame, packing in zip(frames, ("group4", "jpeg", "group4"), strict=True):
        frame.encoderinfo = {"compression": packing}
    content = bytearray(files.image_bytes(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    whole = take(bytes(content), "mixed.tif")
    assert [WORDS in each.text for each in whole.pages.order_by("number")] == [True, True, True]
    with Image.open(io.BytesIO(bytes(content))) as image:
        image.seek(1)
        offsets, counts = image.tag_v2[273], image.tag_v2[279]  # type: ignore[attr-defined]
    for offset, count in zip(offsets, counts, strict=True):
        content[offset : offset + count] = b"\x00" * count
    broken = take(bytes(content), "broken.tif", label="relief|broken")
    assert [WORDS in each.text for each in broken.pages.order_by("number")] == [True, False, True]
    assert "Page 2 could not be read" in broken.error


def test_a_fax_with_flat_pixels_is_read_in_its_true_shape(take: Take) -> None:
    flat = page().resize((1300, 200))
    document = take(
        files.image_bytes(flat.convert("1"), "TIFF", compression="group4", dpi=(204, 98)), "fax.tif"
    )
    assert document.pages.get().image_height > 350
    assert "Port Almina" in text_of(document)


def test_frames_of_a_moving_picture_that_say_something_else_are_read(take: Take) -> None:
    frames = [page(), page(), files.picture(("The second wave came by sea.",), size=(1300, 400))]
    content = files.image_bytes(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=500)
    document = take(content, "news.gif")
    assert document.page_count == 2 and "second wave" in text_of(document)
    assert "moving picture" in document.error


def jbig2_tiff(image: Image.Image) -> bytes:
    """A TIFF of one page packed with JBIG2: a generic region whose lines are packed as a fax is (MMR)."""
    width, height = image.size
    fax = files.image_bytes(image.convert("1"), "TIFF", compression="group4", tiffinfo={278: height, 262: 0})
    with Image.open(io.BytesIO(fax)) as opened:
        offset, count = opened.tag_v2[273][0], opened.tag_v2[279][0]  # type: ignore[attr-defined]
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + fax[offset : offset + count]
    sheet = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    segments = struct.pack(">IBBBI", 0, 48, 0, 1, len(sheet)) + sheet
    segments += struct.pack(">IBBBI", 1, 38, 0, 1, len(region)) + region
    entries = [(256, width), (257, height), (258, 1), (259, 34715), (262, 0), (273, 8), (278, height),
               (279, len(segments))]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries
    )
    place = 8 + len(segments)
    return b"II*\x00" + struct.pack("<I", place) + segments + directory + struct.pack("<I", 0)


def test_a_tiff_packed_with_jbig2_is_read(take: Take) -> None:
    document = take(jbig2_tiff(page()), "scan.tif")
    assert WORDS in text_of(document), document.error


def djvu(folder: Path, layer: str) -> bytes:
    """A DjVu file of one page, its text layer as DjVuLibre writes it."""
    page().convert("1").save(folder / "page.pbm")
    made = folder / "page.djvu"
    subprocess.run(["cjb2", "-dpi", "150", folder / "page.pbm", made], check=True, capture_output=True)
    (folder / "layer").write_text(layer)
    (folder / "meta").write_text('Title\t"Orders of March"\n')
    for words in (f"select 1; set-txt {folder / 'layer'}", f"set-meta {folder / 'meta'}"):
        subprocess.run(["djvused", made, "-e", words, "-s"], check=True, capture_output=True)
    return made.read_bytes()


def layer_of(line: str) -> str:
    words = "".join(
        f'(word {100 + 90 * n} 250 {180 + 90 * n} 290 "{word}")' for n, word in enumerate(line.split())
    )
    return f"(page 0 0 1300 400 (line 100 250 1200 290 {words}))"


def test_a_good_text_layer_of_a_djvu_file_is_kept_and_a_bad_one_is_not(take: Take, tmp_path: Path) -> None:
    good = take(djvu(tmp_path, layer_of(f"{' '.join(LINES)[:-6]}M\\303\\244rch.")), "good.djvu")
    assert "Port Almina on 12 Märch." in text_of(good)
    assert good.pages.get().source == "digital"
    bad = take(djvu(tmp_path, layer_of("l-lEADQ NOR7I-l Tne c0nv0y rea<hed P0rl AIm;na")), "bad.djvu")
    assert WORDS in text_of(bad) and bad.pages.get().source == "ocr"


def test_half_a_djvu_file_has_a_sentence(take: Take, tmp_path: Path) -> None:
    content = djvu(tmp_path, layer_of("words"))
    for size in (40, len(content) // 3):
        document = take(content[:size], f"half{size}.djvu")
        assert document.error
