"""Outlook mails made for the tests: an OLE container of properties, recipients and attachments."""

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]
_FREE, _END, _FAT_SECTOR, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096


def ole_bytes(tree: Tree) -> bytes:
    """An OLE container (version 3) with these streams and storages."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, b""]]
    _add(entries, 0, tree)
    mini, mini_fat, sectors, fat = bytearray(), [], bytearray(), []

    def chain(content: bytes, table: list[int], store: bytearray, size: int) -> int:
        if not content:
            return _END
        first, count = len(table), -(-len(content) // size)
        table.extend([*range(first + 1, first + count), _END])
        store += content.ljust(count * size, b"\0")
        return first

    places = []
    for _, kind, _, _, content in entries[1:]:
        assert isinstance(content, bytes)
        is_small = len(content) < _CUTOFF
        store = (mini_fat, mini, _MINI) if is_small else (fat, sectors, _SECTOR)
        places.append((chain(content, *store) if kind == 2 else 0, len(content)))
    root = (chain(bytes(mini), fat, sectors, _SECTOR), len(mini))
    mini_table = chain(struct.pack(f"<{len(mini_fat)}I", *mini_fat), fat, sectors, _SECTOR)
    folder = b"".join(_entry(entry, *place) for entry, place in zip(entries, [root, *places], strict=True))
    folder += (b"\0" * 68 + struct.pack("<III", _NONE, _NONE, _NONE) + b"\0" * 48) * (-len(entries) % 4)
    first_entry = chain(folder, fat, sectors, _SECTOR)
    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    table_places = list(range(len(fat), len(fat) + count))
    fat += [_FAT_SECTOR] * count
    fat += [_FREE] * (-len(fat) % 128)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIII", 0, count, first_entry, 0, _CUTOFF)
    head += struct.pack("<IIII", mini_table, -(-len(mini_fat) * 4 // _SECTOR), _END, 0)
    head += struct.pack("<109I", *table_places, *([_FREE] * (109 - count)))
    return head + bytes(sectors) + struct.pack(f"<{len(fat)}I", *fat)


def _add(entries: list[list[object]], parent: int, tree: Tree) -> None:
    last = None
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        value, number = tree[name], len(entries)
        entries.append([name, 2 if isinstance(value, bytes) else 1, _NONE, _NONE, b""])
        entries[parent if last is None else last][3 if last is None else 2] = number
        last = number
        if isinstance(value, bytes):
            entries[number][4] = value
        else:
            _add(entries, number, value)


def _entry(entry: Sequence[object], start: int, size: int) -> bytes:
    name, kind, following, child, _ = entry
    raw = str(name).encode("utf-16-le") + b"\0\0"
    head = struct.pack("<64sHBBIII", raw, len(raw), kind, 1, _NONE, following, child)
    return head + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)


def moment(*when: int) -> int:
    """A time as Outlook keeps it."""
    return int((datetime(*when, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def properties(values: Mapping[int, object], head: int) -> dict[str, bytes]:
    """The streams of these properties: text, bytes, or whole numbers (times where they are very large)."""
    tree, fixed = {}, bytes(head)
    for number, value in values.items():
        if isinstance(value, str):
            tree[f"__substg1.0_{number:04X}001F"] = value.encode("utf-16-le")
        elif isinstance(value, bytes):
            tree[f"__substg1.0_{number:04X}0102"] = value
        else:
            assert isinstance(value, int)
            fixed += struct.pack("<HHIQ", 0x40 if value > 2**32 else 3, number, 6, value)
    return {**tree, "__properties_version1.0": fixed}


def msg_tree(
    values: Mapping[int, object],
    recipients: Sequence[Mapping[int, object]] = (),
    attachments: Sequence[Mapping[int, object] | tuple[str, Tree]] = (),
    *,
    head: int = 32,
) -> Tree:
    """The storages of a mail; an attachment given as a name and a tree is a mail inside."""
    tree: dict[str, bytes | Tree] = dict(properties(values, head))
    for number, recipient in enumerate(recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = properties(recipient, 8)
    for number, attachment in enumerate(attachments):
        if isinstance(attachment, tuple):
            inner: dict[str, bytes | Tree] = dict(properties({0x3001: attachment[0], 0x3705: 5}, 8))
            inner["__substg1.0_3701000D"] = attachment[1]
        else:
            inner = dict(properties(attachment, 8))
        tree[f"__attach_version1.0_#{number:08X}"] = inner
    return tree
