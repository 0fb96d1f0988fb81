"""Markdown through markdown-it-py: headings and tables are understood, emphasis and links become their
words.
"""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.encodings import decode
from ingest.protocol import Begun, Event
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of a Markdown file. Raises IngestError "too-much-text" or "too-many-pages"."""
    text, encoding = decode(job.path.read_bytes())
    pages = paginate(_blocks(MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").parse(text)))
    yield Begun(len(pages), metadata={"encoding": encoding})
    yield from pages


def _words(token: Token) -> str:
    """The plain text of an inline token."""
    parts = []
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "image" or child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    level = 0
    mark = ""
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield from blocks_of(rows)
            rows = []
        elif token.type == "inline":
            text = _words(token)
            if rows:
                rows[-1].append(tidy(text))
            elif level:
                yield Block("heading", text, level)
                level = 0
            else:
                yield Block("paragraph", mark + text)
                mark = ""
        elif token.type in {"fence", "code_block"}:
            yield Block("paragraph", token.content)
