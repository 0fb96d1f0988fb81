"""DjVu through DjVuLibre: each page drawn and read by OCR; where the file brings a text layer, both readings
are compared as in a PDF, and the better one is kept.
"""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from ingest import limits
from ingest.errors import failure, notice
from ingest.layout import Word
from ingest.protocol import Begun, Event, NeedsOcr, Notice, PageRead
from ingest.readers.pdf import named_pages
from ingest.readers.pdf_pages import Content, digital, merged
from ingest.readers.pdf_regions import Region, read_regions
from ingest.readers.scans import is_blank, save_view
from ingest.sandbox_child import Job

_SECONDS = 120
_ADVICE = "An administrator can install DjVuLibre; or export the file as PDF and hand that in."
_SIDE = 5000
# An S-expression: brackets, numbers, names, and strings in which octal codes stand for bytes.
_PIECE = re.compile(rb'[()]|-?\d+|[a-z]+|"(?:[^"\\]|\\.)*+"', re.DOTALL)
_CODE = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_META = re.compile(rb'^(\w{1,40})\t("(?:[^"\\]|\\.)*+")', re.MULTILINE)


def read(job: Job) -> Iterator[Event]:
    """Yield one page for each of the file. Raises IngestError "damaged", "too-many-pages", "ocr-missing",
    "unsupported" (where DjVuLibre is not installed).
    """
    if shutil.which("djvused") is None or shutil.which("ddjvu") is None:
        raise failure("unsupported", kind="DjVu", advice=_ADVICE)
    count = _count(job.path)
    facts = {key.decode().lower(): _string(value) for key, value in _META.findall(_meta(job.path))}
    yield Begun(
        count,
        title=facts.get("title", "")[:500],
        date=facts.get("date", facts.get("creationdate", ""))[:40],
        metadata={"Author": facts["author"][:500]} if "author" in facts else {},
    )
    yield NeedsOcr(count)
    lost: list[int] = []
    contents: dict[int, Content] = {}
    for number, image, readings in read_regions(job, _pages(job, count, contents, lost)):
        content = contents.pop(number)
        if number in lost:
            yield PageRead(number, "", "none", unreadable=True)
        elif readings:
            yield merged(job, content, image, readings)
        else:
            yield digital(content)
    if len(lost) == count:
        raise failure("damaged", kind="DjVu")
    if lost:
        yield Notice("unreadable-pages", notice("unreadable-pages", pages=named_pages(lost)))


def _pages(
    job: Job, count: int, contents: dict[int, Content], lost: list[int]
) -> Iterator[tuple[int, Image.Image, list[Region]]]:
    """Each page drawn, with what is to be read of it; `contents` gets what the file says of it."""
    for number in range(1, count + 1):
        image = _drawn(job.path, number)
        if image is None:
            lost.append(number)
            image = Image.new("L", (10, 10), 255)
            contents[number] = Content(number, 10, 10)
            yield number, image, []
            continue
        layer = _layer(job.path, number)
        contents[number] = Content(
            number, image.width, image.height, layer=layer, view=save_view(image, job.out, number)
        )
        yield number, image, [] if is_blank(image) else [Region()]


def _said(*words: str | Path) -> bytes:
    """What a program of DjVuLibre prints; nothing where it fails or takes too long."""
    try:
        told = subprocess.run(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return told.stdout


def _count(path: Path) -> int:
    said = _said("djvused", "-e", "n", path).strip()
    count = int(said) if said.isdigit() else 0
    if not count:
        raise failure("damaged", kind="DjVu")
    if count > limits.PAGES:
        raise failure("too-many-pages", count=count, limit=limits.PAGES)
    return count


def _meta(path: Path) -> bytes:
    return _said("djvused", "-e", "print-meta", path)[:100_000]


def _drawn(path: Path, number: int) -> Image.Image | None:
    """A picture of the page, not larger than is read of a PDF; None where it cannot be drawn."""
    size = re.match(rb"width=(\d+) height=(\d+)", _said("djvused", "-e", f"select {number}; size", path))
    if size is None:
        return None
    is_large = max(int(size[1]), int(size[2])) > _SIDE
    scale = f"-size={_SIDE}x{_SIDE}" if is_large else "-subsample=1"
    drawn = _said("ddjvu", "-format=ppm", f"-page={number}", scale, path)
    try:
        with Image.open(io.BytesIO(drawn)) as image:
            image.load()
            return image.convert("RGB") if image.mode != "L" else image.copy()
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _layer(path: Path, number: int) -> list[Word]:
    """The words of the page's text layer in pixels of its picture, from the upper left."""
    told = _said("djvused", "-e", f"select {number}; print-txt", path)
    return words_in(told)


def words_in(told: bytes) -> list[Word]:
    """The words of a layer as DjVuLibre prints it: `(page x y x y (line x y x y (word x y x y "text")))`.

    Its places count from the lower left. A layer that stops at lines or pages gives these in one.
    """
    zones: list[tuple[bytes, list[int]]] = []
    name, numbers = b"", list[int]()
    words: list[Word] = []
    height, line = 0, 0
    for found in _PIECE.finditer(told):
        piece = found[0]
        if piece == b"(":
            zones.append((name, numbers))
            name, numbers = b"", []
        elif piece == b")":
            name, numbers = zones.pop() if zones else (b"", [])
        elif piece.startswith(b'"'):
            if len(numbers) >= 4 and len(words) < limits.PAGE_WORDS:
                left, bottom, right, top = numbers[:4]
                for text in _string(piece).split() if name == b"word" else [_string(piece)]:
                    words.append(Word(text, left, height - top, right, height - bottom, line))
        elif piece[:1].isdigit() or piece[:1] == b"-":
            numbers.append(int(piece[:9]))
            if name == b"page" and len(numbers) == 4:
                height = numbers[3]
        else:
            name = piece
            line += name != b"word"
    return [word for word in words if word.text.strip()]


def _string(quoted: bytes) -> str:
    raw = _CODE.sub(
        lambda found: bytes([int(found[1], 8) & 255]) if found[1] else _PLAIN.get(found[2], found[2]),
        quoted[1:-1],
    )
    return raw.decode("utf-8", "replace")
