"""The one home of PP-OCR: a second engine for Latin letters and Chinese, in ONNX, beside Tesseract.

One network tells for each point of a picture whether it lies in a line of text (differentiable binarisation,
Liao et al. 2020); what it marks becomes a quadrangle a line, so that crooked lines are cut out straight. A
second network reads each line (CTC, Graves et al. 2006): the characters, how sure each is, and where in the
line it stands. Words and their order then come from the same layout as everywhere (`ingest.layout_columns`).

The weights lie in the environment (deploy/second_reader.py puts them there). Their digests are pinned here,
and the runtime is given the very bytes that were checked. Nothing is ever fetched. Each call computes on one
thread: whoever reads several pages runs several calls.
"""

import hashlib
import importlib
import math
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from ingest.errors import failure
from ingest.layout import Word
from ingest.layout_columns import reading_order
from ingest.ocr_layout import Reading, joins_without_space
from ingest.protocol import Box, clean

FOLDER = Path(sys.prefix) / "models" / "pp-ocr"
FINDS_LINES, READS_LINES = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
DIGESTS = {
    FINDS_LINES: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    READS_LINES: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}
"""SHA-256 of the files of PP-OCRv6 small."""
LANGUAGES = frozenset({"eng", "spa", "fra", "deu", "hrv", "srp_latn", "chi_sim", "chi_tra"})
"""The languages that it reads, as Tesseract names them."""

Grid = np.ndarray[Any, Any]

_LONGEST_SIDE = 5000
_LONG_SIDE = 1440
_STEP = 32
_MEAN, _DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
_IN_TEXT, _SURE_LINE = 0.3, 0.55
_GROWN = 1.6
_LEAST_SIDE = 3
_MOST_LINES = 1500
_HEIGHT = 48
_WIDEST = 3200
_BATCH_WIDTH = 1600
_SAMPLE = 6
_LEVEL_DEGREES = 0.3
_ELONGATED = 2.5


@dataclass(frozen=True)
class _Line:
    """A line of text as a quadrangle: its middle, half its length and height, and its fall in degrees."""

    x: float
    y: float
    half: float
    rise: float
    degrees: float

    def corner(self, along: float, across: float) -> tuple[float, float]:
        """A point `along` and `across` the line from its middle, in pixels of the picture."""
        turn = math.radians(self.degrees)
        return (
            self.x + along * math.cos(turn) - across * math.sin(turn),
            self.y + along * math.sin(turn) + across * math.cos(turn),
        )


def _checked(name: str) -> bytes | None:
    """The bytes of a file of the model; None where it is missing or not the pinned one."""
    try:
        content = (FOLDER / name).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == DIGESTS[name] else None


@dataclass(frozen=True)
class _Engine:
    finds: Any
    reads: Any
    characters: tuple[str, ...]


@lru_cache(maxsize=1)
def _engine() -> _Engine | None:
    finds, reads = _checked(FINDS_LINES), _checked(READS_LINES)
    if finds is None or reads is None or find_spec("onnxruntime") is None:
        return None
    runtime: Any = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        opened = [
            runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
            for content in (finds, reads)
        ]
    except Exception:
        return None
    listed = opened[1].get_modelmeta().custom_metadata_map["character"].split("\n")
    return _Engine(opened[0], opened[1], ("", *listed, " "))


_opening, _finding = threading.Lock(), threading.Lock()


def is_installed() -> bool:
    """Whether the runtime and the pinned weights are here; one that is not the pinned one counts as none."""
    with _opening:
        return _engine() is not None


class NeuralFailed(Exception):
    """The runtime could not read a picture, for want of memory for example."""


def _run(engine: Any, values: Grid) -> Grid:
    """What a network says to `values`. Raises NeuralFailed."""
    try:
        said: Grid = engine.run(None, {engine.get_inputs()[0].name: values})[0]
    except Exception as error:  # the runtime raises classes of its own
        raise NeuralFailed(str(error)) from error
    return said


def _opened() -> _Engine:
    with _opening:
        engine = _engine()
    if engine is None:
        raise failure("ocr-missing")
    return engine


@dataclass(frozen=True)
class NeuralPage:
    """What a picture says. Each word has its edges on the picture turned clockwise by `turned` (as
    `ingest.ocr_images.turn` makes it, `size` in pixels), its `line` is that of the line it was read in, and
    `middles` are the same words' middles on the picture as it was given, `given` in pixels.
    """

    words: tuple[Word, ...]
    middles: tuple[tuple[float, float], ...]
    size: tuple[int, int]
    given: tuple[int, int]
    turned: float

    def reading(self) -> Reading:
        """Text and boxes in the order that the places of the words tell."""
        parts: list[tuple[str, Word]] = []
        for line in reading_order(self.words):
            separator = "" if not parts else "\n\n" if line.is_apart else "\n"
            for word in line.words:
                parts.append((separator, word))
                separator = " "
        return self.written(parts)

    def written(self, parts: Sequence[tuple[str, Word]]) -> Reading:
        """Text and boxes of words in this order, each behind what separates it from the one before."""
        pieces: list[str] = []
        boxes: list[Box] = []
        length = 0
        sure = characters = 0.0
        width, height = self.size
        for separator, word in parts:
            between = separator
            if between == " " and joins_without_space(pieces[-1][-1], word.text[0]):
                between = ""
            pieces.append(between + word.text)
            start = length + len(between)
            length = start + len(word.text)
            edges = (
                max(0.0, word.left / width), max(0.0, word.top / height),
                min(1.0, word.right / width), min(1.0, word.bottom / height),
            )  # fmt: skip
            boxes.append(Box(start, length, *edges, confidence=max(0.0, min(1.0, word.confidence))))
            sure += word.confidence * len(word.text)
            characters += len(word.text)
        return Reading("".join(pieces), tuple(boxes), sure / characters if characters else 0.0)


def read_picture(image: Image.Image) -> NeuralPage:
    """What the picture says. Raises IngestError "ocr-missing" where `is_installed` says no, NeuralFailed."""
    if max(image.size) > _LONGEST_SIDE:
        share = _LONGEST_SIDE / max(image.size)
        image = image.resize(
            (max(1, int(image.width * share)), max(1, int(image.height * share))), reducing_gap=2.0
        )
    image = image.convert("RGB")
    lines = _right_way_up(image, _find_lines(np.asarray(image)))
    read = _read_lines(image, lines)
    turned = _turn_to_level(lines)
    levelled, size = _levelled(lines, image.size, turned)
    words: list[Word] = []
    middles: list[tuple[float, float]] = []
    for number, (text, chances, places) in enumerate(read):
        for word, low, high in _stretches(text, chances, places):
            middles.append(lines[number].corner(((low + high) - 1) * lines[number].half, 0.0))
            words.append(_word(levelled[number], number, word, (low, high)))
    return NeuralPage(tuple(words), tuple(middles), size, image.size, turned)


def place_on_turned(point: tuple[float, float], size: tuple[int, int], turned: float) -> tuple[float, float]:
    """A point of a picture of `size` as shares of it turned clockwise by `turned`."""
    wide, high = Image.new("1", size).rotate(-turned, expand=True).size if turned else size
    angle = math.radians(turned)
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    return (
        (x * math.cos(angle) - y * math.sin(angle)) / wide + 0.5,
        (x * math.sin(angle) + y * math.cos(angle)) / high + 0.5,
    )


def _turn_to_level(lines: Sequence[_Line]) -> float:
    """Degrees clockwise that bring most of the text level."""
    by_length = sorted(lines, key=lambda line: line.half, reverse=True)[: max(3, len(lines) // 3)]
    slope = median(line.degrees for line in by_length) if by_length else 0.0
    whole = round(slope / 90) * 90
    turned = float(-whole if abs(slope - whole) < _LEVEL_DEGREES else -slope)
    return (turned + 180) % 360 - 180 if turned else 0.0


def _levelled(
    lines: Sequence[_Line], size: tuple[int, int], turned: float
) -> tuple[list[_Line], tuple[int, int]]:
    """The lines where they stand after the picture of `size` was turned, and its size then."""
    if not turned:
        return list(lines), size
    wide, high = Image.new("1", size).rotate(-turned, expand=True).size
    moved = []
    for line in lines:
        across, down = place_on_turned((line.x, line.y), size, turned)
        moved.append(replace(line, x=across * wide, y=down * high, degrees=line.degrees + turned))
    return moved, (wide, high)


def _right_way_up(image: Image.Image, lines: list[_Line]) -> list[_Line]:
    """The lines, all turned about where the longest ones read surer that way."""
    longest = sorted(lines, key=lambda line: line.half / line.rise, reverse=True)[:_SAMPLE]
    if not longest:
        return lines
    about = [replace(line, degrees=line.degrees + 180) for line in longest]
    if _sureness(_read_lines(image, longest)) >= _sureness(_read_lines(image, about)):
        return lines
    return [replace(line, degrees=line.degrees + 180) for line in lines]


def _sureness(read: Sequence[tuple[str, list[float], list[float]]]) -> float:
    chances = [chance for _, sure, _ in read for chance in sure]
    return sum(chances) / len(chances) if chances else 0.0


def _find_lines(colour: Grid) -> list[_Line]:
    ndimage: Any = importlib.import_module("scipy.ndimage")
    height, width = colour.shape[:2]
    share = min(_LONG_SIDE / max(height, width), 2.0)
    size = [max(_STEP, round(side * share / _STEP) * _STEP) for side in (width, height)]
    small = np.asarray(Image.fromarray(colour).resize((size[0], size[1]), Image.Resampling.BILINEAR))
    values = ((small[:, :, ::-1].astype(np.float32) / 255 - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None]
    # Finding lines takes some 440 MB for a page of text, reading them little: one page at a time.
    with _finding:
        chances: Grid = _run(_opened().finds, np.ascontiguousarray(values))[0, 0]
    marked, count = ndimage.label(chances > _IN_TEXT)
    if not count:
        return []
    sure = ndimage.mean(chances, marked, np.arange(1, count + 1))
    found = [
        (marked[place] == number, place[1].start, place[0].start)
        for number, place in enumerate(ndimage.find_objects(marked), 1)
        if sure[number - 1] >= _SURE_LINE
    ][:_MOST_LINES]
    # What is about as high as wide (a figure, a letter alone) lies as the long lines do.
    weight = sum(
        (1 if one.shape[1] > one.shape[0] else -1) * max(one.shape)
        for one, _, _ in found
        if max(one.shape) > _ELONGATED * min(one.shape)
    )
    lines = (_quadrangle(*one, is_page_upright=weight < 0) for one in found)
    return [_scaled(line, width / size[0], height / size[1]) for line in lines if line is not None]


def _quadrangle(inside: Grid, left: int, top: int, *, is_page_upright: bool) -> _Line | None:
    """The line that a marked stretch is of, grown to the whole height of its letters."""
    rows, columns = np.nonzero(inside)
    is_long = max(inside.shape) > _ELONGATED * min(inside.shape)
    is_upright = inside.shape[0] > inside.shape[1] if is_long else is_page_upright
    along, across = (rows, columns) if is_upright else (columns, rows)
    length = int(along.max()) + 1
    low, high = np.full(length, np.inf), np.full(length, -np.inf)
    np.minimum.at(low, along, across)
    np.maximum.at(high, along, across)
    is_there = np.isfinite(low)
    slope = 0.0
    if is_there.sum() > 3 * max(1, min(inside.shape)) or is_there.sum() > 40:
        slope = float(np.polyfit(np.nonzero(is_there)[0], ((low + high) / 2)[is_there], 1)[0])
    turn = math.atan(slope)
    on, off = (
        along * math.cos(turn) + across * math.sin(turn),
        across * math.cos(turn) - along * math.sin(turn),
    )
    half, rise = (float(np.ptp(on)) + 1) / 2, (float(np.ptp(off)) + 1) / 2
    if min(half, rise) * 2 < _LEAST_SIDE:
        return None
    middle_on, middle_off = (float(on.min() + on.max())) / 2, (float(off.min() + off.max())) / 2
    a = middle_on * math.cos(turn) - middle_off * math.sin(turn)
    b = middle_on * math.sin(turn) + middle_off * math.cos(turn)
    grown = 4 * half * rise * _GROWN / (4 * (half + rise))
    x, y = (b, a) if is_upright else (a, b)
    degrees = 90 - math.degrees(turn) if is_upright else math.degrees(turn)
    return _Line(x + left + 0.5, y + top + 0.5, half + grown, rise + grown, degrees)


def _scaled(line: _Line, across: float, down: float) -> _Line:
    even = (across + down) / 2
    return _Line(line.x * across, line.y * down, line.half * even, line.rise * even, line.degrees)


def _read_lines(image: Image.Image, lines: Sequence[_Line]) -> list[tuple[str, list[float], list[float]]]:
    """For each line its text, and for each character how sure it is and where in the line its middle lies
    (0 to 1).
    """
    widths = [min(_WIDEST, max(_HEIGHT, round(_HEIGHT * line.half / line.rise))) for line in lines]
    read: list[tuple[str, list[float], list[float]]] = [("", [], [])] * len(lines)
    order = sorted(range(len(lines)), key=lambda at: widths[at])
    while order:
        batch = [order.pop()]
        while order and widths[batch[0]] * (len(batch) + 1) <= _BATCH_WIDTH:
            batch.append(order.pop())
        wide = -(-widths[batch[0]] // 8) * 8
        values = np.zeros((len(batch), 3, _HEIGHT, wide), np.float32)
        for row, at in enumerate(batch):
            cut = _cut_out(image, lines[at], widths[at])
            values[row, :, :, : widths[at]] = (cut[:, :, ::-1].astype(np.float32) / 127.5 - 1).transpose(
                2, 0, 1
            )
        chances = _run(_opened().reads, values)
        for row, at in enumerate(batch):
            read[at] = _decoded(chances[row], widths[at] / wide)
    return read


def _cut_out(image: Image.Image, line: _Line, width: int) -> Grid:
    """The line laid level, 48 points high; shape (48, width, 3)."""
    corners = [line.corner(a, b) for a, b in (
        (-line.half, -line.rise), (-line.half, line.rise), (line.half, line.rise), (line.half, -line.rise)
    )]  # fmt: skip
    quad = [value for corner in corners for value in corner]
    factor = 2 * line.rise / _HEIGHT
    if factor > 1.6:
        # Far too large for the reader: halved by averaging, as one sample a point would lose thin strokes.
        whole = (width * 2, _HEIGHT * 2)
        large = image.transform(whole, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
        return np.asarray(large.resize((width, _HEIGHT), Image.Resampling.BOX))
    return np.asarray(image.transform((width, _HEIGHT), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC))


def _decoded(chances: Grid, used: float) -> tuple[str, list[float], list[float]]:
    """The best path: equal neighbours are one, the first class is none (CTC)."""
    best, sure = chances.argmax(axis=1), chances.max(axis=1)
    characters = _opened().characters
    text, certain, places = "", [], []
    before = 0
    for at, (one, chance) in enumerate(zip(best.tolist(), sure.tolist(), strict=True)):
        if one and one != before and one < len(characters):
            text += characters[one]
            certain += [float(chance)] * len(characters[one])
            places += [min(1.0, (at + 0.5) / len(best) / used)] * len(characters[one])
        before = one
    return text, certain, places


def _stretches(
    text: str, chances: Sequence[float], places: Sequence[float]
) -> Iterator[tuple[tuple[str, float], float, float]]:
    """The words of a line, each with how sure it is, and where in the line it begins and ends (0 to 1)."""
    text = clean(text)
    half = 0.5 / max(1, len(text))
    begin = 0
    for at in range(len(text) + 1):
        ends = at == len(text) or text[at] == " "
        if ends and at > begin:
            low = (places[begin] + (places[begin - 1] if begin else places[begin] - 2 * half)) / 2
            high = (places[at - 1] + (places[at] if at < len(text) else places[at - 1] + 2 * half)) / 2
            sure = sum(chances[begin:at]) / (at - begin)
            yield (text[begin:at], sure), max(0.0, low), min(1.0, high)
        if ends:
            begin = at + 1


def _word(line: _Line, number: int, read: tuple[str, float], stretch: tuple[float, float]) -> Word:
    tall = line.rise / _GROWN
    corners = [line.corner((2 * share - 1) * line.half, side) for share in stretch for side in (-tall, tall)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Word(read[0], min(across), min(down), max(across), max(down), line=number, confidence=read[1])
