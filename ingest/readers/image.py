"""PNG, JPEG, TIFF (each frame a page) and the like: a picture for the viewer and the text that Tesseract
reads in it.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from ingest import limits
from ingest.errors import failure, notice
from ingest.ocr_images import flatten
from ingest.protocol import Begun, Event, NeedsOcr, Notice
from ingest.readers.scans import PageImage, read_scans
from ingest.sandbox_child import Job

_EXIF_DATE = 0x9003
_EXIF_TIFF_DATE = 0x0132
_EXIF_TITLE = 0x010E


def read(job: Job) -> Iterator[Event]:
    """Yield one page for each frame.

    Raises IngestError "damaged", "too-many-pixels", "too-many-pages".
    """
    Image.MAX_IMAGE_PIXELS = limits.PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(job.path) as image:
            _refuse_too_large(image)
            count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            if count > limits.PAGES:
                raise failure("too-many-pages", count=count, limit=limits.PAGES)
            exif = image.getexif()
            date = str(exif.get(_EXIF_DATE) or exif.get(_EXIF_TIFF_DATE) or "")[:40]
            facts = {"pixels": f"{image.width} x {image.height}"}
            yield Begun(count, title=str(exif.get(_EXIF_TITLE) or "")[:500], date=date, metadata=facts)
            yield NeedsOcr(count)
            is_whole = _is_whole(image)
            yield from read_scans(job, _frames(job, image, count))
    except (UnidentifiedImageError, OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise failure("damaged", kind="an image") from error
    if not is_whole:
        yield Notice("images-only-partly", notice("images-only-partly"))


def _refuse_too_large(image: Image.Image) -> None:
    if image.width * image.height > limits.PIXELS:
        count = image.width * image.height // 1_000_000
        raise failure("too-many-pixels", count=count, limit=limits.PIXELS // 1_000_000)


def _is_whole(image: Image.Image) -> bool:
    """Whether the first frame decodes to its end; if not, what is there is read and the rest stays blank.

    Raises OSError when not even a tenth of it is there.
    """
    try:
        image.load()
    except OSError:
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        image.seek(0)
        image.load()
        return False
    return True


def _frames(job: Job, image: Image.Image, count: int) -> Iterator[PageImage]:
    for index in range(count):
        image.seek(index)
        _refuse_too_large(image)
        upright = ImageOps.exif_transpose(image)
        flat = flatten(upright)
        # Handing Tesseract the original file saves writing a copy of it; only a plain single picture can be
        # handed on.
        is_plain = (
            count == 1
            and upright.size == image.size
            and image.mode in {"L", "RGB", "1"}
            and image.format != "GIF"
        )
        yield PageImage(
            index + 1, flat, Path(job.path) if is_plain and not ImageFile.LOAD_TRUNCATED_IMAGES else None
        )
