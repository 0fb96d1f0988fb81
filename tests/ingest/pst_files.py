"""Outlook mail stores (PST, Unicode) made for the tests, after the published description [MS-PST].

Only what a reader needs: no free space, no search folders, properties of at most some kilobytes.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Values = Mapping[int, object]
_STORE, _NAMES, _ROOT = 0x21, 0x61, 0x122
_RECIPIENTS, _ATTACHMENTS = 0x692, 0x671
_ROW_ID = 0x67F2
# One named property: the mail address of a contact, 0x8000 here.
_NAMED = struct.pack("<IHH", 0x8083, 6, 0)


@dataclass
class Mail:
    """An item: its properties, its recipients, and its attachments (properties, or a mail inside)."""

    values: Values
    recipients: Sequence[Values] = ()
    attachments: Sequence["Values | Mail"] = ()


@dataclass
class Folder:
    """A folder with its items and folders."""

    name: str
    mails: Sequence[Mail] = ()
    folders: Sequence["Folder"] = ()


def pst_bytes(folders: Sequence[Folder], orphans: Sequence[Mail] = ()) -> bytes:
    """A mail store with these folders; orphans lie in a folder that is gone."""
    store = _Store()
    store.node(_STORE, _properties({0x3001: "Store", 0x0FF9: bytes(16)}), 0)
    store.node(_NAMES, _properties({0x0001: 1, 0x0002: bytes(16), 0x0003: _NAMED, 0x0004: bytes(4)}), 0)
    store.node(_ROOT, _properties({0x3001: "", 0x360A: 1}), _ROOT)
    for folder in folders:
        store.folder(folder, _ROOT)
    for mail in orphans:
        store.mail(mail, 0x9FFE2)
    return store.written()


@dataclass
class _Store:
    blocks: list[tuple[int, bytes]] = field(default_factory=list)
    nodes: list[tuple[int, int, int, int]] = field(default_factory=list)
    next_block: int = 4
    next_node: int = 0x400

    def block(self, content: bytes, *, is_internal: bool = False) -> int:
        number = self.next_block | (2 if is_internal else 0)
        self.next_block += 4
        self.blocks.append((number, content))
        return number

    def number(self, kind: int) -> int:
        self.next_node += 1
        return self.next_node << 5 | kind

    def node(self, number: int, content: bytes, parent: int, sub: int = 0) -> None:
        self.nodes.append((number, self.block(content), sub, parent))

    def subnodes(self, entries: Sequence[tuple[int, int, int]]) -> int:
        if not entries:
            return 0
        rows = b"".join(struct.pack("<QQQ", *entry) for entry in sorted(entries))
        return self.block(struct.pack("<BBHI", 2, 0, len(entries), 0) + rows, is_internal=True)

    def folder(self, folder: Folder, parent: int) -> None:
        number = self.number(0x02)
        self.node(number, _properties({0x3001: folder.name, 0x3602: len(folder.mails)}), parent)
        for mail in folder.mails:
            self.mail(mail, number)
        for inner in folder.folders:
            self.folder(inner, number)

    def mail(self, mail: Mail, parent: int) -> None:
        content, sub = self.parts(mail)
        self.nodes.append((self.number(0x04), content, sub, parent))

    def parts(self, mail: Mail) -> tuple[int, int]:
        """The block of a mail's properties, and that of the nodes below it."""
        below = []
        if mail.recipients:
            below.append((_RECIPIENTS, self.block(_table(mail.recipients, range(len(mail.recipients)))), 0))
        rows, numbers = [], []
        for index, attachment in enumerate(mail.attachments):
            number = 0x8025 + index * 32
            numbers.append(number)
            if isinstance(attachment, Mail):
                inner, sub = self.parts(attachment)
                inside = 0x200004 + index * 32
                size = len(dict(self.blocks)[inner])
                values: Values = {0x3705: 5, 0x3701: (0x0D, struct.pack("<II", inside, size))}
                under = self.subnodes([(inside, inner, sub)])
            else:
                values, under = attachment, 0
            below.append((number, self.block(_properties(values)), under))
            rows.append({0x0E20: 1, 0x3705: 1})
        if rows:
            below.append((_ATTACHMENTS, self.block(_table(rows, numbers)), 0))
        return self.block(_properties(mail.values)), self.subnodes(below)

    def written(self) -> bytes:
        out = bytearray(0x4600)
        places = []
        for number, content in self.blocks:
            size = -(-(len(content) + 16) // 64) * 64
            place = len(out)
            out += content.ljust(size - 16, b"\0")
            out += struct.pack("<HHIQ", len(content), _sign(place, number), _crc(content), number)
            places.append((number, place, len(content)))
        out += bytes(-len(out) % 512)
        nodes = [struct.pack("<QQQII", *node, 0) for node in sorted(self.nodes)]
        blocks = [struct.pack("<QQHHI", *place, 2, 0) for place in sorted(places)]
        nodes_at = self._tree(out, nodes, 0x81, 32, 15)
        blocks_at = self._tree(out, blocks, 0x80, 24, 20)
        head = struct.pack("<2sHHBBII", b"SM", 23, 19, 1, 1, 0, 0) + struct.pack(
            "<QQI", 0, self.next_block, 1
        )
        head += bytes(128) + bytes(8)
        head += struct.pack("<IQQQQ", 0, len(out), 0x4400, 0, 0) + struct.pack("<QQQQ", *nodes_at, *blocks_at)
        head += struct.pack("<BBHI", 2, 0, 0, 0) + b"\xff" * 256
        head += struct.pack("<BBHQ", 0x80, 0, 0, self.next_block)
        out[: 8 + len(head)] = b"!BDN" + struct.pack("<I", _crc(head[:471])) + head
        out[524:528] = struct.pack("<I", _crc(bytes(out[8:524])))
        return bytes(out)

    def _tree(self, out: bytearray, rows: list[bytes], kind: int, size: int, most: int) -> tuple[int, int]:
        """A B-tree of pages over sorted rows: the number and the place of its root."""
        level = 0
        while True:
            above = []
            for start in range(0, len(rows), most):
                some = rows[start : start + most]
                number, place = self.next_block | 2, len(out)
                self.next_block += 4
                page = b"".join(some).ljust(488, b"\0") + struct.pack(
                    "<BBBBI", len(some), most, size, level, 0
                )
                out += page + struct.pack("<BBHIQ", kind, kind, _sign(place, number), _crc(page), number)
                above.append(some[0][:8] + struct.pack("<QQ", number, place))
            if len(above) == 1:
                return struct.unpack("<QQ", above[0][8:])
            rows, size, most, level = above, 24, 20, level + 1


def _crc(content: bytes) -> int:
    return zlib.crc32(content, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _sign(place: int, number: int) -> int:
    mixed = (place ^ number) & 0xFFFFFFFF
    return (mixed >> 16) ^ (mixed & 0xFFFF)


def _heap(client: int, parts: Sequence[bytes]) -> bytes:
    """A heap with these allocations; the first is the root."""
    content, places = b"", []
    for part in parts:
        places.append(12 + len(content))
        content += part
    places.append(12 + len(content))
    content += bytes(len(content) % 2)
    assert len(content) < 8000, "more than one block"
    head = struct.pack("<HBBII", 12 + len(content), 0xEC, client, 0x20, 0)
    return head + content + struct.pack(f"<HH{len(places)}H", len(parts), 0, *places)


def _typed(value: object) -> tuple[int, bytes]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, str):
        return 0x1F, value.encode("utf-16-le")
    if isinstance(value, bytes):
        return 0x102, value
    assert isinstance(value, int)
    return (0x40, struct.pack("<Q", value)) if value > 2**32 else (3, struct.pack("<I", value))


def _properties(values: Values) -> bytes:
    """A property context."""
    parts: list[bytes] = [b"", b""]
    rows = b""
    for number, value in sorted(values.items()):
        kind, content = _typed(value)
        if kind == 3:
            held = content
        elif content:
            parts.append(content)
            held = struct.pack("<I", len(parts) << 5)
        else:
            held = bytes(4)
        rows += struct.pack("<HH", number, kind) + held
    parts[0] = struct.pack("<BBBBI", 0xB5, 2, 6, 0, 0x40 if rows else 0)
    parts[1] = rows
    return _heap(0xBC, parts)


def _table(rows: Sequence[Values], numbers: Sequence[int]) -> bytes:
    """A table context whose rows have these numbers."""
    kinds = {number: _typed(value)[0] for row in rows for number, value in row.items()}
    columns = {_ROW_ID: 3, 0x67F3: 3, **kinds}
    ids = list(columns)
    parts: list[bytes] = [b""] * 4
    cells = b""
    bits = -(-len(ids) // 8)
    for row, number in zip(rows, numbers, strict=True):
        held, there = [], 0
        for index, column in enumerate(ids):
            value = {_ROW_ID: number, 0x67F3: 1, **row}.get(column)
            if value is None:
                held.append(bytes(4))
                continue
            there |= 0x80 >> index % 8 << 8 * (bits - 1 - index // 8)
            kind, content = _typed(value)
            if kind != 3:
                parts.append(content)
                content = struct.pack("<I", len(parts) << 5)
            held.append(content)
        cells += b"".join(held) + there.to_bytes(bits, "big")
    end = len(ids) * 4
    described = b"".join(
        struct.pack("<HHHBB", columns[column], column, index * 4, 4, index)
        for index, column in sorted(enumerate(ids), key=lambda pair: pair[1] << 16 | columns[pair[1]])
    )
    parts[0] = struct.pack("<BBHHHHIII", 0x7C, len(ids), end, end, end, end + bits, 0x40, 0x80, 0) + described
    parts[1] = struct.pack("<BBBBI", 0xB5, 4, 4, 0, 0x60)
    parts[2] = b"".join(struct.pack("<II", number, index) for index, number in enumerate(numbers))
    parts[3] = cells
    return _heap(0x7C, parts)
