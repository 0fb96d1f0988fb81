"""XML as a tree, with nothing fetched and no entity expanded; half a file gives what is whole in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from ingest import limits
from ingest.errors import IngestError, failure, notice
from ingest.protocol import Notice
from ingest.readers.html import blocks_in
from ingest.readers.html import parse as parse_html

_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
_MARKED = re.compile(
    r"</?(?:p|br|b|i|u|a|div|span|table|tr|td|th|li|ul|ol|h[1-6]|img|strong|em|font|pre)\b[^<>]{0,2000}>"
    r"|&(?:amp|lt|gt|quot|nbsp|#\d{1,6});",
    re.IGNORECASE,
)


def tree_of(content: bytes) -> tuple[Any, list[Notice]]:
    """The root of the document, and what is to be said of it.

    Raises IngestError "damaged" where nothing of it can be read, "unsafe-content" for absurd nesting.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=True,
        huge_tree=False, remove_comments=True, remove_pis=True, strip_cdata=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise failure("damaged", kind="XML") from error
    if root is None:
        raise failure("damaged", kind="XML")
    faults = [entry for entry in parser.error_log if entry.level >= etree.ErrorLevels.ERROR]
    if not faults:
        return root, []
    return root, [Notice("breaks-off", notice("breaks-off", line=f"{faults[0].line:,}"))]


def read_tree(path: Path) -> tuple[Any, list[Notice]]:
    """The same of a file."""
    return tree_of(path.read_bytes())


def name_of(element: Any) -> str:
    """The name of an element without its namespace; "" for what is none (an entity)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children_of(element: Any) -> list[Any]:
    """The elements inside an element."""
    return [child for child in element if isinstance(child.tag, str)]


def attributes_of(element: Any) -> Iterator[tuple[str, str]]:
    """The attributes of an element that say something, without those that name schemas."""
    for name, value in element.attrib.items():
        if not name.startswith(f"{{{_SCHEMA}}}") and value.strip():
            yield name.rpartition("}")[2], value.strip()


def is_mixed(element: Any) -> bool:
    """Whether words and elements stand among each other, as in running text."""
    return bool(len(element)) and (
        bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)
    )


def words_of(element: Any) -> str:
    """All words inside an element, in order, with its line ends."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append(node.text or "")
        elif node is not element:
            parts.append(node.tail or "")
    return tidy_words("".join(parts))


def tidy_words(text: str) -> str:
    """Text as a paragraph: its lines without indentation, empty ones left out."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def plain_words(text: str) -> str:
    """Words that may be written as HTML inside XML, as feeds and maps do, without its marks."""
    if not _MARKED.search(text):
        return tidy_words(text)
    page = parse_html(text)
    try:
        return tidy_words("\n".join(block.text for block in blocks_in(page)))
    except IngestError:
        # Nested beyond sense: the words without their order of lines.
        return tidy_words(page.get_text(" "))


def check_depth(root: Any) -> None:
    """Raises IngestError "unsafe-content" where elements are nested deeper than honest files nest them."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.MARKUP_DEPTH:
            raise failure("unsafe-content", reason=f"markup nested more than {limits.MARKUP_DEPTH} deep")
