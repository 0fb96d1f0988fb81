"""What is known of the papers that statements come from: their day, version, sender, and which are copies."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath
from uuid import UUID

from donovan.assistant.prefixes import CORRECTIONS, UPDATES
from donovan.assistant.reconciliation.versions import Version, version_in
from ingest.models import Document, Page
from ingest.values.dates import PartialDate, dates
from retrieval.scope import AccessScope

LONGEST_COMPARED = 20_000
SHINGLE = 4
ALIKE = 0.8
FORWARDED = 0.95
LEAST_SHINGLES = 12
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"\s*<[^>]*>|\"")


@dataclass(frozen=True)
class Source:
    """One paper. `day` is that of the paper (its mail header, its date line, what the file says, else a date
    in its title), or None; `sender` who wrote a mail; `digest` that of its bytes.
    """

    document_id: UUID
    title: str
    name: str
    day: date | None = None
    sender: str = ""
    digest: str = ""
    text: str = field(default="", repr=False)

    @cached_property
    def _versions(self) -> tuple[tuple[Version | None, str], tuple[Version | None, str]]:
        return version_in(self.title), version_in(self.name)

    @property
    def version(self) -> Version | None:
        (by_title, _), (by_name, _) = self._versions
        return by_title or by_name

    @cached_property
    def is_correction(self) -> bool:
        """Whether the title or the file name says that the paper corrects or amends another."""
        folded = f" {' '.join(_WORD.findall(f'{self.title} {self.name}'.casefold()))} "
        return any(
            f" {word} " in folded for word in CORRECTIONS | UPDATES if word.isalpha() and len(word) > 3
        )

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """The runs of words of the text, for telling copies: position and layout do not count."""
        words = _WORD.findall(self.text.casefold())
        if len(words) < SHINGLE:
            return frozenset({tuple(words)}) if words else frozenset()
        return frozenset(tuple(words[place : place + SHINGLE]) for place in range(len(words) - SHINGLE + 1))

    def is_copy_of(self, other: "Source") -> bool:
        """Whether one of both holds the other nearly word for word: a copy, a forward, a second scan."""
        if self.digest and self.digest == other.digest:
            return True
        if self.is_version_of(other):
            return False
        mine, theirs = self.shingles, other.shingles
        smaller = min(len(mine), len(theirs))
        if not smaller:
            return False
        shared = len(mine & theirs)
        if smaller < LEAST_SHINGLES:
            # So few words are easily the same twice: only of the same day they are a copy.
            return self.day == other.day and shared >= ALIKE * max(len(mine), len(theirs))
        # A daily report repeats much of the day before; a forward repeats all of it.
        return shared >= smaller * (ALIKE if self.day == other.day else FORWARDED)

    def is_version_of(self, other: "Source") -> bool:
        """Whether both are versions of one paper, and not the same one."""
        (_, my_title), (_, my_name) = self._versions
        (_, their_title), (_, their_name) = other._versions
        is_series = (_names_something(my_title) and my_title == their_title) or (
            _names_something(my_name) and my_name == their_name
        )
        return is_series and (self.version or Version()) != (other.version or Version())

    def replaces(self, other: "Source") -> bool:
        return self.is_version_of(other) and (self.version or Version()) > (other.version or Version())


def _names_something(key: str) -> bool:
    return sum(character.isalpha() for character in key) >= 4


def sources_of(document_ids: Iterable[UUID], scope: AccessScope) -> Mapping[UUID, Source]:
    """The papers with these ids that may be read in `scope`."""
    wanted = set(document_ids)
    texts: dict[UUID, str] = {}
    pages = Page.objects.filter(document_id__in=wanted, document__label__in=scope.labels).order_by("number")
    for document_id, text in pages.values_list("document_id", "text"):
        if len(texts.get(document_id, "")) < LONGEST_COMPARED:
            texts[document_id] = f"{texts.get(document_id, '')}\n{text}"[:LONGEST_COMPARED]
    rows = Document.objects.filter(pk__in=wanted, label__in=scope.labels)
    return {
        row.pk: Source(
            row.pk,
            row.title or row.name,
            # The folders in which it was found say nothing of the paper itself.
            PurePosixPath(row.name).name,
            row.document_date or day_in(row.title),
            sender_of(str(row.metadata.get("From", ""))),
            row.blob_id,
            texts.get(row.pk, ""),
        )
        for row in rows
    }


def sender_of(header: str) -> str:
    """The name in a From header, or its address where there is no name."""
    return _ADDRESS.sub("", header).strip() or header.strip("<> ")


def day_in(text: str) -> date | None:
    """The one day that a text names in full, or None."""
    found = {whole for each in dates(text) if (whole := whole_day(each)) is not None}
    return found.pop() if len(found) == 1 else None


def whole_day(given: PartialDate, year: int = 0) -> date | None:
    """A date with all its parts, its year from `year` where it gives none, else None."""
    number = given.year or year
    if 0 < number < 100:
        number += 2000 if number < 70 else 1900
    if not (number and given.month and given.day):
        return None
    try:
        return date(number, given.month, given.day)
    except ValueError:
        return None
