"""An Outlook mail (MSG): the properties and attachments that its container holds ([MS-OXMSG]), read as a
mail.
"""

import re
import struct
from collections.abc import Iterator

import olefile

from ingest.errors import failure
from ingest.protocol import Event
from ingest.readers import mapi
from ingest.readers.mail import read_message
from ingest.readers.mail_parts import File
from ingest.sandbox_child import Job

_PROPERTY = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
_FIXED = "__properties_version1.0"
_EMBEDDED = "__substg1.0_3701000D"
# Bytes before the first fixed property: of the mail, of a mail inside it, of a recipient or attachment.
_HEAD, _INNER_HEAD, _SHORT_HEAD = 32, 24, 8
_UNICODE, _TEXT, _BINARY, _LONG, _SHORT, _TIME = 0x001F, 0x001E, 0x0102, 0x0003, 0x0002, 0x0040
_NAMES, _FIRST_NAMED = "__nameid_version1.0/__substg1.0_00030102", 0x8000
_DEEPEST = 4
_MOST = 2000
_SHELLS = (".p7m", "winmail.dat")

_Path = tuple[str, ...]


def read(job: Job) -> Iterator[Event]:
    """Yield the mail as pages and its attachments as files. Raises IngestError "damaged"."""
    try:
        with olefile.OleFileIO(str(job.path)) as container:
            letter = _Container(container).letter((), _HEAD, 0)
    except (OSError, ValueError, IndexError, KeyError, struct.error, RecursionError) as error:
        raise failure("damaged", kind="Outlook mail (MSG)") from error
    shells = [file for file in letter.files if file[0].lower().endswith(_SHELLS)]
    files = [File(name, content) for name, content in letter.files if (name, content) not in shells]
    # Only what may be a whole mail inside goes through the parts of the mail; all else is there already.
    letter.files = shells
    yield from read_message(job, mapi.eml(letter), files)


class _Container:
    """The container of a mail; storages are told by their path."""

    def __init__(self, container: olefile.OleFileIO) -> None:
        self._container = container
        self._under: dict[_Path, list[_Path]] = {}
        for entry in container.listdir(streams=True, storages=True):
            self._under.setdefault(tuple(entry[:-1]), []).append(tuple(entry))
        self._named = self._names()

    def letter(self, place: _Path, head: int, depth: int) -> mapi.Letter:
        """The mail in a storage."""
        found = mapi.Letter(self._properties(place, head))
        for entry in self._under.get(place, ())[: _MOST * 20]:
            name = entry[-1].lower()
            if name.startswith("__recip_version1.0_") and len(found.recipients) < _MOST:
                found.recipients.append(self._properties(entry, _SHORT_HEAD))
            elif name.startswith("__attach_version1.0_") and len(found.files) < _MOST:
                found.files.append(self._file(entry, len(found.files) + 1, depth))
        return found

    def _properties(self, place: _Path, head: int) -> dict[int, bytes | str | int]:
        found: dict[int, bytes | str | int] = {}
        for entry in self._under.get(place, ()):
            match = _PROPERTY.fullmatch(entry[-1])
            if match is None:
                continue
            number, kind = int(match[1], 16), int(match[2], 16)
            if kind not in {_UNICODE, _TEXT, _BINARY}:
                continue
            value = self._container.openstream(list(entry)).read()
            found[number] = value.decode("utf-16-le", "replace") if kind == _UNICODE else value
        if (fixed := self._in(place, _FIXED)) is not None:
            found |= _fixed(self._container.openstream(list(fixed)).read(), head)
        return {self._named.get(number, number): value for number, value in found.items()}

    def _names(self) -> dict[int, int]:
        """What the properties of this container that have no number of their own are, by the number here."""
        if not self._container.exists(_NAMES):
            return {}
        content = self._container.openstream(_NAMES).read()[: _MOST * 8]
        entries = struct.iter_unpack("<IHH", content[: len(content) // 8 * 8])
        return {_FIRST_NAMED + index: mapi.NAMED + name for name, kind, index in entries if not kind & 1}

    def _in(self, place: _Path, name: str) -> _Path | None:
        """An entry of a storage by its name, in any case."""
        entries = self._under.get(place, ())
        return next((entry for entry in entries if entry[-1].lower() == name.lower()), None)

    def _file(self, place: _Path, number: int, depth: int) -> tuple[str, bytes]:
        """An attachment: its name and its bytes; of a mail inside its bytes as EML."""
        about = self._properties(place, _SHORT_HEAD)
        named = (mapi.text(about, key) for key in (mapi.FILE_NAME, mapi.SHORT_FILE_NAME, mapi.NAME))
        name = next((said for said in named if said.strip()), "")
        content = about.get(mapi.DATA, b"")
        inner = self._in(place, _EMBEDDED)
        if inner is None:
            return name or f"attachment-{number}", content if isinstance(content, bytes) else b""
        if self._in(inner, _FIXED) is None:
            # An object of another program, not a mail.
            return name or f"object-{number}", b""
        if depth >= _DEEPEST:
            return f"{name or f'message-{number}'}.eml", b""
        letter = self.letter(inner, _INNER_HEAD, depth + 1)
        title = name or letter.subject or f"message-{number}"
        return title if title.lower().endswith(".eml") else f"{title}.eml", mapi.eml(letter)


def _fixed(content: bytes, head: int) -> dict[int, bytes | str | int]:
    """Whole numbers and times, which stand in a table of their own."""
    found: dict[int, bytes | str | int] = {}
    for place in range(head, len(content) - 15, 16):
        kind, number, _flags, value = struct.unpack_from("<HHIQ", content, place)
        if kind == _TIME:
            found[number] = value
        elif kind in {_LONG, _SHORT}:
            found[number] = value & (0xFFFFFFFF if kind == _LONG else 0xFFFF)
    return found
