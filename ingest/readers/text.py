"""Plain text: decoded, paragraphs at empty lines, form feeds as page breaks, headings where the look says
so.
"""

import re
from collections.abc import Iterator

from ingest.encodings import decode
from ingest.headings import heading_level
from ingest.protocol import Begun, Event
from ingest.readers.pagination import Block, paginate
from ingest.sandbox_child import Job

_STARS = re.compile(r"\*{1,9} ")


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of a plain-text file. Raises IngestError "too-much-text" or "too-many-pages"."""
    text, encoding = decode(job.path.read_bytes())
    is_outline = job.name.lower().endswith(".org")
    pages = paginate(_outlined(text) if is_outline else blocks_of(text))
    yield Begun(len(pages), metadata={"encoding": encoding})
    yield from pages


def _outlined(text: str) -> Iterator[Block]:
    """An outline (Org): lines that begin with stars are headings of that depth."""
    held: list[str] = []
    for line in [*text.replace("\r\n", "\n").split("\n"), "* "]:
        found = _STARS.match(line)
        if not found:
            held.append(line)
            continue
        yield from blocks_of("\n".join(held))
        held = []
        if words := line[found.end() :].strip():
            yield Block("heading", words, min(9, found.end() - 1))


def _underlined(paragraph: list[str]) -> int:
    """The level of a heading that the line below it underlines in its whole length, 0 where none does."""
    words, line = paragraph[0].strip(), paragraph[1].strip()
    if not 3 <= len(words) <= 150 or len(line) < max(3, 0.8 * len(words)) or len(set(line)) != 1:
        return 0
    return {"=": 1, "#": 1, "-": 2, "~": 3, "^": 4}.get(line[0], 0)


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
            while len(paragraph) > 1 and (rule := _underlined(paragraph)):
                # Running text may follow its heading at once.
                yield Block("heading", paragraph[0], rule)
                del paragraph[:2]
            if paragraph:
                level = heading_level(paragraph[0]) if len(paragraph) == 1 else 0
                yield (
                    Block("heading", paragraph[0], level)
                    if level
                    else Block("paragraph", "\n".join(paragraph))
                )
            paragraph = []
