"""Records of CSV and its relatives, a line at a time, so that a file of any length needs little memory.

The separator is the one that gives most lines the same number of columns. A quote that never closes would
swallow the rest of the file; the line with it is divided plainly instead, and reading goes on after it.
"""

import csv
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from ingest.encodings import encoding_of_file, lines_of_file

_SEPARATORS = ",;\t|"
_SAMPLE_CHARACTERS = 20_000
_SAMPLE_LINES = 200
_RECORD_LINES = 5000
_RECORD_CHARACTERS = 4_000_000

ODD_LINES = (
    "Lines in another encoding ({odd}) than the rest ({name}): {count:,}. Check their accented letters."
)
OPEN_QUOTES = "Quotation marks that never close: {count:,}. The lines with them were divided plainly."


class _NeverCloses(Exception):
    """A record has grown beyond what an honest one holds."""


class DelimitedFile:
    """One file: its encoding, its separator, and once it was read, what was odd about it."""

    def __init__(self, path: Path) -> None:
        csv.field_size_limit(4 * _RECORD_CHARACTERS)
        self.path = path
        self.encoding = encoding_of_file(path)
        self.odd_lines = 0
        self.open_quotes = 0
        sample = [line for line, _ in islice(lines_of_file(path, self.encoding), _SAMPLE_LINES)]
        self.separator = separator_of("".join(sample)[:_SAMPLE_CHARACTERS])

    def records(self) -> Iterator[list[str]]:
        """Every record, empty lines as empty ones. A first line that only names the separator is no
        record.
        """
        self.odd_lines = self.open_quotes = 0
        lines = self._lines()
        first = next(lines, "")
        if not first.lstrip("\ufeff").lower().startswith("sep="):
            lines = chain([first.lstrip("\ufeff")], lines)
        while True:
            held = _Held(lines)
            try:
                for record in csv.reader(held, delimiter=self.separator, strict=True):
                    yield record
                    held.clear()
            except (_NeverCloses, csv.Error):
                swallowed = held.lines
                if len(swallowed) > 1:
                    self.open_quotes += 1
                    yield swallowed[0].rstrip("\r\n").split(self.separator)
                else:
                    yield self._leniently(swallowed[0])
                lines = chain(swallowed[1:], lines)
                continue
            return

    def _leniently(self, line: str) -> list[str]:
        """One line with text after a closing quotation mark, or a mark that stays open at the end of the
        file.
        """
        if line.count('"') % 2:
            self.open_quotes += 1
            return line.rstrip("\r\n").split(self.separator)
        return next(csv.reader([line], delimiter=self.separator), [])

    def _lines(self) -> Iterator[str]:
        for line, is_odd in lines_of_file(self.path, self.encoding):
            self.odd_lines += is_odd
            yield line

    def notices(self) -> list[str]:
        """Sentences about what was odd in the lines read so far."""
        said = []
        if self.odd_lines:
            said.append(
                ODD_LINES.format(odd=self.encoding.odd, name=self.encoding.name, count=self.odd_lines)
            )
        if self.open_quotes:
            said.append(OPEN_QUOTES.format(count=self.open_quotes))
        return said


class _Held:
    """Lines on their way to the parser, those of the record at hand kept until it is complete."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._source = lines
        self.lines: list[str] = []
        self._characters = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._source:
            self.lines.append(line)
            self._characters += len(line)
            if len(self.lines) > 1 and (
                len(self.lines) > _RECORD_LINES or self._characters > _RECORD_CHARACTERS
            ):
                raise _NeverCloses
            yield line

    def clear(self) -> None:
        self.lines = []
        self._characters = 0


def separator_of(text: str) -> str:
    """The character that divides the columns: it gives most lines the same number of columns."""
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip("\r ")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    lines = [line for line in text.splitlines() if line.strip()][:50]
    best, best_score = ",", 0.0
    for separator in _SEPARATORS:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        if not widths:
            continue
        common = max(set(widths), key=widths.count)
        score = widths.count(common) / len(widths) * min(common, 20) if common > 1 else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


def shown_separator(separator: str) -> str:
    """The separator as a person would say it."""
    return {"\t": "tab"}.get(separator, separator)
