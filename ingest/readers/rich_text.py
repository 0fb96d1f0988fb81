"""RTF through striprtf: the words, paragraph by paragraph; the cells of a table row stand in one line."""

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from ingest.errors import failure
from ingest.headings import heading_level
from ingest.protocol import Begun, Event
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import tidy
from ingest.sandbox_child import Job

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_LONGEST_EDGE = 200_000
_MOST_EDGES = 40


def read(job: Job) -> Iterator[Event]:
    """Yield the words as pages. Raises IngestError "damaged", "too-much-text"."""
    content = job.path.read_bytes().decode("latin-1")
    try:
        text = "\n".join(
            _text(part) for part in (*_edges(content, "header"), content, *_edges(content, "footer"))
        )
    except (ValueError, IndexError, KeyError, LookupError, UnicodeError) as error:
        raise failure("damaged", kind="RTF") from error
    pages = paginate(_blocks(text))
    yield Begun(len(pages))
    yield from pages


def _text(content: str) -> str:
    said: str = rtf_to_text(content, errors="replace")  # type: ignore[no-untyped-call]
    return said


def _edges(content: str, name: str) -> list[str]:
    """The headers or footers of the pages, each once, as RTF of their own: they are no part of the body."""
    found: dict[str, None] = {}
    for start in re.finditer(rf"\{{\\{name}[lrf]?(?![a-z])", content):
        depth, place = 1, start.end()
        for brace in _BRACE.finditer(content, place, min(len(content), place + _LONGEST_EDGE)):
            if brace[0] in "{}":
                depth += 1 if brace[0] == "{" else -1
            if not depth:
                found["{\\rtf1\\ansi " + content[place : brace.start()] + "}"] = None
                break
        if len(found) >= _MOST_EDGES:
            break
    return list(found)


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
