"""Writing an OLE container ([MS-CFB], version 3): what lies in another as streams becomes a file again."""

import struct
from dataclasses import dataclass
from typing import Union

Tree = dict[str, Union[bytes, "Tree"]]
"""Streams and storages by their names."""

_FREE, _END, _OF_THE_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_SECTOR, _SMALL_SECTOR, _SMALL = 512, 64, 4096
_IN_HEAD = 109
_LONGEST_NAME = 31


@dataclass
class _Entry:
    name: str
    kind: int
    following: int = _FREE
    below: int = _FREE
    content: bytes = b""
    start: int = 0
    size: int = 0


class _Sectors:
    """Sectors of one size with the table of what follows what."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = bytearray()
        self.table: list[int] = []

    def add(self, content: bytes) -> int:
        """Where a new chain with this content begins."""
        if not content:
            return _END
        first, count = len(self.table), -(-len(content) // self.size)
        self.table += [*range(first + 1, first + count), _END]
        self.content += content.ljust(count * self.size, b"\x00")
        return first


def ole_bytes(tree: Tree) -> bytes:
    """A container with these streams and storages. Raises ValueError where it would be too large (7 MB)."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add(entries, 0, tree)
    small, sectors = _Sectors(_SMALL_SECTOR), _Sectors(_SECTOR)
    for entry in entries[1:]:
        if entry.kind == _STREAM:
            entry.size = len(entry.content)
            entry.start = (small if entry.size < _SMALL else sectors).add(entry.content)
    entries[0].start, entries[0].size = sectors.add(bytes(small.content)), len(small.content)
    small_table = struct.pack(f"<{len(small.table)}I", *small.table)
    small_at = sectors.add(small_table)
    entries_at = sectors.add(b"".join(_written(entry) for entry in entries) + _unused(-len(entries) % 4))
    used, count = len(sectors.table), 1
    while count * _SECTOR // 4 < used + count:
        count += 1
    if count > _IN_HEAD:
        raise ValueError("too large")
    table = [*sectors.table, *([_OF_THE_TABLE] * count)]
    table += [_FREE] * (count * _SECTOR // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, entries_at, 0, _SMALL)
    head += struct.pack("<IIII", small_at, -(-len(small_table) // _SECTOR), _END, 0)
    head += struct.pack(f"<{_IN_HEAD}I", *range(used, used + count), *([_FREE] * (_IN_HEAD - count)))
    return head + bytes(sectors.content) + struct.pack(f"<{len(table)}I", *table)


def _add(entries: list[_Entry], parent: int, tree: Tree) -> None:
    """The entries of a storage, each followed by the next one by name."""
    last = None
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        value, number = tree[name], len(entries)
        if last is None:
            entries[parent].below = number
        else:
            entries[last].following = number
        last = number
        if isinstance(value, bytes):
            entries.append(_Entry(name, _STREAM, content=value))
        else:
            entries.append(_Entry(name, _STORAGE))
            _add(entries, number, value)


def _written(entry: _Entry) -> bytes:
    raw = entry.name[:_LONGEST_NAME].encode("utf-16-le") + b"\x00\x00"
    head = struct.pack("<64sHBBIII", raw, len(raw), entry.kind, 1, _FREE, entry.following, entry.below)
    return head + bytes(36) + struct.pack("<IQ", entry.start, entry.size)


def _unused(count: int) -> bytes:
    return (bytes(68) + struct.pack("<III", _FREE, _FREE, _FREE) + bytes(48)) * count
