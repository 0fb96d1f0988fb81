"""Old office files and mail stores by their content: the streams that an OLE container holds, the first
bytes of others.
"""

import struct
from pathlib import Path

import olefile

from ingest.errors import IngestError, failure

# kind: (name for people, media type)
KINDS: dict[str, tuple[str, str]] = {
    "doc": ("Old Word (DOC)", "application/msword"),
    "xls": ("Old Excel (XLS)", "application/vnd.ms-excel"),
    "xlsb": ("Binary Excel (XLSB)", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    "ppt": ("Old PowerPoint (PPT)", "application/vnd.ms-powerpoint"),
    "wpd": ("WordPerfect", "application/vnd.wordperfect"),
    "wps": ("Works (WPS)", "application/vnd.ms-works"),
    "wri": ("Write (WRI)", "application/x-mswrite"),
    "wk": ("Lotus 1-2-3 (WK1 to WK4)", "application/vnd.lotus-1-2-3"),
    "wb": ("Quattro Pro (WB1, WB2)", "application/x-quattro-pro"),
    "sxw": ("OpenOffice 1 text (SXW)", "application/vnd.sun.xml.writer"),
    "sxc": ("OpenOffice 1 table (SXC)", "application/vnd.sun.xml.calc"),
    "sxi": ("OpenOffice 1 slides (SXI)", "application/vnd.sun.xml.impress"),
    "vsd": ("Visio (VSD)", "application/vnd.visio"),
    "pub": ("Publisher (PUB)", "application/x-mspublisher"),
    "odg": ("OpenDocument drawing (ODG)", "application/vnd.oasis.opendocument.graphics"),
}
CONVERTED: dict[str, str] = {
    **dict.fromkeys(("doc", "wpd", "wps", "wri", "sxw"), "docx"),
    **dict.fromkeys(("xls", "xlsb", "wk", "wb", "sxc"), "xlsx"),
    **dict.fromkeys(("ppt", "sxi"), "pptx"),
    **dict.fromkeys(("vsd", "pub", "odg"), "pdf"),
}
"""What each kind is converted to before it is read."""
BECOME_TABLES = frozenset(kind for kind, target in CONVERTED.items() if target in {"docx", "xlsx"})
"""Kinds whose tables are read as those of a newer format."""

EXTENSIONS: dict[str, str] = {
    **{kind: kind for kind in KINDS if kind not in {"wk", "wb"}},
    "dot": "doc", "xlt": "xls", "xla": "xls", "pot": "ppt", "pps": "ppt", "wp": "wpd", "wp5": "wpd",
    "wp6": "wpd", "wk1": "wk", "wk3": "wk", "wk4": "wk", "wks": "wk", "123": "wk", "wb1": "wb", "wb2": "wb",
    "stw": "sxw", "stc": "sxc", "sti": "sxi", "otg": "odg",
}  # fmt: skip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xffWPC", "wpd"),
    # Word 1 and 2, and Write.
    (b"\xdb\xa5", "doc"), (b"\x9b\xa5", "doc"), (b"\x31\xbe\x00\x00\x00\xab", "wri"),
    (b"\x32\xbe\x00\x00\x00\xab", "wri"),
    # The first record of an Excel sheet before version 5, and of Lotus.
    (b"\x09\x00\x04\x00", "xls"), (b"\x09\x02\x06\x00", "xls"), (b"\x09\x04\x06\x00", "xls"),
    (b"\x09\x08\x08\x00", "xls"), (b"\x09\x08\x10\x00", "xls"),
    (b"\x00\x00\x02\x00\x04\x04", "wk"), (b"\x00\x00\x02\x00\x06\x04", "wk"),
    (b"\x00\x00\x02\x00\x01\x10", "wb"), (b"\x00\x00\x02\x00\x02\x10", "wb"),
    (b"\x00\x00\x1a\x00\x00\x10\x04", "wk"), (b"\x00\x00\x1a\x00\x02\x10\x04", "wk"),
)  # fmt: skip
# Streams at the top of a container, in this order: a mail holds office files in storages further down.
_STREAMS: tuple[tuple[str, str], ...] = (
    ("__properties_version1.0", "msg"), ("worddocument", "doc"), ("powerpoint document", "ppt"),
    ("workbook", "xls"), ("book", "xls"), ("pp40", "ppt4"), ("pp30", "ppt4"),
    ("visiodocument", "vsd"), ("quill", "pub"), ("matost", "wps"), ("mm", "wps"),
)  # fmt: skip
_ZIPPED = {kind: KINDS[kind][1] for kind in ("sxw", "sxc", "sxi", "odg")}
_WORKS = b"CHNK"
_WP_KEY = struct.Struct("<H")


def by_signature(head: bytes) -> str:
    """The kind of a file that is no container, by its first bytes; "" where none fits."""
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), "")


def by_declared(declared: str) -> str:
    """The kind of a ZIP that names its media type; "" for all others."""
    return next((kind for kind, media_type in _ZIPPED.items() if declared.startswith(media_type)), "")


def by_streams(path: Path) -> str:
    """The kind of an OLE container by the streams at its top; "" for an unknown one.

    Raises IngestError "encrypted" for a new office file in a sealed container, "damaged".
    """
    try:
        with olefile.OleFileIO(str(path)) as container:
            names = {entry[0].lower() for entry in container.listdir(streams=True, storages=True)}
            if "contents" in names and container.openstream("CONTENTS").read(4) == _WORKS:
                names.add("matost")
    except Exception as error:
        # The library raises whatever it stumbles over.
        raise failure("damaged", kind="an old office file or an Outlook mail") from error
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise failure("encrypted")
    return next((kind for stream, kind in _STREAMS if stream in names), "")


def is_container(path: Path) -> bool:
    """Whether the file is an OLE container or a ZIP, whose parts say what it is."""
    with path.open("rb") as stream:
        return stream.read(8).startswith((OLE, b"PK"))


def is_sealed(path: Path, kind: str) -> bool:
    """Whether the file says of itself that it is protected by a password."""
    with path.open("rb") as stream:
        head = stream.read(16)
    if kind == "wpd":
        return len(head) >= 14 and head.startswith(b"\xffWPC") and _WP_KEY.unpack_from(head, 12)[0] != 0
    if not head.startswith(OLE):
        return False
    try:
        with olefile.OleFileIO(str(path)) as container:
            return _is_sealed(container, kind)
    except Exception:
        return False


def _is_sealed(container: olefile.OleFileIO, kind: str) -> bool:
    if kind == "doc":
        fib = container.openstream("WordDocument").read(12)
        return bool(fib[11] & 0x01)
    if kind == "ppt":
        user = container.openstream("Current User").read(16)
        return bool(container.exists("EncryptedSummary")) or user[12:16] == b"\xdf\xc4\xd1\xf3"
    if kind == "xls":
        name = "Workbook" if container.exists("Workbook") else "Book"
        return _has_file_pass(container.openstream(name).read(64 * 1024))
    return False


def _has_file_pass(content: bytes) -> bool:
    """Whether one of the first records of a workbook says that all others are encrypted."""
    place = 0
    for _ in range(40):
        if place + 4 > len(content):
            return False
        number, length = struct.unpack_from("<HH", content, place)
        if number == 0x2F:
            return True
        place += 4 + length
    return False


def damaged(kind: str) -> IngestError:
    """The error for a file of this kind that could not be opened."""
    return failure("damaged", kind=KINDS[kind][0])
