"""ZIP files whose directory is lost or damaged (cut off, a byte missing): what is whole, packed anew.

Each member has a head of its own before its bytes; the directory at the end only repeats them. Members are
taken from their heads, and one that is not whole is left out.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest import limits

_HEAD = struct.Struct("<4sHHHHHIIIHH")
_MARK = b"PK\x03\x04"
_ENCRYPTED, _SIZES_FOLLOW, _IN_UTF_8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8


def is_broken(path: Path) -> bool:
    """Whether this begins as a ZIP, but its directory is no use."""
    with path.open("rb") as stream:
        if stream.read(4) != _MARK:
            return False
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            return not all(_is_there(stream, entry) for entry in archive.infolist()[: limits.ZIP_ENTRIES])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True


def _is_there(stream: BinaryIO, entry: zipfile.ZipInfo) -> bool:
    """Whether a member begins where the directory says."""
    stream.seek(entry.header_offset)
    return stream.read(4) == _MARK


def mend(path: Path, to: Path) -> bool:
    """Write what is whole in `path` to `to`; whether that is anything."""
    content = path.read_bytes()
    most = min(limits.ZIP_UNPACKED_BYTES, max(limits.ZIP_RATIO_FROM_BYTES, len(content) * limits.ZIP_RATIO))
    names: set[str] = set()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, data in _members(content, most):
            if name not in names and len(names) < limits.ZIP_ENTRIES:
                names.add(name)
                out.writestr(name, data)
    return bool(names)


def _members(content: bytes, most: int) -> Iterator[tuple[str, bytes]]:
    """The name and bytes of each member that is whole, not more than `most` bytes together."""
    place = content.find(_MARK)
    while 0 <= place <= len(content) - _HEAD.size and most > 0:
        _, _, flags, method, _, _, crc, packed, size, name_length, extra = _HEAD.unpack_from(content, place)
        begins = place + _HEAD.size + name_length + extra
        raw = content[place + _HEAD.size : place + _HEAD.size + name_length]
        after = place + len(_MARK)
        if not flags & _ENCRYPTED:
            has_sizes = not flags & _SIZES_FOLLOW
            data, end, spent = _unpacked(content, begins, method, packed if has_sizes else None, most)
            # What is tried in vain counts, too: heads may lie in each other.
            most -= spent
            if data is not None:
                after = end
                if not has_sizes or (len(data) == size and zlib.crc32(data) == crc):
                    yield raw.decode("utf-8" if flags & _IN_UTF_8 else "cp437", "replace"), data
        place = content.find(_MARK, after)


def _unpacked(
    content: bytes, begins: int, method: int, packed: int | None, most: int
) -> tuple[bytes | None, int, int]:
    """The bytes of a member (None where they are not whole or too many), where they end, and how many bytes
    were unpacked for that.
    """
    if method == _STORED and packed is not None:
        end = begins + packed
        is_whole = end <= len(content) and packed <= most
        return (content[begins:end], end, packed) if is_whole else (None, begins, 0)
    if method != _DEFLATED:
        return None, begins, 0
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    window = memoryview(content)[begins : begins + packed if packed is not None else len(content)]
    parts: list[bytes] = []
    size = used = 0
    try:
        # In pieces, so that what stands behind a member is not copied for each of them.
        while not unpacker.eof and used < len(window) and size <= most:
            piece = window[used : used + limits.MEGABYTE]
            used += len(piece)
            data = unpacker.decompress(piece, most - size + 1)
            size += len(data)
            parts.append(data)
    except zlib.error:
        return None, begins, size
    if not unpacker.eof or size > most:
        return None, begins, size
    return b"".join(parts), begins + used - len(unpacker.unused_data), size
