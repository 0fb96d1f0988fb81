"""PNG, JPEG, TIFF (each frame a page), JPEG 2000, HEIC and the like: a picture for the viewer and the text
that Tesseract reads in it.
"""

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pi_heif
import pypdfium2
from PIL import Image, ImageChops, ImageFile, ImageOps, ImageStat, UnidentifiedImageError

from ingest import limits
from ingest.errors import failure, notice
from ingest.ocr_images import DIRECT_FORMATS, flatten
from ingest.protocol import Begun, Event, NeedsOcr, Notice, PageRead
from ingest.readers import tiff_jbig2
from ingest.readers.pdf import named_pages
from ingest.readers.scans import PageImage, is_blank, read_scans
from ingest.sandbox_child import Job

_EXIF_DATE = 0x9003
_EXIF_TIFF_DATE = 0x0132
_EXIF_TITLE = 0x010E
_PAGED = frozenset({"TIFF", "HEIF"})
_MOVING = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
_MOST_MOVING = 500
_MOST_SHOWN = 40
_LEAST_CHANGE = 1.5
_SMALL = (160, 160)
# A fax has half as many rows as columns to the inch; drawn as they are, its letters are flat.
_LEAST_STRETCH, _MOST_STRETCH = 1.15, 6.0
_DAMAGE = (UnidentifiedImageError, OSError, SyntaxError, EOFError, ValueError, TypeError, KeyError)


def read(job: Job) -> Iterator[Event]:
    """Yield one page for each frame of a TIFF or HEIC, and for each frame of an animation that shows
    something else than the one before.

    Raises IngestError "damaged", "too-many-pixels", "too-many-pages".
    """
    Image.MAX_IMAGE_PIXELS = limits.PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pi_heif.register_heif_opener()
    if packed := tiff_jbig2.packed_pages(job.path):
        yield from _packed(job, packed)
        return
    try:
        with Image.open(job.path) as image:
            _refuse_too_large(image)
            total = _count(image)
            if total > limits.PAGES:
                raise failure("too-many-pages", count=total, limit=limits.PAGES)
            chosen = _shown_frames(image, total) if image.format in _MOVING else list(range(total))
            frames = _Frames(job, image, chosen)
            yield _begun(image, len(chosen))
            yield NeedsOcr(len(chosen))
            for page in read_scans(job, frames.pages()):
                is_lost = page.number in frames.lost
                yield PageRead(page.number, "", "none", unreadable=True) if is_lost else page
    except (*_DAMAGE, Image.DecompressionBombError) as error:
        raise failure("damaged", kind="an image") from error
    yield from _said_of_lost(frames.lost, len(chosen))
    if frames.is_cut:
        yield Notice("images-only-partly", notice("images-only-partly"))
    if image.format in _MOVING and total > 1:
        told = notice("moving-picture", count=f"{total:,}", read=f"{len(chosen):,}")
        yield Notice("moving-picture", told)


def _packed(job: Job, packed: Sequence[tiff_jbig2.Page]) -> Iterator[Event]:
    """The pages of a TIFF whose pictures are packed with JBIG2."""
    yield Begun(len(packed))
    yield NeedsOcr(len(packed))
    lost: list[int] = []

    def pages() -> Iterator[PageImage]:
        for number, page in enumerate(packed, 1):
            try:
                yield PageImage(number, tiff_jbig2.picture(job.path, page))
            except (*_DAMAGE, pypdfium2.PdfiumError):
                lost.append(number)
                yield PageImage(number, Image.new("L", (10, 10), 255))

    for read_page in read_scans(job, pages()):
        is_lost = read_page.number in lost
        yield PageRead(read_page.number, "", "none", unreadable=True) if is_lost else read_page
    yield from _said_of_lost(lost, len(packed))


def _said_of_lost(lost: list[int], count: int) -> Iterator[Event]:
    """The sentence about pages that could not be read. Raises IngestError "damaged" where none could."""
    if len(lost) == count:
        raise failure("damaged", kind="an image")
    if lost:
        yield Notice("unreadable-pages", notice("unreadable-pages", pages=named_pages(lost)))


def _begun(image: Image.Image, count: int) -> Begun:
    exif = image.getexif()
    date = str(exif.get(_EXIF_DATE) or exif.get(_EXIF_TIFF_DATE) or "")[:40]
    facts = {"pixels": f"{image.width} x {image.height}"}
    return Begun(count, title=str(exif.get(_EXIF_TITLE) or "")[:500], date=date, metadata=facts)


def _refuse_too_large(image: Image.Image) -> None:
    if image.width * image.height > limits.PIXELS:
        count = image.width * image.height // 1_000_000
        raise failure("too-many-pixels", count=count, limit=limits.PIXELS // 1_000_000)


def _count(image: Image.Image) -> int:
    """How many frames there are; where their chain is broken, those before the break."""
    if image.format not in _PAGED | _MOVING:
        return 1
    with contextlib.suppress(*_DAMAGE):
        return int(getattr(image, "n_frames", 1))
    count = 0
    with contextlib.suppress(*_DAMAGE):
        while count <= limits.PAGES:
            image.seek(count)
            count += 1
    image.seek(0)
    return max(1, count)


def _shown_frames(image: Image.Image, total: int) -> list[int]:
    """The frames of an animation that show something else than the one before, the first always."""
    chosen = [0]
    before: Image.Image | None = None
    with contextlib.suppress(*_DAMAGE):
        for index in range(min(total, _MOST_MOVING) if total > 1 else 0):
            image.seek(index)
            small = flatten(image).convert("L").resize(_SMALL, Image.Resampling.BILINEAR)
            if before is not None and len(chosen) < _MOST_SHOWN:
                change = ImageStat.Stat(ImageChops.difference(small, before)).mean[0]
                if change < _LEAST_CHANGE:
                    continue
                chosen.append(index)
            before = small
    image.seek(0)
    return chosen


class _Frames:
    """The frames of one file on their way to be read: which are lost, and whether one ends too early."""

    def __init__(self, job: Job, image: Image.Image, chosen: Sequence[int]) -> None:
        self._job = job
        self._image = image
        self._chosen = chosen
        self.lost: list[int] = []
        self.is_cut = False

    def pages(self) -> Iterator[PageImage]:
        """Each frame as a page; a lost one as an empty picture, so that the others keep their numbers."""
        for number, index in enumerate(self._chosen, 1):
            try:
                if len(self._chosen) > 1:
                    # Some formats count their only picture as 1.
                    self._image.seek(index)
                _refuse_too_large(self._image)
                is_cut = self._is_cut()
                page = self._page(number)
                if is_cut and is_blank(page.image):
                    raise OSError("nothing of the frame is there")
                self.is_cut = self.is_cut or is_cut
            except _DAMAGE:
                self.lost.append(number)
                page = PageImage(number, Image.new("L", (10, 10), 255))
            yield page

    def _is_cut(self) -> bool:
        """Decode the frame, and whether it ends too early: what is there is kept, the rest stays blank.

        Raises OSError when nothing of it can be decoded.
        """
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            self._image.load()
        except OSError:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            self._image.seek(self._image.tell())
            self._image.load()
            return True
        return False

    def _page(self, number: int) -> PageImage:
        image = self._image
        upright = _stretched(ImageOps.exif_transpose(image), image)
        # Handing Tesseract the original file saves writing a copy of it; only a plain single picture can be
        # handed on.
        is_plain = (
            len(self._chosen) == 1
            and upright.size == image.size
            and image.mode in {"L", "RGB", "1"}
            and image.format in DIRECT_FORMATS
            and not ImageFile.LOAD_TRUNCATED_IMAGES
        )
        return PageImage(number, flatten(upright), Path(self._job.path) if is_plain else None)


def _stretched(upright: Image.Image, image: Image.Image) -> Image.Image:
    """The picture with square pixels, where the file says that its pixels are not."""
    try:
        across, down = (float(side) for side in image.info.get("dpi", (1, 1)))
        ratio = across / down
    except (TypeError, ValueError, ZeroDivisionError):
        return upright
    if upright.size != image.size:
        ratio = 1 / ratio if ratio else 1.0
    width, height = upright.size
    if _LEAST_STRETCH <= ratio <= _MOST_STRETCH:
        height = round(height * ratio)
    elif _LEAST_STRETCH <= 1 / max(ratio, 1e-6) <= _MOST_STRETCH:
        width = round(width / ratio)
    else:
        return upright
    if width * height > limits.PIXELS:
        return upright
    return flatten(upright).resize((width, height), Image.Resampling.BICUBIC)
