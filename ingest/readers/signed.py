"""S/MIME in one piece (smime.p7m): the signed or compressed content taken out of its CMS shell (RFC 5652).

Only the shell is opened: no signature is checked and nothing is decrypted.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ingest import limits
from ingest.errors import failure

_SIGNED = bytes.fromhex("2a864886f70d010702")
_COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
_ENVELOPED = frozenset(
    bytes.fromhex(oid) for oid in ("2a864886f70d010703", "2a864886f70d010704", "2a864886f70d0109100117",
                                   "2a864886f70d010706")
)  # fmt: skip
_OID, _OCTETS, _INTEGER = 0x06, 0x04, 0x02
_DEEPEST = 24
_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----(.*?)-----END", re.DOTALL)


class Sealed(Exception):
    """The content is encrypted."""


@dataclass(frozen=True)
class _Node:
    tag: int
    start: int
    end: int
    following: int


def opened(content: bytes) -> bytes:
    """The content of signed or compressed CMS. Raises Sealed where it is encrypted, ValueError where it is
    no CMS or broken, IngestError "unpacks-too-large".
    """
    for _ in range(4):
        kind, inner = _shell(_binary(content))
        if kind in _ENVELOPED:
            raise Sealed
        if kind == _SIGNED:
            return inner
        if kind != _COMPRESSED:
            raise ValueError("no content that is known")
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(inner, limits.ATTACHMENT_BYTES)
        if unpacker.unconsumed_tail:
            raise failure("unpacks-too-large", reason=f"{limits.ATTACHMENT_BYTES // limits.MEGABYTE} MB")
        if not content.startswith(b"\x30"):
            return content
    raise ValueError("too many shells")


def _binary(content: bytes) -> bytes:
    """The bytes of a shell that may be written in base64."""
    if content[:1] == b"\x30":
        return content
    armoured = _ARMOUR.search(content)
    try:
        return base64.b64decode(b"".join((armoured[1] if armoured else content).split()), validate=True)
    except binascii.Error as error:
        raise ValueError("neither binary nor base64") from error


def _shell(content: bytes) -> tuple[bytes, bytes]:
    """The kind (its object identifier) of the outer shell and, where it is open, the bytes inside."""
    outer = _node(content, 0, len(content), 0)
    kind, *rest = _children(content, outer)
    if kind.tag != _OID:
        raise ValueError("a shell without a kind")
    name = content[kind.start : kind.end]
    if name in _ENVELOPED or not rest:
        return name, b""
    (sequence,) = _children(content, rest[0])
    # Signed: version, algorithms, content. Compressed: version, algorithm, content.
    parts = list(_children(content, sequence))
    if len(parts) < 3 or parts[0].tag != _INTEGER:
        raise ValueError("a shell in another form")
    inner = list(_children(content, parts[2]))
    if len(inner) < 2:
        raise ValueError("a signature without what it signs")
    (held,) = _children(content, inner[1])
    return name, b"".join(_octets(content, held, 0))


def _octets(content: bytes, node: _Node, depth: int) -> Iterator[bytes]:
    """The bytes of a string, in one piece or in several."""
    if node.tag == _OCTETS:
        yield content[node.start : node.end]
    elif node.tag & 0x20 and depth < _DEEPEST:
        for child in _children(content, node):
            yield from _octets(content, child, depth + 1)
    else:
        raise ValueError("no string of bytes")


def _children(content: bytes, node: _Node) -> Iterator[_Node]:
    place = node.start
    while place < node.end:
        child = _node(content, place, node.end, 0)
        yield child
        place = child.following


def _node(content: bytes, place: int, end: int, depth: int) -> _Node:
    """The value at `place`: of known length, or closed by two zeros (BER)."""
    if depth > _DEEPEST or place + 2 > end:
        raise ValueError("cut off or nested too deep")
    tag, first = content[place], content[place + 1]
    start = place + 2
    if tag & 0x1F == 0x1F:
        raise ValueError("a tag of several bytes")
    if first == 0x80:
        at = start
        while content[at : at + 2] != b"\x00\x00":
            at = _node(content, at, end, depth + 1).following
        return _Node(tag, start, at, at + 2)
    length = first
    if first > 0x80:
        size = first & 0x7F
        if size > 5 or start + size > end:
            raise ValueError("a length that is too long")
        length = int.from_bytes(content[start : start + size], "big")
        start += size
    if start + length > end:
        raise ValueError("cut off")
    return _Node(tag, start, start + length, start + length)
