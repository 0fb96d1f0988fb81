"""Pages that are pictures: the view image is kept, the text is read by Tesseract, several pages side by
side.
"""

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageStat

from ingest import limits
from ingest.errors import IngestError
from ingest.headings import heading_level
from ingest.ocr import OcrPage, read_image
from ingest.ocr_images import turn
from ingest.protocol import Heading, PageRead
from ingest.sandbox_child import Job

JPEG_QUALITY = 80
_BLANK_DEVIATION = 2.0
# The picture of a page counts for more than a stamp on it, if it holds about as much text.
_AS_MUCH = 0.8


@dataclass(frozen=True)
class PageImage:
    """One page as a picture (mode L or RGB), and the file it came from when Tesseract may read that directly.

    `digital` is what the file itself says the page holds; it stays when the picture holds no more than that.
    """

    number: int
    image: Image.Image
    file: Path | None = None
    digital: PageRead | None = None


def save_view(image: Image.Image, folder: Path, number: int) -> tuple[str, int, int]:
    """Keep a picture of the page for the viewer; its file name, width and height in pixels."""
    view = image
    longest = max(image.size)
    if longest > limits.VIEW_PIXELS:
        factor = limits.VIEW_PIXELS / longest
        size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
        view = image.convert("RGB" if image.mode == "RGB" else "L").resize(
            size, Image.Resampling.BILINEAR, reducing_gap=2.0
        )
    if view.mode not in {"L", "RGB"}:
        view = view.convert("L")
    name = f"{number:05d}.jpg"
    view.save(folder / name, "JPEG", quality=JPEG_QUALITY)
    return name, view.width, view.height


def is_blank(image: Image.Image) -> bool:
    """Whether the picture is one even tone, so that there is nothing to read."""
    small = image.convert("L").resize((200, 200), Image.Resampling.BILINEAR)
    extremes = small.getextrema()
    return ImageStat.Stat(small).stddev[0] < _BLANK_DEVIATION and float(extremes[1]) - float(extremes[0]) < 24  # type: ignore[arg-type]


def read_scans(job: Job, pages: Iterable[PageImage]) -> Iterator[PageRead]:
    """Read each picture, `job.workers` at a time, in order. The next one is prepared while Tesseract is at
    work.

    A page that Tesseract cannot read is sent as unreadable; the others go on.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=job.workers) as pool:
        expected: tuple[str, ...] = ("eng",)
        running: deque[tuple[PageImage, Future[OcrPage] | None]] = deque()
        for page in pages:
            running.append((page, _start(pool, page, Path(folder), expected)))
            if len(running) > job.workers:
                read = _finish(job, *running.popleft())
                expected = read[1] or expected
                yield read[0]
        for waiting in running:
            yield _finish(job, *waiting)[0]


def _start(
    pool: ThreadPoolExecutor, page: PageImage, folder: Path, expected: tuple[str, ...]
) -> Future[OcrPage] | None:
    if is_blank(page.image):
        return None
    return pool.submit(_read_one, page, folder, expected)


def _read_one(page: PageImage, folder: Path, expected: tuple[str, ...]) -> OcrPage:
    if page.file is not None:
        return read_image(page.file, expected)
    # Uncompressed: Tesseract reads it at once, and the file lives in memory only.
    path = folder / f"{page.number}.{'ppm' if page.image.mode == 'RGB' else 'pgm'}"
    image = page.image if page.image.mode in {"L", "RGB"} else page.image.convert("L")
    image.save(path, "PPM")
    try:
        return read_image(path, expected)
    finally:
        path.unlink(missing_ok=True)


def _finish(
    job: Job, page: PageImage, future: Future[OcrPage] | None
) -> tuple[PageRead, tuple[str, ...] | None]:
    """The page as it will be kept, and the languages it turned out to be in (for the pages after it)."""
    try:
        found = future.result() if future is not None else None
    except IngestError as error:
        if error.code == "ocr-missing":
            raise
        file, width, height = save_view(page.image, job.out, page.number)
        return PageRead(page.number, "", "none", None, file, width, height, unreadable=True), None
    digital = page.digital.text if page.digital is not None else ""
    if page.digital is not None and digital and (found is None or len(found.text) < len(digital) * _AS_MUCH):
        # Its own picture is kept already, and this one would be written over it.
        return page.digital, None
    image = turn(page.image, found.turned) if found is not None and found.turned else page.image
    file, width, height = save_view(image, job.out, page.number)
    if found is None or not found.text:
        return PageRead(page.number, "", "none", None, file, width, height), None
    kept = PageRead(
        page.number,
        found.text[: limits.PAGE_CHARACTERS],
        "ocr",
        found.confidence,
        file,
        width,
        height,
        words=tuple(word for word in found.words[: limits.PAGE_WORDS] if word.end <= limits.PAGE_CHARACTERS),
        headings=tuple(headings_in(found.text)),
    )
    return kept, found.languages if found.confidence > 0.7 and len(found.text) > 200 else None


def headings_in(text: str) -> Iterator[Heading]:
    """Lines of plain page text that look like headings."""
    start = 0
    count = 0
    for line in text.split("\n"):
        level = heading_level(line)
        if level and count < limits.PAGE_HEADINGS:
            count += 1
            yield Heading(start, level, " ".join(line.split())[:300])
        start += len(line) + 1
