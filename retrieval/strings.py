"""Many texts in two plain arrays, which can lie in a mapped file: no Python object for each of them.

A text is UTF-8 followed by a line feed, which stands in none of them. Sorted texts are looked up by halving:
the order of UTF-8 bytes is the order of Python's strings.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]

_FEW = 16
"""Fewer texts than one in so many are looked up one by one; of more all are read."""


class Strings(Sequence[str]):
    """A row of texts without line feeds."""

    def __init__(self, blob: Bytes, offsets: Offsets) -> None:
        """Text i lies in blob[offsets[i]:offsets[i + 1]], with its line feed."""
        self.blob, self.offsets = blob, offsets
        self._bytes, self._places = blob.data, offsets.data

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Strings":
        encoded = [text.encode("utf-8", "surrogatepass") + b"\n" for text in texts]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        offsets[1:] = np.cumsum([len(each) for each in encoded], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.blob.nbytes + self.offsets.nbytes)

    def __len__(self) -> int:
        return len(self._places) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._raw(place % len(self)).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return iter(self.between(0, len(self)))

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def between(self, first: int, last: int) -> list[str]:
        """The texts from place `first` up to, not with, place `last`."""
        if first >= last:
            return []
        said = bytes(self._bytes[self._places[first] : self._places[last] - 1])
        return said.decode("utf-8", "surrogatepass").split("\n")

    def _raw(self, place: int) -> bytes:
        return bytes(self._bytes[self._places[place] : self._places[place + 1] - 1])

    def first_from(self, key: bytes) -> int:
        """Of sorted texts the place of the first that is not before `key`."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def place_of(self, text: str) -> int | None:
        """Of sorted texts the place of `text`."""
        key = text.encode("utf-8", "surrogatepass")
        place = self.first_from(key)
        return place if place < len(self) and self._raw(place) == key else None

    def beginning_with(self, head: str) -> range:
        """Of sorted texts the places of those that begin with `head`."""
        key = head.encode("utf-8", "surrogatepass")
        # No byte of UTF-8 is 255, so that this stands behind everything that begins so.
        return range(self.first_from(key), self.first_from(key + b"\xff"))

    def flags_of(self, some: Collection[str]) -> npt.NDArray[np.bool_]:
        """Of sorted texts whether each is one of `some`, shape (n,)."""
        flags = np.zeros(len(self), dtype=np.bool_)
        if len(some) * _FEW < len(self):
            places = [self.place_of(text) for text in some]
            flags[[place for place in places if place is not None]] = True
        elif len(self):
            flags[:] = [text in some for text in self]
        return flags

    @cached_property
    def lengths(self) -> npt.NDArray[np.uint16]:
        """The number of characters of each text, shape (n,)."""
        if not len(self):
            return np.zeros(0, dtype=np.uint16)
        starts = np.add.reduceat((self.blob & 0xC0) != 0x80, self.offsets[:-1], dtype=np.int64)
        lengths: npt.NDArray[np.uint16] = np.minimum(starts - 1, 65_535).astype(np.uint16)
        return lengths


class Terms:
    """The terms of one analysis among the sorted keys of a vocabulary."""

    def __init__(self, keys: Strings, mark: str) -> None:
        """`mark` is what all their keys begin with, and no term holds its last letter."""
        self._keys, self._mark = keys, mark
        self._range = keys.beginning_with(mark)
        self._skip = len(mark.encode())

    def all(self) -> list[str]:
        skip = len(self._mark)
        return [key[skip:] for key in self._keys.between(self._range.start, self._range.stop)]

    def beginning_with(self, head: str) -> list[str]:
        places, skip = self._keys.beginning_with(self._mark + head), len(self._mark)
        return [key[skip:] for key in self._keys.between(places.start, places.stop)]

    def of_length(self, least: int, most: int, head: str = "") -> list[str]:
        """Those of so many characters, beginning with `head`."""
        places, skip = self._keys.beginning_with(self._mark + head) if head else self._range, len(self._mark)
        lengths = self._keys.lengths[places.start : places.stop]
        chosen = np.flatnonzero((lengths >= least + skip) & (lengths <= most + skip)) + places.start
        return self._at(chosen)

    def holding(self, parts: Sequence[str], *, at_the_end: bool = False) -> list[str]:
        """Those in which one of `parts` stands, or with which they end. None of `parts` is empty."""
        first, last = self._range.start, self._range.stop
        if first >= last:
            return []
        offsets = self._keys.offsets
        begin = int(offsets[first])
        said = self._keys.blob.data[begin : int(offsets[last])]
        longest_first = sorted(set(parts), key=lambda part: (-len(part), part))
        escaped = b"|".join(re.escape(part.encode("utf-8", "surrogatepass")) for part in longest_first)
        pattern = re.compile(b"(?:" + escaped + (b")\n" if at_the_end else b")"))
        found = np.fromiter((m.start() for m in pattern.finditer(said)), dtype=np.int64) + begin
        places = np.searchsorted(offsets, found, side="right") - 1
        # What stands in the mark itself is no part of a term.
        return self._at(np.unique(places[found - offsets[places] >= self._skip]))

    def _at(self, places: Places) -> list[str]:
        skip = len(self._mark)
        return [self._keys[place][skip:] for place in places.tolist()]
