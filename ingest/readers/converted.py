"""Old office formats (DOC, XLS, PPT, WordPerfect and others): converted, then read as what they became."""

import importlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

from ingest.errors import IngestError, notice
from ingest.identify import identify
from ingest.identify_office import CONVERTED, KINDS, damaged, is_container
from ingest.protocol import Event, Notice
from ingest.readers import archive, libreoffice
from ingest.readers.embedded import attached
from ingest.readers.ole_objects import objects_in
from ingest.sandbox_child import Job

_READERS = {
    "docx": "ingest.readers.word",
    "xlsx": "ingest.readers.sheet",
    "pptx": "ingest.readers.slides",
    "pdf": "ingest.readers.pdf",
}


_WITH_OBJECTS = frozenset({"doc", "xls"})


class _Reader(Protocol):
    def read(self, job: Job) -> Iterator[Event]: ...


def read(job: Job) -> Iterator[Event]:
    """Yield what is in the converted file, and that it was converted.

    Raises IngestError as `libreoffice.convert` and the reader of what comes out do.
    """
    kind = identify(job.path, job.name).kind
    with converted(job, kind) as other:
        reader = cast(_Reader, importlib.import_module(_READERS[CONVERTED[kind]]))
        # LibreOffice leaves out what lies in old tables, and wraps what lies in old texts.
        has_objects = kind in _WITH_OBJECTS and is_container(job.path)
        yield from reader.read(replace(other, may_hold_attachments=False) if has_objects else other)
        if has_objects:
            yield from attached(job, objects_in(job.path))
    yield Notice("converted", notice("converted", kind=KINDS[kind][0]))


@contextmanager
def converted(job: Job, kind: str) -> Iterator[Job]:
    """The same job with the converted file, which is there as long as the context is open. What is damaged in
    it is damaged in the file that was handed in. Raises IngestError as `libreoffice.convert` does, and
    "unpacks-too-large".
    """
    with job.path.open("rb") as stream:
        is_zip = stream.read(2) == b"PK"
    if is_zip:
        archive.check_size(job.path, KINDS[kind][0])
    with tempfile.TemporaryDirectory(prefix="office-") as folder:
        path = libreoffice.convert(job.path, kind, Path(folder))
        try:
            yield replace(job, path=path)
        except IngestError as error:
            raise damaged(kind) if error.code == "damaged" else error from error
