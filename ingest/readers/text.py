"""Plain text: decoded, paragraphs at empty lines, form feeds as page breaks, headings where the look says
so.
"""

from collections.abc import Iterator

from ingest.encodings import decode
from ingest.headings import heading_level
from ingest.protocol import Begun, Event
from ingest.readers.pagination import Block, paginate
from ingest.sandbox_child import Job


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of a plain-text file. Raises IngestError "too-much-text" or "too-many-pages"."""
    text, encoding = decode(job.path.read_bytes())
    pages = paginate(blocks_of(text))
    yield Begun(len(pages), metadata={"encoding": encoding})
    yield from pages


def blocks_of(text: str) -> Iterator[Block]:
    """Paragraphs, headings and page breaks of plain text."""
    for index, sheet in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\f")):
        if index:
            yield Block("break")
        paragraph: list[str] = []
        for line in [*sheet.split("\n"), ""]:
            if line.strip():
                paragraph.append(line.rstrip())
                continue
            if paragraph:
                level = heading_level(paragraph[0]) if len(paragraph) == 1 else 0
                yield (
                    Block("heading", paragraph[0], level)
                    if level
                    else Block("paragraph", "\n".join(paragraph))
                )
            paragraph = []
