"""PDF files whose skeleton is damaged: the objects that are whole, under a new table and a new tree of pages.

Objects are found by how they begin ("12 0 obj"), those packed in streams too; of several with one number the
last counts. Pages keep the order of the trees that are left, and follow each other as they lie in the file
where none is.
"""

import re
import zlib
from collections.abc import Iterator

from ingest import limits

_MOST_BYTES = 128 * limits.MEGABYTE
_MOST_OBJECTS = 500_000
_PACKED_BYTES = 64 * limits.MEGABYTE
_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,8})[ \t\r\n]{1,9}[0-9]{1,5}[ \t\r\n]{1,9}obj\b")
_TYPE = re.compile(rb"/Type\s{0,9}/(\w{1,30})")
_KIDS = re.compile(rb"/Kids\s{0,9}\[([^\]]{0,4000000})\]")
_REFERENCE = re.compile(rb"([0-9]{1,8})\s{1,9}[0-9]{1,5}\s{1,9}R\b")
_TREE = re.compile(rb"/Pages\s{1,9}[0-9]{1,8}\s{1,9}[0-9]{1,5}\s{1,9}R\b")
_NUMBER = re.compile(rb"/(N|First|Length)\s{1,9}([0-9]{1,9})")
_STREAM = re.compile(rb"\bstream\r?\n?")


def mended(content: bytes) -> bytes | None:
    """A PDF of the pages that are left in `content`; None where there are none, or where it is encrypted."""
    if len(content) > _MOST_BYTES or b"/Encrypt" in content:
        return None
    objects = dict(_objects(content))
    for body in list(objects.values()):
        for number, inner in _packed_objects(body):
            objects.setdefault(number, inner)
    pages = _pages(objects)
    if not pages:
        return None
    top = max(objects) + 1
    catalog = next((body for body in objects.values() if _type(body) == b"Catalog"), b"")
    tree = b"/Pages %d 0 R" % (top + 1)
    whole = _is_whole(catalog)
    objects[top] = (
        _TREE.sub(tree, catalog, count=1)
        if whole and _TREE.search(catalog)
        else b"<</Type/Catalog" + tree + b">>"
    )
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    objects[top + 1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids)
    for number in pages:
        objects[number] = _as_page(objects[number])
    return _written(objects, top)


def _objects(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each object by its number, as it stands between "obj" and "endobj" or the next object."""
    place, end_mark = 0, -1
    for _ in range(_MOST_OBJECTS):
        found = _OBJECT.search(content, place)
        if found is None:
            return
        if end_mark < found.end():
            end_mark = content.find(b"endobj", found.end())
            end_mark = len(content) if end_mark < 0 else end_mark
        end = end_mark
        following = _OBJECT.search(content, found.end(), end)
        if following is not None and b"stream" not in content[found.end() : following.start()]:
            # The end of this one is missing.
            end = following.start()
        yield int(found[1]), content[found.end() : end].strip()
        place = end


def _head(body: bytes) -> bytes:
    return body.partition(b"stream")[0]


def _type(body: bytes) -> bytes:
    found = _TYPE.search(_head(body))
    return found[1] if found else b""


def _is_whole(body: bytes) -> bool:
    return body.startswith(b"<<") and body.count(b"<<") == body.count(b">>")


def _packed_objects(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects in an object stream that is packed with Flate, the usual way."""
    if _type(body) != b"ObjStm" or b"FlateDecode" not in _head(body):
        return
    numbers = {key: int(value) for key, value in _NUMBER.findall(_head(body))}
    begins = _STREAM.search(body)
    if begins is None:
        return
    try:
        data = zlib.decompressobj().decompress(body[begins.end() :], _PACKED_BYTES)
    except zlib.error:
        return
    first = numbers.get(b"First", 0)
    table = [int(word) for word in data[:first].split() if word.isdigit()]
    pairs = list(zip(table[::2], table[1::2], strict=False))[: numbers.get(b"N", 0)]
    ends = [offset for _, offset in pairs[1:]] + [len(data)]
    for (number, offset), end in zip(pairs, ends, strict=True):
        yield number, data[first + offset : first + end].strip()


def _is_page(body: bytes) -> bool:
    """Whether an object is a page, also one that is called something else."""
    head = _head(body)
    kind = _type(body)
    if kind == b"Page":
        return True
    return kind != b"Pages" and b"/Contents" in head and (b"/MediaBox" in head or b"/Parent" in head)


def _pages(objects: dict[int, bytes]) -> list[int]:
    """The numbers of the pages, in order."""
    order: dict[int, None] = {}
    trees = {number: _kids(body) for number, body in objects.items() if b"/Kids" in _head(body)}
    below = {kid for kids in trees.values() for kid in kids}
    seen: set[int] = set()
    waiting = [number for number in reversed(list(trees)) if number not in below]
    while waiting:
        number = waiting.pop()
        if number in trees and number not in seen:
            seen.add(number)
            waiting.extend(reversed(trees[number]))
        elif number in objects and number not in trees and _is_page(objects[number]):
            order[number] = None
    order.update(dict.fromkeys(number for number, body in objects.items() if _is_page(body)))
    return list(order)[: limits.PAGES]


def _kids(body: bytes) -> list[int]:
    found = _KIDS.search(_head(body))
    return [int(number) for number in _REFERENCE.findall(found[1])] if found else []


def _as_page(body: bytes) -> bytes:
    return body if _type(body) == b"Page" else b"<</Type/Page" + _TYPE.sub(b"", body, count=1)[2:]


def _written(objects: dict[int, bytes], root: int) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        if number and _type(body) not in {b"XRef", b"ObjStm"}:
            places[number] = len(out)
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer<</Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (root, max(places) + 1, table)
    return bytes(out)
