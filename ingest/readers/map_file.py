"""KML, KMZ and GPX: each place, route and track point a record with its position; nothing is fetched."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from ingest import limits
from ingest.errors import failure
from ingest.protocol import Begun, Event, Notice
from ingest.readers import archive
from ingest.readers.embedded import attached
from ingest.readers.fields import record_blocks
from ingest.readers.map_places import groups_of, links_of, title_of
from ingest.readers.pagination import Block, paginate_blocks
from ingest.readers.xml_tree import check_depth, tree_of
from ingest.sandbox_child import Job


def read(job: Job) -> Iterator[Event]:
    """Yield the places as pages, and the pictures of a KMZ as attachments.

    Raises IngestError "damaged", "encrypted", "unsafe-content", "unpacks-too-large", "too-much-text".
    """
    roots, others, notices = documents_of(job)
    pages, cut = paginate_blocks(block for root in roots for block in _blocks(root))
    title = next((told for root in roots if (told := title_of(root))), "")
    yield Begun(len(pages), title=title)
    yield from pages
    yield from notices
    if cut:
        yield Notice("parts-cut", cut)
    yield from attached(job, others)


def documents_of(job: Job) -> tuple[list[Any], list[tuple[str, bytes]], list[Notice]]:
    """The roots of the map's documents, the other files in it, and what is to be said of them."""
    with job.path.open("rb") as stream:
        is_packed = stream.read(2) == b"PK"
    contents, others = _unpacked(job) if is_packed else ([job.path.read_bytes()], [])
    roots, notices = [], []
    for content in contents:
        root, said = tree_of(content)
        check_depth(root)
        roots.append(root)
        notices += said
    return roots, others, notices[:5]


def _unpacked(job: Job) -> tuple[list[bytes], list[tuple[str, bytes]]]:
    archive.check(job.path, "KMZ")
    maps: list[bytes] = []
    others: list[tuple[str, bytes]] = []
    try:
        with zipfile.ZipFile(job.path) as parts:
            for entry in parts.infolist():
                if entry.is_dir():
                    continue
                if entry.filename.lower().endswith(".kml"):
                    maps.append(parts.read(entry))
                elif len(others) <= limits.ATTACHMENTS:
                    others.append((PurePosixPath(entry.filename).name, parts.read(entry)))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise failure("damaged", kind="KMZ") from error
    if not maps:
        raise failure("damaged", kind="KMZ")
    return maps, others


def _blocks(root: Any) -> Iterator[Block]:
    if title := title_of(root):
        yield Block("heading", title)
    for path in ("./{*}description", "./{*}Document/{*}description", "./{*}metadata/{*}desc"):
        for element in root.iterfind(path):
            yield Block("paragraph", element.text or "")
    for group in groups_of(root, is_whole=False):
        if group.name != "places":
            yield Block("heading", group.name, 2)
        for record in group.records:
            yield from record_blocks(record)
    for link in links_of(root):
        yield Block("paragraph", f"link to another map, not fetched: {link}")
