"""TIFF files whose pages are packed with JBIG2, which no TIFF library here unpacks: pdfium does, because PDF
packs scans in the same way.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pypdfium2
from PIL import Image, TiffImagePlugin

from ingest import limits

JBIG2 = 34715
_WIDTH, _HEIGHT, _COMPRESSION, _OFFSETS, _ROWS, _COUNTS = 256, 257, 259, 273, 278, 279
_FILE_MARK = b"\x97JB2\r\n\x1a\n"
_SIDE = 14_000
Page = tuple[int, int, int, list[tuple[int, int]]]
"""Width, height, rows of a strip, and place and length of each strip."""


def packed_pages(path: Path) -> list[Page]:
    """Width, height, rows of a strip, and place and length of the strips of each page; none where a page is
    packed otherwise.
    """
    pages: list[Page] = []
    with path.open("rb") as stream:
        try:
            for ifd in _directories(stream):
                if ifd.get(_COMPRESSION) != JBIG2:
                    return []
                width, height = int(ifd[_WIDTH]), int(ifd[_HEIGHT])
                strips = list(zip(ifd[_OFFSETS], ifd[_COUNTS], strict=True))
                if not 0 < width <= _SIDE or not 0 < height <= _SIDE:
                    return []
                pages.append((width, height, int(ifd.get(_ROWS, height)) or height, strips))
        except (KeyError, TypeError, ValueError, SyntaxError, OSError, struct.error):
            return pages
    return pages


def _directories(stream: BinaryIO) -> Iterator[TiffImagePlugin.ImageFileDirectory_v2]:
    head = stream.read(8)
    ifd = TiffImagePlugin.ImageFileDirectory_v2(head)
    seen: set[int] = set()
    place = ifd.next
    while place and place not in seen and len(seen) < limits.PAGES:
        seen.add(place)
        stream.seek(place)
        ifd.load(stream)
        yield ifd
        place = ifd.next


def picture(path: Path, page: Page) -> Image.Image:
    """The picture of one page. Raises pypdfium2.PdfiumError, OSError or ValueError where it is damaged."""
    width, height, rows, strips = page
    image = Image.new("L", (width, height), 255)
    with path.open("rb") as stream:
        for number, (offset, count) in enumerate(strips):
            top = number * rows
            high = min(rows, height - top)
            if high <= 0:
                break
            stream.seek(offset)
            image.paste(_unpacked(stream.read(min(count, limits.ATTACHMENT_BYTES)), width, high), (0, top))
    return image


def _unpacked(data: bytes, width: int, height: int) -> Image.Image:
    if data.startswith(_FILE_MARK):
        # A file by itself has a head that says whether its number of pages is known.
        data = data[9 if data[8:9] and data[8] & 2 else 13 :]
    with pypdfium2.PdfDocument(_as_pdf(data, width, height)) as document:
        drawn: Image.Image = document[0].render(scale=1, grayscale=True, no_smoothimage=True).to_pil()
        return drawn.convert("L").resize((width, height))


def _as_pdf(data: bytes, width: int, height: int) -> bytes:
    """A PDF of one page that is this picture."""
    drawing = b"q %d 0 0 %d 0 0 cm /I Do Q" % (width, height)
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
        % (width, height),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray"
        b"/Filter/JBIG2Decode/Length %d>>stream\n%s\nendstream" % (width, height, len(data), data),
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table
    return bytes(out)
