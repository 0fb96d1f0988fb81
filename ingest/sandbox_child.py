"""The reader: one file in, events out. Runs alone in the sandbox, imports no Django and only the parser it
needs.
"""

import errno
import importlib
import json
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TextIO, cast

from ingest import limits, ocr_engines, places, zip_mending
from ingest.errors import IngestError, failure, notice
from ingest.identify import ARCHIVES, IMAGES, KINDS, UNPACKED, identify
from ingest.identify_office import CONVERTED
from ingest.protocol import Ended, Event, Failed, Notice, emit

# Each reader is imported only when it is needed: starting takes a tenth of what importing all of them would.
_READERS = {
    "pdf": "ingest.readers.pdf",
    "docx": "ingest.readers.word",
    "xlsx": "ingest.readers.sheet",
    "pptx": "ingest.readers.slides",
    **dict.fromkeys(("odt", "ods", "odp"), "ingest.readers.opendocument"),
    **dict.fromkeys(CONVERTED, "ingest.readers.converted"),
    "rtf": "ingest.readers.rich_text",
    "epub": "ingest.readers.epub",
    "csv": "ingest.readers.table",
    "text": "ingest.readers.text",
    "markdown": "ingest.readers.markdown",
    "html": "ingest.readers.html",
    "json": "ingest.readers.json_file",
    "xml": "ingest.readers.xml_file",
    **dict.fromkeys(("kml", "kmz", "gpx"), "ingest.readers.map_file"),
    **dict.fromkeys(("ics", "vcf"), "ingest.readers.cards"),
    "mail": "ingest.readers.mail",
    "msg": "ingest.readers.outlook",
    "mbox": "ingest.readers.mailbox",
    "pst": "ingest.readers.mail_store",
    **dict.fromkeys(ARCHIVES, "ingest.readers.container"),
    **dict.fromkeys(UNPACKED, "ingest.readers.seven_zip"),
    "djvu": "ingest.readers.djvu",
    **dict.fromkeys(IMAGES, "ingest.readers.image"),
}


@dataclass(frozen=True)
class Job:
    """What the parent asks for: the file, what it was called, where to put images and attachments."""

    path: Path
    name: str
    out: Path
    workers: int = 1
    may_hold_attachments: bool = True
    passwords: tuple[str, ...] = ()
    may_read_neurally: bool = True


class Reader(Protocol):
    """A module of `ingest.readers`."""

    def read(self, job: Job) -> Iterator[Event]:
        """Yield what is in the file. Raises IngestError when it cannot be read at all."""
        ...


def set_limits() -> None:
    """Take away what the file may not use, before any of it is looked at. Inherited by Tesseract."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.READER_MEMORY_BYTES),
        (resource.RLIMIT_CPU, limits.READER_CPU_SECONDS),
        (resource.RLIMIT_NPROC, limits.READER_PROCESSES),
        (resource.RLIMIT_NOFILE, limits.READER_OPEN_FILES),
        (resource.RLIMIT_FSIZE, limits.READER_FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def events(job: Job) -> Iterator[Event]:
    """All there is to say about one file; the last event is Ended or Failed."""
    kind = ""
    try:
        with mended_copy(job) as whole:
            found = identify(whole.path, whole.name)
            kind = found.kind
            yield found
            reader = cast(Reader, importlib.import_module(_READERS[kind]))
            yield from reader.read(whole)
            if whole is not job:
                yield Notice("repaired", notice("repaired"))
    except IngestError as error:
        yield _failed(error)
    except MemoryError:
        yield _failed(failure("too-much-memory"))
    except OSError as error:
        # Where the output is written lies in memory, too.
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM}
        if not is_full:
            places.complain(error)
        yield _failed(failure("too-much-memory") if is_full else _damaged(kind))
    except Exception as error:
        # Whatever a parser stumbles over is a fault of the file; the places are for the administrator's log.
        places.complain(error)
        yield _failed(_damaged(kind))
    else:
        yield Ended()


@contextmanager
def mended_copy(job: Job) -> Iterator[Job]:
    """The job itself, or that of a copy with what is whole in a broken ZIP, as office files are."""
    if not zip_mending.is_broken(job.path):
        yield job
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mended.zip"
        yield replace(job, path=copy) if zip_mending.mend(job.path, copy) else job


def _damaged(kind: str) -> IngestError:
    return failure("damaged", kind=KINDS[kind][0] if kind in KINDS else "any known format")


def _failed(error: IngestError) -> Failed:
    return Failed(error.code, error.sentence)


def own_stream() -> TextIO:
    """Standard output for events alone: whatever a library prints goes to standard error from here on."""
    stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return stream


def main() -> None:
    """Read the job as JSON from the first argument and write events to standard output."""
    stream = own_stream()
    untyped = json.loads(sys.argv[1])
    set_limits()
    job = Job(
        path=Path(untyped["path"]),
        name=untyped["name"],
        out=Path(untyped["out"]),
        workers=int(untyped["workers"]),
        may_hold_attachments=bool(untyped["may_hold_attachments"]),
        passwords=tuple(json.loads(sys.stdin.read() or "[]")),
        may_read_neurally=bool(untyped["may_read_neurally"]),
    )
    ocr_engines.allow(neural=job.may_read_neurally)
    for event in events(job):
        emit(stream, event)


if __name__ == "__main__":
    main()
