"""RTF through striprtf: the words, paragraph by paragraph; the cells of a table row stand in one line."""

from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from ingest.errors import failure
from ingest.headings import heading_level
from ingest.protocol import Begun, Event
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job


def read(job: Job) -> Iterator[Event]:
    """Yield the words as pages. Raises IngestError "damaged", "too-much-text"."""
    content = job.path.read_bytes().decode("latin-1")
    try:
        text: str = rtf_to_text(content, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, KeyError, LookupError, UnicodeError) as error:
        raise failure("damaged", kind="RTF") from error
    pages = paginate(_blocks(text))
    yield Begun(len(pages))
    yield from pages


def _blocks(text: str) -> Iterator[Block]:
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip():
            continue
        level = heading_level(line)
        if line.count("|") > 1:
            yield Block("row", tidy(line.strip("|").replace("|", " | ")))
        elif level:
            yield Block("heading", tidy(line), level)
        else:
            yield Block("paragraph", line.strip())
