"""EPUB: the chapters in the order of the book's spine, each read like a web page."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import etree

from ingest.errors import failure
from ingest.protocol import Begun, Event, clean
from ingest.readers import archive
from ingest.readers.html import blocks_in, parse
from ingest.readers.pagination import Block, paginate
from ingest.sandbox_child import Job

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"


def read(job: Job) -> Iterator[Event]:
    """Yield the book as pages. Raises IngestError "damaged", "encrypted", "unpacks-too-large"."""
    archive.check(job.path, "EPUB")
    try:
        with zipfile.ZipFile(job.path) as parts:
            names = {*parts.namelist()}
            if _RIGHTS in names:
                raise failure("encrypted")
            opened = _tree(parts, _CONTAINER).find(".//{*}rootfile").get("full-path")
            package = _tree(parts, opened)
            facts = {
                key: clean(package.findtext(f".//{{*}}{key}") or "")[:500] for key in ("title", "creator")
            }
            chapters = [parts.read(name) for name in _chapters(package, opened) if name in names]
    except (KeyError, AttributeError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise failure("damaged", kind="EPUB") from error
    pages = paginate(_blocks(chapters))
    author = {"Author": facts["creator"]} if facts["creator"] else {}
    yield Begun(len(pages), title=facts["title"], metadata=author)
    yield from pages


def _tree(parts: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(parts.read(name), etree.XMLParser(resolve_entities=False))


def _chapters(package: Any, opened: str) -> Iterator[str]:
    """The names of the chapters' files, in reading order."""
    folder = posixpath.dirname(opened)
    held = {item.get("id"): item.get("href") or "" for item in package.iterfind(".//{*}manifest/{*}item")}
    for entry in package.iterfind(".//{*}spine/{*}itemref"):
        href = held.get(entry.get("idref"), "")
        yield posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _blocks(chapters: list[bytes]) -> Iterator[Block]:
    for chapter in chapters:
        yield Block("break")
        yield from blocks_in(parse(chapter))
