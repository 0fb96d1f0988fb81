"""Formats without pages of their own: blocks of text in document order become pages of a readable length."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from ingest import limits
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Heading, PageRead, Quoted, clean
from ingest.quotes import Quote

PAGE_CHARACTERS = 3000
_LONGEST_BLOCK = 6000
_MOST_HELD = 40
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading (`level` 1 to 9), a table row that must stay whole, or the start of a new
    page. `quote` says whose words it only quotes.
    """

    kind: Literal["paragraph", "heading", "row", "break"]
    text: str = ""
    level: int = 1
    quote: Quote | None = None


@dataclass
class _Page:
    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[Heading] = field(default_factory=list)
    rows: list[tuple[int, int]] = field(default_factory=list)
    last_kind: str = ""
    quoted: list[Quoted] = field(default_factory=list)
    last_quote: Quote | None = None

    def add(self, block: Block) -> None:
        joins = block.kind == "row" and self.last_kind == "row"
        separator = "" if not self.parts else "\n" if joins else "\n\n"
        start = self.length + len(separator)
        self.parts.append(separator + block.text)
        self.length = start + len(block.text)
        if block.kind == "heading" and len(self.headings) < limits.PAGE_HEADINGS:
            self.headings.append(
                Heading(start, min(9, max(1, block.level)), " ".join(block.text.split())[:300])
            )
        if block.kind == "row" and len(self.rows) < limits.PAGE_ROWS:
            self.rows.append((start, self.length))
        if block.quote is not None and block.quote is self.last_quote:
            self.quoted[-1] = replace(self.quoted[-1], end=self.length)
        elif block.quote is not None and len(self.quoted) < limits.PAGE_QUOTES:
            self.quoted.append(Quoted(start, self.length, block.quote.author, block.quote.day))
        self.last_kind, self.last_quote = block.kind, block.quote

    def read(self, number: int) -> PageRead:
        return PageRead(
            number,
            "".join(self.parts),
            headings=tuple(self.headings),
            rows=tuple(self.rows),
            quoted=tuple(self.quoted),
        )


def paginate(blocks: Iterable[Block]) -> list[PageRead]:
    """Pages of about PAGE_CHARACTERS, begun at a "break" or before a block that no longer fits.

    A heading never stands last on a page. Raises IngestError "too-much-text" or "too-many-pages".
    """
    pages: list[PageRead] = []
    total = 0
    page = _Page()
    held: list[Block] = []

    def turn() -> None:
        nonlocal page
        if page.parts:
            pages.append(page.read(len(pages) + 1))
            if len(pages) > limits.PAGES:
                raise failure("too-many-pages", count=f"more than {limits.PAGES}", limit=limits.PAGES)
        page = _Page()

    def settle() -> None:
        for heading in held:
            page.add(heading)
        held.clear()

    for block in _short_enough(blocks):
        if block.kind == "break":
            settle()
            turn()
            continue
        total += len(block.text)
        if total > limits.TEXT_CHARACTERS:
            raise failure("too-much-text", limit=limits.TEXT_CHARACTERS // 1_000_000)
        if block.kind == "heading":
            held.append(block)
            if len(held) >= _MOST_HELD:
                # Nothing but headings: they are the text.
                settle()
                turn()
            continue
        waiting = sum(len(heading.text) for heading in held)
        if page.length and page.length + waiting + len(block.text) > PAGE_CHARACTERS:
            turn()
        settle()
        page.add(block)
    settle()
    turn()
    return pages


def paginate_most(
    rows: Sequence[_Row], blocks_of: Callable[[Sequence[_Row]], Iterable[Block]]
) -> tuple[list[PageRead], int]:
    """Pages of as many rows from the top as fit on the pages allowed, and how many rows these are."""
    count = len(rows)
    while True:
        try:
            return paginate(blocks_of(rows[:count])), count
        except IngestError as error:
            if error.code not in {"too-much-text", "too-many-pages"} or count < 2:
                raise
            count = min(count // 2, limits.TEXT_ROWS)


def paginate_blocks(blocks: Iterable[Block]) -> tuple[list[PageRead], str]:
    """Pages of as many blocks from the top as fit, and the sentence for what does not; "" where all do."""
    held = list(blocks)
    pages, count = paginate_most(held, lambda kept: kept)
    if count == len(held):
        return pages, ""
    return pages, notice("parts-cut", count=f"{count:,}", total=f"{len(held):,}")


def _short_enough(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, clean, without empty ones, and over-long paragraphs cut at a line, sentence or word
    end.
    """
    for block in blocks:
        if block.kind == "break":
            yield block
            continue
        text = clean(block.text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        while len(text) > _LONGEST_BLOCK:
            cut = _cut_before(text, PAGE_CHARACTERS)
            kind = block.kind if block.kind != "heading" else "paragraph"
            yield replace(block, kind=kind, text=text[:cut].rstrip())
            text = text[cut:].lstrip()
        if text:
            yield replace(block, text=text)


def _cut_before(text: str, most: int) -> int:
    for mark in ("\n\n", "\n", ". ", "。", "; ", " "):
        found = text.rfind(mark, most // 2, most)
        if found > 0:
            return found + len(mark)
    return most
