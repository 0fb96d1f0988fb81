"""The one home of libpff: the items of an Outlook mail store, their properties and what is attached to them.

The library is the one inside its Python package, called by its public functions (libpff.h): the package
itself reaches neither a mail that is attached to a mail nor what can be recovered.
"""

import ctypes
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pypff

from ingest.readers import mapi

_Pointer = ctypes.c_void_p
_UNICODE, _TEXT, _BINARY = 0x001F, 0x001E, 0x0102
_NUMBERS = {0x0002: "<H", 0x0003: "<I", 0x0040: "<Q"}
_MOST_VALUES = 4000
_NAMED, _BY_NUMBER = 0x8000, ord("n")
_RECOVERY_SECONDS = 90
_LONGEST_VALUE = 64 * 1024 * 1024
_library = ctypes.CDLL(pypff.__file__)


def _call(name: str, *arguments: object) -> int:
    """Call a function of the library; 1 where it gave something, 0 where there is nothing.

    Raises OSError where it fails.
    """
    function = getattr(_library, name)
    result = int(function(*arguments, None))
    if result < 0:
        raise OSError(f"{name} failed")
    return result


class _Thing:
    """Something of the library, freed with its last use. What it came from outlives it."""

    _free = ""

    def __init__(self, owner: object) -> None:
        self._owner = owner
        self._at = _Pointer()

    def __del__(self) -> None:
        if self._free and self._at:
            getattr(_library, self._free)(ctypes.byref(self._at), None)

    def _count(self, name: str) -> int:
        found = ctypes.c_int()
        _call(name, self._at, ctypes.byref(found))
        return max(0, found.value)

    def _number(self, name: str) -> int:
        found = ctypes.c_uint32()
        return found.value if _call(name, self._at, ctypes.byref(found)) else 0


class _Values(_Thing):
    _free = "libpff_record_set_free"

    def read(self) -> dict[int, bytes | str | int]:
        found: dict[int, bytes | str | int] = {}
        for index in range(min(self._count("libpff_record_set_get_number_of_entries"), _MOST_VALUES)):
            entry = _Value(self)
            if _call("libpff_record_set_get_entry_by_index", self._at, index, ctypes.byref(entry._at)):
                number = entry.number
                value = entry.value() if number and number not in found else None
                if value is not None:
                    found[number] = value
        return found


class _Value(_Thing):
    _free = "libpff_record_entry_free"

    @property
    def number(self) -> int:
        number = self._number("libpff_record_entry_get_entry_type")
        if number < _NAMED:
            return number
        name = _Thing(self)
        found, kind = ctypes.c_uint32(), ctypes.c_uint8()
        try:
            _call("libpff_record_entry_get_name_to_id_map_entry", self._at, ctypes.byref(name._at))
            if not name._at:
                return 0
            _call("libpff_name_to_id_map_entry_get_type", name._at, ctypes.byref(kind))
            if kind.value == _BY_NUMBER:
                _call("libpff_name_to_id_map_entry_get_number", name._at, ctypes.byref(found))
        except OSError:
            return 0
        return mapi.NAMED + found.value if found.value else 0

    def value(self) -> bytes | str | int | None:
        """Text, bytes or a whole number; nothing for other kinds and where it cannot be read."""
        kind = self._number("libpff_record_entry_get_value_type")
        if kind not in {_UNICODE, _TEXT, _BINARY, *_NUMBERS}:
            return None
        size = ctypes.c_size_t()
        try:
            is_there = _call("libpff_record_entry_get_data_size", self._at, ctypes.byref(size))
            if not is_there or not 0 < size.value <= _LONGEST_VALUE:
                return None
            content = ctypes.create_string_buffer(size.value)
            _call("libpff_record_entry_get_data", self._at, content, size)
        except OSError:
            return None
        if kind == _UNICODE:
            return content.raw.decode("utf-16-le", "replace")
        if kind not in _NUMBERS:
            return content.raw
        if size.value != struct.calcsize(_NUMBERS[kind]):
            return None
        return int(struct.unpack(_NUMBERS[kind], content.raw)[0])


class Item(_Thing):
    """A folder, a mail or another item. Every method raises OSError where the store is broken."""

    _free = "libpff_item_free"

    @property
    def identifier(self) -> int:
        return self._number("libpff_item_get_identifier")

    def sub_items(self) -> int:
        return self._count("libpff_item_get_number_of_sub_items")

    def sub_item(self, index: int) -> "Item":
        return self._item("libpff_item_get_sub_item", index)

    def properties(self, index: int = 0) -> dict[int, bytes | str | int]:
        """One set of properties by their numbers; those with names of their own at `mapi.NAMED`."""
        if index >= self.sets():
            return {}
        values = _Values(self)
        if not _call("libpff_item_get_record_set_by_index", self._at, index, ctypes.byref(values._at)):
            return {}
        return values.read()

    def sets(self) -> int:
        return self._count("libpff_item_get_number_of_record_sets")

    def recipients(self) -> "Item | None":
        """The list of recipients: a set of properties for each."""
        return self._maybe("libpff_message_get_recipients")

    def attachments(self) -> int:
        return self._count("libpff_message_get_number_of_attachments")

    def attachment(self, index: int) -> "Item":
        return self._item("libpff_message_get_attachment", index)

    def attached_item(self) -> "Item | None":
        """The mail that an attachment is, or none where it is a file."""
        kind = ctypes.c_int()
        _call("libpff_attachment_get_type", self._at, ctypes.byref(kind))
        return self._maybe("libpff_attachment_get_item") if kind.value == ord("i") else None

    def content(self, most: int) -> bytes:
        """The bytes of an attached file; none of one that is longer than `most`."""
        size = ctypes.c_uint64()
        if not _call("libpff_attachment_get_data_size", self._at, ctypes.byref(size)):
            return b""
        if not 0 < size.value <= most:
            return b""
        content = ctypes.create_string_buffer(size.value)
        read = _read_buffer(self._at, content, ctypes.c_size_t(size.value), None)
        if read != size.value:
            raise OSError("an attachment is cut off")
        return content.raw

    def _item(self, name: str, index: int) -> "Item":
        found = Item(self)
        if not _call(name, self._at, index, ctypes.byref(found._at)) or not found._at:
            raise OSError("nothing there")
        return found

    def _maybe(self, name: str) -> "Item | None":
        found = Item(self)
        return found if _call(name, self._at, ctypes.byref(found._at)) and found._at else None


_read_buffer = _library.libpff_attachment_data_read_buffer
_read_buffer.restype = ctypes.c_ssize_t


class Store(_Thing):
    """An opened mail store. Raises OSError where it is none."""

    _free = "libpff_file_free"

    def __init__(self, path: Path) -> None:
        super().__init__(None)
        _call("libpff_file_initialize", ctypes.byref(self._at))
        _call("libpff_file_open", self._at, str(path).encode(), 1)

    def root(self) -> Item | None:
        return self._maybe("libpff_file_get_root_folder")

    def orphans(self) -> Iterator[Item | None]:
        """Items that no folder lists; none for one that cannot be read."""
        yield from self._all("libpff_file_get_number_of_orphan_items", "libpff_file_get_orphan_item_by_index")

    def recovered(self) -> Iterator[Item | None]:
        """Items that were deleted and whose place has not been written over. Raises OSError where that takes
        too long.
        """
        # Looking through all that is free in a large store has no end of its own.
        timer = threading.Timer(_RECOVERY_SECONDS, _library.libpff_file_signal_abort, (self._at, None))
        timer.start()
        try:
            _call("libpff_file_recover_items", self._at, ctypes.c_uint8(0))
        finally:
            timer.cancel()
        yield from self._all(
            "libpff_file_get_number_of_recovered_items", "libpff_file_get_recovered_item_by_index"
        )

    def _all(self, count: str, get: str) -> Iterator[Item | None]:
        for index in range(self._count(count)):
            found = Item(self)
            try:
                is_there = _call(get, self._at, index, ctypes.byref(found._at))
            except OSError:
                is_there = 0
            yield found if is_there and found._at else None

    def _maybe(self, name: str) -> Item | None:
        found = Item(self)
        return found if _call(name, self._at, ctypes.byref(found._at)) and found._at else None
