"""Looking through a folder and opening what lies in it: flat in memory, no link followed, no device read."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.protocol import clean

_NO_FILE = {
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISBLK: "a device",
    stat.S_ISCHR: "a device",
}

_GONE = "It was there when the folder was listed, and then no more."
_HIDDEN = "Its name, or that of a folder above it, begins with a dot. --hidden takes it in too."


class Unreadable(Exception):
    """A file or folder cannot be read here; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Changed(Exception):
    """A file was written to while it was read."""


class Gone(Exception):
    """There is no such file any more."""


@dataclass(frozen=True)
class Seen:
    """Something in a folder. `kind` is file, hidden, link, device or unreadable; `path` is where it lies,
    `shown` the same for people, below the folder that was named. Size in bytes, `modified_ns` in nanoseconds
    since 1970; both 0 for what is no file.
    """

    path: str
    shown: str
    kind: str
    size: int = 0
    modified_ns: int = 0
    sentence: str = ""

    @property
    def key(self) -> str:
        """SHA-256 of the path as the file system has it."""
        return hashlib.sha256(os.fsencode(self.path)).hexdigest()


def for_people(path: str) -> str:
    """A path as text: what is not UTF-8 in it, and what would steer a terminal, is replaced."""
    return re.sub(r"[\t\n]", " ", clean(os.fsencode(path).decode("utf-8", "replace")))


def places_of(given: list[str]) -> list[str]:
    """The files and folders that were named, made absolute, without those that lie below another of them."""
    whole = {Path(name).resolve() for name in given}
    return sorted(str(path) for path in whole if whole.isdisjoint(path.parents))


def everything_in(places: list[str], *, with_hidden: bool = False) -> Iterator[Seen]:
    """What lies in the folders and below, each folder's entries by name; a file that is named stands for
    itself. Only the names of one folder at each depth are held at a time.
    """
    for place in places:
        is_folder = Path(place).is_dir()
        name = Path(place).name
        shown = "" if is_folder and len(places) == 1 else name
        yield from _from(place, shown, with_hidden=with_hidden)


def _from(place: str, shown: str, *, with_hidden: bool) -> Iterator[Seen]:
    """A place and, where it is a folder, all below it."""
    levels = [iter([_Entry(place, shown, is_hidden=False)])]
    while levels:
        entry = next(levels[-1], None)
        if entry is None:
            levels.pop()
            continue
        try:
            found = os.lstat(entry.path)
        except FileNotFoundError:
            yield Seen(entry.path, for_people(entry.shown), "gone", sentence=_GONE)
            continue
        except OSError as error:
            yield Seen(entry.path, for_people(entry.shown), "unreadable", sentence=_why(error))
            continue
        if not stat.S_ISDIR(found.st_mode):
            yield _seen(entry, found)
            continue
        try:
            levels.append(_inside(entry, with_hidden=with_hidden))
        except OSError as error:
            sentence = f"The folder could not be opened: {_reason(error)}. What lies in it was not looked at."
            yield Seen(entry.path, for_people(f"{entry.shown}/"), "unreadable", sentence=sentence)


@dataclass(frozen=True)
class _Entry:
    path: str
    shown: str
    is_hidden: bool


def _inside(folder: _Entry, *, with_hidden: bool) -> Iterator[_Entry]:
    with os.scandir(folder.path) as entries:
        names = sorted(entry.name for entry in entries)
    above, shown = folder.path.rstrip("/"), f"{folder.shown}/" if folder.shown else ""
    return (
        _Entry(
            f"{above}/{name}",
            f"{shown}{name}",
            folder.is_hidden or (name.startswith(".") and not with_hidden),
        )
        for name in names
    )


def _seen(entry: _Entry, found: os.stat_result) -> Seen:
    """What is no folder."""
    shown = for_people(entry.shown)
    if stat.S_ISLNK(found.st_mode):
        sentence = "A link is not followed; what it points to is taken in where it lies."
        return Seen(entry.path, shown, "link", sentence=sentence)
    for is_such, words in _NO_FILE.items():
        if is_such(found.st_mode):
            return Seen(entry.path, shown, "device", sentence=f"It is {words} and no file.")
    kind, sentence = ("hidden", _HIDDEN) if entry.is_hidden else ("file", "")
    return Seen(entry.path, shown, kind, found.st_size, found.st_mtime_ns, sentence)


def _reason(error: OSError) -> str:
    return error.strerror or "unknown reason"


def _why(error: OSError) -> str:
    return f"It could not be read: {_reason(error)}."


class Source:
    """A file that is read, as far as it went when it was opened: one that grows all the time ends, too. What
    the disk refuses is not taken for a fault of the store.
    """

    def __init__(self, stream: BinaryIO, found: os.stat_result) -> None:
        self._stream = stream
        self.size, self.modified_ns = found.st_size, found.st_mtime_ns
        self._left = found.st_size

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(self._left if size < 0 else min(size, self._left))
        except OSError as error:
            raise Unreadable(_why(error)) from error
        self._left -= len(data)
        return data


@contextmanager
def opened(path: str) -> Iterator[Source]:
    """A regular file to read, whatever was put in its place meanwhile, and at the end proof that it is as it
    was. Raises Gone, Unreadable, and Changed when something was written to it in between.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Gone from error
    except OSError as error:
        raise Unreadable(_why(error)) from error
    with os.fdopen(descriptor, "rb") as stream:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise Unreadable("Something that is no file took its place.")
        yield Source(stream, before)
        after = os.fstat(descriptor)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise Changed
