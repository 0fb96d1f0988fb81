"""XML: elements in order as "label: value", elements of one name that are records a row each, running text as
paragraphs.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ingest.protocol import Begun, Event, Notice
from ingest.readers.fields import lines_block, record_blocks, said
from ingest.readers.pagination import Block, paginate_blocks
from ingest.readers.xml_tree import (
    attributes_of,
    check_depth,
    children_of,
    is_mixed,
    name_of,
    plain_words,
    read_tree,
    words_of,
)
from ingest.sandbox_child import Job

_HEADS = frozenset({"title", "head", "heading", "headline"})
_TITLE_DEPTH = 4


def read(job: Job) -> Iterator[Event]:
    """Yield the pages of an XML file.

    Raises IngestError "damaged", "unsafe-content".
    """
    root, notices = read_tree(job.path)
    check_depth(root)
    pages, cut = paginate_blocks(_Walk().blocks(root))
    yield Begun(len(pages), title=_title(root), metadata={"root element": name_of(root)[:100]})
    yield from pages
    yield from notices
    if cut:
        yield Notice("parts-cut", cut)


class _Walk:
    """One way through a document; lines are gathered until something else comes."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def blocks(self, root: Any) -> Iterator[Block]:
        yield from self._element(root, "", 1)
        yield from self._flush()

    def _flush(self) -> Iterator[Block]:
        lines, self._lines = self._lines, []
        yield from lines_block(lines)

    def _element(self, element: Any, path: str, depth: int) -> Iterator[Block]:
        """An element that is no record: what it says itself, then what is in it."""
        self._lines.extend(
            said(f"{path}.{name}" if path else name, value) for name, value in attributes_of(element)
        )
        if not len(element) or is_mixed(element):
            yield from self._words(element, path, depth)
            return
        for name, run in groupby(children_of(element), key=name_of):
            alike = list(run)
            place = f"{path}.{name}" if path else name
            if len(alike) > 1 and all(is_record(child) for child in alike):
                yield from self._flush()
                for child in alike:
                    yield from record_blocks(fields_of(child))
            elif len(alike) > 1 or any(len(children_of(child)) for child in alike):
                for child in alike:
                    yield from self._flush()
                    yield from self._element(child, place if depth > 1 or len(alike) == 1 else "", depth + 1)
            else:
                yield from self._element(alike[0], place, depth + 1)

    def _words(self, element: Any, path: str, depth: int) -> Iterator[Block]:
        words = plain_words(words_of(element))
        if not words:
            return
        if name_of(element).lower() in _HEADS and "\n" not in words and len(words) <= 150:
            yield from self._flush()
            yield Block("heading", words, min(9, depth))
        elif is_mixed(element) or len(words) > 300:
            yield from self._flush()
            yield Block("paragraph", said("", words))
        else:
            self._lines.append(said(path or name_of(element), words))


def is_record(element: Any) -> bool:
    """Whether an element holds fields: two or more, and no running text."""
    if is_mixed(element):
        return False
    inner = children_of(element)
    if any(is_mixed(child) for child in inner):
        return False
    names = {name_of(child) for child in inner} | {f"@{name}" for name, _ in attributes_of(element)}
    return len(names) >= 2


def fields_of(element: Any) -> dict[str, str]:
    """The fields of a record: attributes and leaves under dotted names, those of one name together."""
    found: dict[str, list[str]] = {}

    def gather(node: Any, path: str) -> None:
        for name, value in attributes_of(node):
            found.setdefault(f"{path}.{name}" if path else name, []).append(value)
        inner = children_of(node)
        if not inner or is_mixed(node):
            if words := plain_words(words_of(node)):
                found.setdefault(path or name_of(node), []).append(words)
            return
        for child in inner:
            name = name_of(child)
            gather(child, f"{path}.{name}" if path else name)

    gather(element, "")
    return {name: "; ".join(values) for name, values in found.items()}


def _title(root: Any) -> str:
    for depth in range(1, _TITLE_DEPTH):
        for element in root.iterfind("/".join("*" * depth)):
            if isinstance(element.tag, str) and name_of(element).lower() in _HEADS and not len(element):
                return plain_words(element.text or "").replace("\n", " ")[:500]
    return ""
