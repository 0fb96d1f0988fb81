"""Handing small real files to the real pipeline: received, identified, read in the sandbox, cut, indexed."""

import io
from pathlib import Path

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from ingest import pipeline, services
from ingest.models import Document
from tests.assistant.material import index_all

PAPERS = Path(__file__).parent / "papers"


def take_in(names: list[str], *, collection: str = "relief") -> dict[str, Document]:
    """The papers of `tests/assistant/papers` by file name, read and in the index."""
    contents = {name: (PAPERS / name).read_bytes() for name in names}
    return take_in_bytes(contents, collection=collection)


def take_in_bytes(contents: dict[str, bytes], *, collection: str = "relief") -> dict[str, Document]:
    """Documents for the bytes of files by name, read and in the index."""
    label = label_for(collection, parse_marking("UNCLASSIFIED"))
    taken = {}
    for name, content in contents.items():
        document = services.receive(io.BytesIO(content), name=name, label=label, received_by="ben").document
        pipeline.process(document.pk)
        taken[name] = document
    index_all()
    for document in taken.values():
        document.refresh_from_db()
        assert document.is_ready, document.error
    return taken
