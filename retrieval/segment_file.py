"""Plain arrays in one file that is mapped, not read: what is not asked for is never in memory.

The file, all numbers little-endian: a magic word, the length of a head, the head as JSON, the arrays, each at
a place that divides by 64. The head names for each array its type, form, place and SHA-256; the SHA-256 of
all before the arrays is the digest of the file. Nothing in it is ever unpickled.

A small file is read into memory and compared with its digest each time. A large one is compared the same way
unless a stamp is given - its number on the disk, size and times - and still fits: then it is, by the word of
the file system, the one that was compared before, and only its head is compared.
"""

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MAGIC = b"DVSEG002"
LARGE = 4 * 1024 * 1024
"""Files from this many bytes on are mapped."""

_ALIGNED = 64
_START = struct.Struct("<8sQ")

Array = npt.NDArray[Any]


class FileDamaged(Exception):
    """The file is not the one that was written; the text says in what."""


@dataclass(frozen=True)
class Contents:
    """What a file holds. `is_mapped`: the arrays lie in the file; `stamp`: that of the file when it was
    compared.
    """

    said: dict[str, Any]
    arrays: dict[str, Array]
    is_mapped: bool
    stamp: str


def write(path: Path, said: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    """Write a file and flush it; its digest. `said` is kept as JSON."""
    entries, place = {}, 0
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    for name, array in whole.items():
        entries[name] = {
            "type": array.dtype.newbyteorder("<").str,
            "form": array.shape,
            "place": place,
            "sha256": hashlib.sha256(_bytes(array)).hexdigest(),
        }
        place += -(-array.nbytes // _ALIGNED) * _ALIGNED
    head = json.dumps({**said, "arrays": entries, "bytes": place}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    head += b" " * (-(_START.size + len(head)) % _ALIGNED)
    start = _START.pack(MAGIC, len(head)) + head
    with path.open("wb") as stream:
        stream.write(start)
        for array in whole.values():
            stream.write(_bytes(array))
            stream.write(bytes(-array.nbytes % _ALIGNED))
        stream.flush()
        os.fsync(stream.fileno())
    return hashlib.sha256(start).hexdigest()


def stamp_if_large(path: Path) -> str:
    """What the file system says of a file that will be mapped: another stamp, another file or other bytes. ""
    where there is none, or it is small.
    """
    try:
        found = path.stat()
    except OSError:
        return ""
    return _stamp(found) if found.st_size >= LARGE else ""


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def read(path: Path, digest: str, *, stamp: str = "") -> Contents:
    """The contents of a file once they are those of `digest`. Raises FileDamaged, and OSError."""
    with path.open("rb") as stream:
        found = os.fstat(stream.fileno())
        is_large = found.st_size >= LARGE
        data: bytes | mmap.mmap = (
            mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if is_large else stream.read()
        )
    # Every look at the mapping goes through one view, which keeps it alive as long as an array does.
    view = memoryview(data)
    if len(view) < _START.size:
        raise FileDamaged("it is cut off")
    magic, length = _START.unpack_from(view)
    first = _START.size + length
    if magic != MAGIC or first > len(view):
        raise FileDamaged("it is of another form")
    if hashlib.sha256(view[:first]).hexdigest() != digest:
        raise FileDamaged("its digest differs")
    said = json.loads(bytes(view[_START.size : first]).decode("utf-8", "surrogatepass"))
    if len(view) != first + said["bytes"]:
        raise FileDamaged("it is cut off")
    is_known = is_large and stamp == _stamp(found)
    arrays = {}
    for name, entry in said["arrays"].items():
        array = _array(view, first, entry)
        if not is_known and hashlib.sha256(_bytes(array)).hexdigest() != entry["sha256"]:
            raise FileDamaged(f"the digest of its {name} differs")
        arrays[name] = array
    if isinstance(data, mmap.mmap) and not is_known:
        # What was only compared need not stay in the memory of this process.
        data.madvise(mmap.MADV_DONTNEED)
    return Contents(said, arrays, is_large, _stamp(found))


def _array(view: memoryview, first: int, entry: dict[str, Any]) -> Array:
    kind, form = np.dtype(entry["type"]), tuple(entry["form"])
    count = int(np.prod(form, dtype=np.int64))
    found: Array = np.frombuffer(view, dtype=kind, count=count, offset=first + entry["place"])
    return found.reshape(form)


def _bytes(array: Array) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
