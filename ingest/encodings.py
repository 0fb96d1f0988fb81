"""Bytes to text: byte-order marks first, then UTF-8, then what charset-normalizer finds most likely."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64 * 1024
_FEW_ACCENTS = 0.25
_ODD = frozenset(range(32)) - {7, 8, 9, 10, 12, 13, 26, 27}


def _without_mark(content: bytes) -> str:
    """The UTF-16 or UTF-32 variety of unmarked content, told by where its zero bytes stand; "" when it is
    none.
    """
    sample = content[: 4096 - 4096 % 4]
    if len(sample) < 8 or 0 not in sample:
        return ""
    zeros = [sample[i::4].count(0) / max(1, len(sample[i::4])) for i in range(4)]
    if zeros[0] < 0.1 and min(zeros[1:]) > 0.9:
        return "utf-32-le"
    if zeros[3] < 0.1 and min(zeros[:3]) > 0.9:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    if even > 0.6 and odd < 0.1:
        return "utf-16-be"
    return ""


def looks_like_text(head: bytes) -> bool:
    """Whether these first bytes are text in some encoding: no stray zero bytes and hardly any control
    bytes.
    """
    if any(head.startswith(mark) for mark, _ in _MARKS) or _without_mark(head):
        return True
    if b"\x00" in head:
        return False
    return sum(byte in _ODD for byte in head) <= len(head) * 0.01


def decode(content: bytes) -> tuple[str, str]:
    """The text in `content` and the name of its encoding. Never fails: what cannot be read becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    unmarked = _without_mark(content)
    if unmarked:
        return content.decode(unmarked, "replace"), unmarked
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        # A head of a file may end in the middle of a character.
        if error.start >= len(content) - 3:
            return content.decode("utf-8", "replace"), "utf-8"
    best = from_bytes(content[:_SAMPLE_BYTES]).best()
    encoding = best.encoding if best is not None else "cp1252"
    return content.decode(encoding, "replace"), encoding


@dataclass(frozen=True)
class FileEncoding:
    """How a whole file is to be decoded. Where `odd` is set, most lines are `name` and the others `odd`."""

    name: str
    odd: str = ""


def encoding_of_file(path: Path) -> FileEncoding:
    """The encoding of a file of any size, read a part at a time."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return FileEncoding(encoding)
    unmarked = _without_mark(head)
    if unmarked:
        return FileEncoding(unmarked)
    if _is_utf8(path):
        return FileEncoding("utf-8")
    good, sample = 0, b""
    with path.open("rb") as stream:
        for line in stream:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                sample += line if len(sample) < _SAMPLE_BYTES else b""
    sample = sample[:_SAMPLE_BYTES]
    if good and sum(byte > 127 for byte in sample) < _FEW_ACCENTS * len(sample):
        # A few accented letters in Latin text tell too little for a guess.
        return FileEncoding("utf-8", "cp1252")
    best = from_bytes(sample).best()
    legacy = best.encoding if best is not None and not best.encoding.startswith("utf") else "cp1252"
    return FileEncoding("utf-8", legacy) if good else FileEncoding(legacy)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while part := stream.read(1 << 20):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def lines_of_file(path: Path, encoding: FileEncoding) -> Iterator[tuple[str, bool]]:
    """Each line with its line end, and whether it was in the other encoding of a mixed file."""
    if not encoding.odd:
        with path.open(encoding=encoding.name, errors="replace", newline="") as text:
            for decoded in text:
                yield decoded, False
        return
    with path.open("rb") as stream:
        for line in stream:
            try:
                yield line.decode(encoding.name), False
            except UnicodeDecodeError:
                yield line.decode(encoding.odd, "replace"), True
