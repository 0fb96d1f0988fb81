"""Files inside OLE containers ([MS-OLEDS]): packed by Windows with their names, or as other programs do it.

What is itself an old office file lies there in streams, and becomes a container of its own.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from ingest import limits
from ingest.encodings import decode
from ingest.readers.ole_writing import Tree, ole_bytes

_PACKED = "\x01ole10native"
_WHOLE = ("package", "contents")
_OFFICE = {
    "worddocument": "doc",
    "workbook": "xls",
    "book": "xls",
    "powerpoint document": "ppt",
    "visiodocument": "vsd",
}
# How files begin that programs store whole. What a control of a form keeps under these names is no file.
_FILES = (
    b"%PDF",
    b"PK\x03\x04",
    b"{\\rtf",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"II*\x00",
)
_SHEET_OBJECT, _PAGE_OBJECT = "MBD", "ObjectPool"
_MOST = 500

_Path = tuple[str, ...]


def objects_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each object in an old Word or Excel file. One that cannot be told has a name that
    ends in ".bin".
    """
    left = limits.ATTACHMENTS_BYTES
    try:
        with olefile.OleFileIO(str(path)) as container:
            entries = [tuple(entry) for entry in container.listdir(streams=True, storages=True)]
            for number, place in enumerate(_places(entries)[:_MOST], start=1):
                name, content = _object(container, entries, place, f"object-{number}", left)
                left -= len(content)
                yield name, content
    except (OSError, ValueError, IndexError, struct.error):
        yield "object.bin", b""


def unwrapped(name: str, content: bytes) -> tuple[str, bytes]:
    """The file inside an object that stands in a newer office file; the object where it cannot be told."""
    if not content.startswith(olefile.MAGIC):
        return name, content
    try:
        with olefile.OleFileIO(content) as container:
            entries = [tuple(entry) for entry in container.listdir(streams=True, storages=True)]
            return _object(container, entries, (), name.rpartition(".")[0], limits.ATTACHMENT_BYTES)
    except (OSError, ValueError, IndexError, struct.error):
        return name, content


def _places(entries: list[_Path]) -> list[_Path]:
    """The storages that hold an object each."""
    found = dict.fromkeys(
        entry[: 2 if entry[0] == _PAGE_OBJECT else 1]
        for entry in entries
        if entry[0].startswith(_SHEET_OBJECT) or (entry[0] == _PAGE_OBJECT and len(entry) > 1)
    )
    return list(found)


def _object(
    container: olefile.OleFileIO, entries: list[_Path], place: _Path, name: str, most: int
) -> tuple[str, bytes]:
    depth = len(place)
    names = {
        entry[depth].lower(): entry for entry in entries if entry[:depth] == place and len(entry) == depth + 1
    }
    if _PACKED in names:
        return _packed(_stream(container, names[_PACKED], most), name)
    for stream in _WHOLE:
        if stream in names and (content := _stream(container, names[stream], most)).startswith(_FILES):
            return (f"{name}.pdf" if content.startswith(b"%PDF") else name), content
    for stream, ending in _OFFICE.items():
        if stream in names:
            within = [entry for entry in entries if entry[:depth] == place and len(entry) > depth]
            return f"{name}.{ending}", _container_of(container, within, depth, most)
    return f"{name}.bin", b""


def _stream(container: olefile.OleFileIO, entry: _Path, most: int) -> bytes:
    if container.get_size(list(entry)) > most:
        return b""
    return bytes(container.openstream(list(entry)).read())


def _packed(content: bytes, name: str) -> tuple[str, bytes]:
    """Of a file packed by Windows its name and bytes; of other native data the bytes alone."""
    place = 6
    try:
        label, place = _text(content, place)
        _, place = _text(content, place)
        (length,) = struct.unpack_from("<I", content, place + 4)
        place += 8 + length
        (size,) = struct.unpack_from("<I", content, place)
    except (struct.error, ValueError):
        return f"{name}.bin", content
    held = content[place + 4 : place + 4 + size]
    if len(held) != size or not size:
        return f"{name}.bin", content
    return decode(label)[0].replace("\\", "/").rpartition("/")[2].strip() or name, held


def _text(content: bytes, place: int) -> tuple[bytes, int]:
    end = content.index(b"\x00", place)
    return content[place:end], end + 1


def _container_of(container: olefile.OleFileIO, entries: list[_Path], depth: int, most: int) -> bytes:
    """The streams and storages of an object as a file."""
    tree: dict[str, bytes | Tree] = {}
    for entry in entries:
        if container.get_type(list(entry)) != olefile.STGTY_STREAM:
            continue
        content = _stream(container, entry, most)
        most -= len(content)
        folder = tree
        for part in entry[depth:-1]:
            inner = folder.setdefault(part, {})
            if isinstance(inner, bytes):
                raise ValueError("a stream and a storage of one name")
            folder = inner
        folder[entry[-1]] = content
    return ole_bytes(tree)
