"""The one file that holds a whole small model: its network in blocks of four bits, and its tokeniser.

The file, all numbers little-endian: a magic word and a version; the sizes of the network; the pieces of the
tokeniser with their scores; how single characters are normalised; a directory of tensors (name, kind, count,
place, bytes). Kind 0 is float32. Kind 1 is blocks of 32 weights: a half-float scale, then 16 bytes of which
the lower halves are weights 0 to 15 and the upper halves weights 16 to 31, each 8 more than its value.
"""

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
ROWS_AT_ONCE = 16_384

Floats = npt.NDArray[np.float16]


class UnpackingError(Exception):
    """The file or the folder is not what it should be. `sentence` says what is wrong, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Sizes:
    """The form of the network, in the order in which the file names it."""

    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    kinds: int


@dataclass(frozen=True)
class Packed:
    """The parts of the file: `tensors` are views into it, as (kind, bytes), by the file's own names."""

    sizes: Sizes
    epsilon: float
    specials: Mapping[str, int]
    pieces: list[str]
    scores: list[float]
    tensors: Mapping[str, tuple[int, memoryview]]


def read_packed(path: Path, digest: str) -> Packed:
    """The parts of the file, once its SHA-256 is `digest`. Raises UnpackingError."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        raise UnpackingError(
            f"The file {path.name} of the multilingual model is not the pinned one: its SHA-256 is {found}, "
            f"expected {digest}. It will not be used."
        )
    try:
        return _parts(data)
    except (struct.error, UnicodeDecodeError, IndexError, ValueError) as error:
        raise UnpackingError(f"The file {path.name} of the multilingual model cannot be read.") from error


def _parts(data: bytes) -> Packed:
    place = 8
    if data[:4] != MAGIC:
        raise ValueError("another magic word")

    def take(form: str) -> tuple[Any, ...]:
        nonlocal place
        values = struct.unpack_from("<" + form, data, place)
        place += struct.calcsize("<" + form)
        return values

    sizes = Sizes(*take("7i"))
    epsilon, block = take("fi")
    count, *ids = take("5i")
    (length,) = take("Q")
    if block != BLOCK:
        raise ValueError("blocks of another size")
    offsets = take(f"{count + 1}I")
    scores = [float(score) for score in take(f"{count}f")]
    text = data[place : place + length]
    place += length
    pieces = [text[start:end].decode() for start, end in pairwise(offsets)]
    _characters, size = take("iI")
    place += size  # which characters NFKC changes is known to the library that normalises
    (entries,) = take("i")
    view = memoryview(data)
    tensors = {}
    for _ in range(entries):
        (name_length,) = take("H")
        name = bytes(take(f"{name_length}s")[0]).decode()
        kind, _count, start, size = take("BIQQ")
        tensors[name] = (kind, view[start : start + size])
    specials = dict(zip(("<s>", "</s>", "<pad>", "<unk>"), ids, strict=True))
    return Packed(sizes, epsilon, specials, pieces, scores, tensors)


def floats(packed: Packed, name: str, *shape: int) -> Floats:
    """One tensor in half floats: its weights are four bits with a half-float scale, or small vectors."""
    kind, data = packed.tensors[name]
    out = np.empty(shape, dtype=np.float16)
    flat = out.reshape(-1)
    if kind == 0:
        flat[:] = np.frombuffer(data, dtype="<f4")
        return out
    blocks = np.frombuffer(data, dtype=np.uint8).reshape(-1, BLOCK_BYTES)
    for start in range(0, len(blocks), ROWS_AT_ONCE):
        some = blocks[start : start + ROWS_AT_ONCE]
        scale = some[:, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate((some[:, 2:] & 15, some[:, 2:] >> 4), axis=1).astype(np.float32) - 8.0
        flat[start * BLOCK : (start + len(some)) * BLOCK] = (halves * scale).reshape(-1)
    return out
