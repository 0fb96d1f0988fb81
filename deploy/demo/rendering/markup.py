"""The small markup the demo texts are written in, read into blocks that every format is made from.

A text begins with lines `key: value` between two lines `---`. After that: `# title`, `## section`, `###
subsection`,
`- item`, `| cell | cell |` (the first row is the header), `@center words`, `@right words`, `@rule`,
`@signature Name | office`,
`@figures 2026-09-12` (the day's table from figures.py), `===` (new page); anything else is a paragraph, one
a line. A line
that ends with two spaces goes on in the next, with a break.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rendering.figures import figure_rows


class TextError(Exception):
    """A demo text cannot be read. The message says which file, what is wrong and what to do."""


@dataclass(frozen=True)
class Block:
    """One piece of a document. `kind`: title, section, subsection, paragraph, item, table, center, right,
    rule, signature, page."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class DemoText:
    """One text file: its settings (the `key: value` lines), its body as written, and the body as blocks."""

    source: Path
    settings: dict[str, str]
    body: str
    blocks: tuple[Block, ...] = field(default=())

    def setting(self, key: str, default: str | None = None) -> str:
        """The value of one setting. Raises TextError when it is missing and has no default."""
        value = self.settings.get(key, default)
        if value is None:
            raise TextError(f"{self.source.name} has no line '{key}: ...' at its top. Add one.")
        return value


_HEAD = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_LINE_KINDS = (("### ", "subsection"), ("## ", "section"), ("# ", "title"), ("- ", "item"))


def read_text(source: Path) -> DemoText:
    """Read one text file. Raises TextError when its head is missing or a line of the head is not `key:
    value`."""
    raw = source.read_text(encoding="utf-8")
    head = _HEAD.match(raw)
    if head is None:
        raise TextError(f"{source.name} does not begin with settings between two lines '---'. Add them.")
    settings: dict[str, str] = {}
    for line in head.group(1).splitlines():
        key, separator, value = line.partition(":")
        if not separator:
            raise TextError(f"{source.name}: the line {line!r} at the top is not 'key: value'. Correct it.")
        settings[key.strip()] = value.strip()
    body = raw[head.end() :].strip("\n") + "\n"
    return DemoText(source, settings, body, tuple(_blocks(body)))


def split_pages(blocks: tuple[Block, ...]) -> list[tuple[Block, ...]]:
    """Cut the blocks at each `===`."""
    pages: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "page":
            pages.append([])
        else:
            pages[-1].append(block)
    return [tuple(page) for page in pages]


def plain(blocks: tuple[Block, ...]) -> str:
    """The words of the blocks, one block a line, a table row a line with cells apart by a tab, pages by a
    form feed."""
    lines: list[str] = []
    for block in blocks:
        if block.kind == "page":
            lines.append("\f")
        elif block.kind == "table":
            lines.extend("\t".join(row) for row in block.rows)
        elif block.text:
            lines.append(block.text)
    return "\n".join(lines) + "\n"


def _blocks(body: str) -> Iterator[Block]:
    paragraph: list[str] = []
    table: list[tuple[str, ...]] = []

    def flush() -> Iterator[Block]:
        if paragraph:
            yield Block("paragraph", "\n".join(paragraph))
            paragraph.clear()
        if table:
            yield Block("table", rows=tuple(table))
            table.clear()

    for line in body.split("\n"):
        if line.startswith("|"):
            if paragraph:
                yield from flush()
            table.append(tuple(cell.strip() for cell in line.strip().strip("|").split("|")))
            continue
        single = _single(line)
        if single is not None:
            yield from flush()
            yield single
        elif line.strip():
            if table:
                yield from flush()
            paragraph.append(line.rstrip())
            if not line.endswith("  "):
                yield from flush()
        else:
            yield from flush()
    yield from flush()


def _single(line: str) -> Block | None:
    """A block that is one line by itself, or None."""
    if line == "===":
        return Block("page")
    if line == "@rule":
        return Block("rule")
    if line.startswith("@figures "):
        rows = figure_rows(datetime.date.fromisoformat(line.split()[1]))
        return Block("table", rows=tuple(tuple(row) for row in rows))
    for kind in ("center", "right", "signature"):
        if line.startswith(f"@{kind} "):
            return Block(kind, line.partition(" ")[2])
    for mark, kind in _LINE_KINDS:
        if line.startswith(mark):
            return Block(kind, line[len(mark) :])
    return None
