"""HTML through BeautifulSoup and lxml: the words only. Nothing is fetched, nothing is run, nothing hidden is
kept.
"""

from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from ingest import limits
from ingest.encodings import decode
from ingest.errors import failure
from ingest.protocol import Begun, Event
from ingest.readers.pagination import Block, paginate
from ingest.readers.rows import blocks_of, tidy
from ingest.sandbox_child import Job

_SKIPPED = {
    "script", "style", "noscript", "template", "head", "svg", "math", "iframe", "object", "embed", "canvas",
    "audio", "video", "select",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr",
    "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "ul", "td", "th",
    "tr", "tbody", "thead", "tfoot",
}  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def read(job: Job) -> Iterator[Event]:
    """Yield the words of an HTML file as pages. Raises IngestError "too-much-text", "unsafe-content"."""
    content = job.path.read_bytes()
    soup = parse(content)
    title = tidy(soup.title.get_text()) if soup.title is not None else ""
    facts = {}
    for name in ("author", "description", "date", "keywords"):
        found = soup.find("meta", attrs={"name": name})
        if isinstance(found, Tag) and found.get("content"):
            facts[name] = tidy(str(found.get("content")))[:500]
    pages = paginate(blocks_in(soup))
    yield Begun(len(pages), title=title[:500], date=facts.pop("date", "")[:40], metadata=facts)
    yield from pages


def parse(content: bytes | str) -> BeautifulSoup:
    """The tree of a page. An encoding that the page declares for itself is believed only where it fits."""
    if isinstance(content, bytes):
        try:
            return BeautifulSoup(content.decode("utf-8-sig"), "lxml")
        except UnicodeDecodeError:
            declared = BeautifulSoup(content, "lxml")
            if declared.declared_html_encoding:
                return declared
            return BeautifulSoup(decode(content)[0], "lxml")
    return BeautifulSoup(content, "lxml")


def blocks_in(soup: Tag) -> Iterator[Block]:
    """Headings, paragraphs and table rows in document order. Raises IngestError "unsafe-content" for absurd
    nesting.
    """
    words: list[str] = []

    def flush() -> Iterator[Block]:
        text = "\n".join(" ".join(line.split()) for line in "".join(words).split("\n")).strip()
        words.clear()
        if text:
            yield Block("paragraph", text)

    def walk(node: PageElement, depth: int, keeps_lines: bool) -> Iterator[Block]:
        if depth > limits.MARKUP_DEPTH:
            raise failure("unsafe-content", reason=f"markup nested more than {limits.MARKUP_DEPTH} deep")
        if isinstance(node, PreformattedString):
            return
        if isinstance(node, NavigableString):
            words.append(str(node) if keeps_lines else " ".join(f"x{node}x".split())[1:-1])
            return
        if not isinstance(node, Tag) or node.name in _SKIPPED or _is_hidden(node):
            return
        if node.name == "br":
            words.append("\n")
            return
        if node.name == "img":
            words.append(f" {node.get('alt') or ''} ")
            return
        level = _HEADINGS.get(node.name)
        if level is not None:
            yield from flush()
            yield Block("heading", tidy(node.get_text(" ")), level)
            return
        if node.name == "table" and _is_data(node):
            yield from flush()
            yield from blocks_of(_rows(node))
            return
        if node.name == "li":
            yield from flush()
            words.append("- ")
        is_block = node.name in _BLOCKS
        if is_block and node.name != "li":
            yield from flush()
        for child in node.children:
            yield from walk(child, depth + 1, keeps_lines or node.name in {"pre", "textarea"})
        if is_block:
            yield from flush()

    yield from walk(soup, 0, False)
    yield from flush()


def _is_hidden(node: Tag) -> bool:
    style = str(node.get("style") or "").replace(" ", "").lower()
    return node.has_attr("hidden") or "display:none" in style or "visibility:hidden" in style


def _is_data(table: Tag) -> bool:
    """Whether a table holds data; one that only arranges the page holds other tables, or a single column."""
    if table.find("table") is not None:
        return False
    rows = table.find_all("tr", limit=40)
    return len(rows) >= 2 and max((len(row.find_all(["td", "th"])) for row in rows), default=0) >= 2


def _rows(table: Tag) -> Iterator[list[str]]:
    for row in table.find_all("tr", limit=limits.ROWS):
        yield [tidy(cell.get_text(" ")) for cell in row.find_all(["td", "th"], limit=limits.COLUMNS)]
