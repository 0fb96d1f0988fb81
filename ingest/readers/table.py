"""CSV and its relatives: encoding and separator are found out, each row becomes one line."""

import csv
import io
from collections.abc import Iterator

from ingest import limits
from ingest.encodings import decode
from ingest.errors import failure
from ingest.protocol import Begun, Event
from ingest.readers.pagination import paginate
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job

_SEPARATORS = ",;\t|"
_SAMPLE_CHARACTERS = 20_000


def read(job: Job) -> Iterator[Event]:
    """Yield the rows of a CSV file as pages. Raises IngestError "too-much-text" or "too-many-pages"."""
    csv.field_size_limit(limits.MEGABYTE)
    text, encoding = decode(job.path.read_bytes())
    separator = separator_of(text)
    pages = paginate(blocks_of(_rows(text, separator)))
    shown = {"\t": "tab"}.get(separator, separator)
    yield Begun(len(pages), metadata={"encoding": encoding, "separator": shown})
    yield from pages


def separator_of(text: str) -> str:
    """The character that divides the columns: it gives most lines the same number of columns."""
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4]
    lines = [line for line in text[:_SAMPLE_CHARACTERS].splitlines() if line.strip()][:50]
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


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    start = text.lstrip("\ufeff")
    if start[:4].lower() == "sep=":
        start = start.split("\n", 1)[-1]
    try:
        for count, row in enumerate(csv.reader(io.StringIO(start, newline=""), delimiter=separator)):
            if count >= limits.ROWS:
                raise failure("too-much-text", limit=limits.TEXT_CHARACTERS // 1_000_000)
            yield [tidy(cell) for cell in row[: limits.COLUMNS]]
    except csv.Error:
        # A quote that never closes swallows the rest of the file; such files are read line by line instead.
        for line in start.splitlines()[: limits.ROWS]:
            yield [tidy(cell) for cell in line.split(separator)[: limits.COLUMNS]]
