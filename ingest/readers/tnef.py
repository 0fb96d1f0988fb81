"""winmail.dat (TNEF), in which Outlook packs a mail for others of its kind: the text and the attachments.

After the published description [MS-OXTNEF]: records of level, name, type, length, bytes and a sum; the
properties of a message and of an attachment lie in two of them, as in [MS-OXCDATA].
"""

import struct
from dataclasses import dataclass, field

from ingest.encodings import decode
from ingest.readers.rtf import text_of_rtf, unpacked

_SIGNATURE = 0x223E9F78
_BODY, _TITLE, _DATA, _RENDERING = 0x800C, 0x8010, 0x800F, 0x9002
_MESSAGE_PROPERTIES, _FILE_PROPERTIES, _CODE_PAGE = 0x9003, 0x9005, 0x9007
_PLAIN, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_LONG_NAME, _SHORT_NAME, _OBJECT = 0x3707, 0x3704, 0x3701
# Kinds of property with a fixed size; all others come with their length.
_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8,
          0x0040: 8, 0x0048: 16}  # fmt: skip
_MANY = 0x1000
_OF_LENGTH = frozenset({0x000D, 0x001E, 0x001F, 0x0102})
_MOST_PROPERTIES = 4000
_OBJECT_ID_BYTES = 16
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")


@dataclass
class Unpacked:
    """The text of the mail and its files as (name, bytes)."""

    body: str = ""
    is_html: bool = False
    files: list[tuple[str, bytes]] = field(default_factory=list)


def read(content: bytes, *, depth: int = 0) -> Unpacked:
    """Open a TNEF file. Raises ValueError where it is none or broken."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        raise ValueError("no TNEF")
    found = Unpacked()
    place, code_page, plain = 6, "cp1252", b""
    properties: dict[int, bytes] = {}
    files: list[dict[int, bytes]] = []
    while place + 9 <= len(content):
        level, name, length = content[place], *struct.unpack_from("<HxxI", content, place + 1)
        start, end = place + 9, place + 9 + length
        if level not in (1, 2) or end > len(content):
            raise ValueError("cut off")
        value = content[start:end]
        if name == _CODE_PAGE and length >= 4:
            code_page = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == _BODY:
            plain = value
        elif name == _MESSAGE_PROPERTIES:
            properties = _properties(value)
        elif name == _RENDERING:
            files.append({})
        elif files and name == _TITLE:
            files[-1].setdefault(_SHORT_NAME, value)
        elif files and name == _DATA:
            files[-1][_DATA] = value
        elif files and name == _FILE_PROPERTIES:
            files[-1].update(_properties(value))
        place = end + 2
    found.body, found.is_html = _text(properties, plain, code_page)
    for number, file in enumerate(files, start=1):
        _take(found, file, number, code_page, depth)
    return found


def _text(properties: dict[int, bytes], plain: bytes, code_page: str) -> tuple[str, bool]:
    """The text of a mail in its best form, and whether that is HTML."""
    if properties.get(_HTML, b"").strip(b"\x00 "):
        return decode(properties[_HTML])[0], True
    if properties.get(_RTF):
        text, is_html = text_of_rtf(unpacked(properties[_RTF]))
        if text.strip():
            return text, is_html
    return _string(properties.get(_PLAIN) or plain, code_page), False


def _take(found: Unpacked, file: dict[int, bytes], number: int, code_page: str, depth: int) -> None:
    name = _string(file.get(_LONG_NAME) or file.get(_SHORT_NAME) or b"", code_page) or f"attachment-{number}"
    content = file.get(_DATA) or file.get(_OBJECT) or b""
    if content[:_OBJECT_ID_BYTES] == _EMBEDDED:
        content = content[_OBJECT_ID_BYTES:]
        if depth < 3:
            # A mail inside: its text becomes a file, and so do its own attachments.
            inner = read(content, depth=depth + 1)
            found.files.append((f"{name}{'.html' if inner.is_html else '.txt'}", inner.body.encode()))
            found.files.extend(inner.files)
            return
    found.files.append((name, content))


def _string(value: bytes, code_page: str) -> str:
    if len(value) > 1 and value[1::2].count(0) > len(value) // 4:
        return value.decode("utf-16-le", "replace").rstrip("\x00")
    try:
        return value.rstrip(b"\x00").decode(code_page)
    except (LookupError, UnicodeDecodeError):
        return decode(value.rstrip(b"\x00"))[0]


def _properties(value: bytes) -> dict[int, bytes]:
    """The first value of each property by its number."""
    found: dict[int, bytes] = {}
    try:
        (count,) = struct.unpack_from("<I", value)
        place = 4
        for _ in range(min(count, _MOST_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", value, place)
            place += 4
            if number >= 0x8000:
                place = _after_name(value, place)
            first, place = _value(value, place, kind)
            found.setdefault(number, first)
    except struct.error:
        # What came before the damage is kept.
        return found
    return found


def _after_name(value: bytes, place: int) -> int:
    """Where a property with a name of its own goes on behind that name."""
    (by_text,) = struct.unpack_from("<I", value, place + 16)
    (length,) = struct.unpack_from("<I", value, place + 20)
    return place + 24 + (_padded(length) if by_text else 0)


def _value(value: bytes, place: int, kind: int) -> tuple[bytes, int]:
    bare = kind & ~_MANY
    count = 1
    if kind & _MANY or bare in _OF_LENGTH:
        (count,) = struct.unpack_from("<I", value, place)
        place += 4
    first = b""
    for index in range(min(count, _MOST_PROPERTIES)):
        if bare in _OF_LENGTH:
            (length,) = struct.unpack_from("<I", value, place)
            start = place + 4
            place = start + _padded(length)
        else:
            length, start = _SIZES.get(bare, 4), place
            place += length
        if start + length > len(value):
            raise struct.error("cut off")
        if index == 0:
            first = value[start : start + length]
    return first, place


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4
