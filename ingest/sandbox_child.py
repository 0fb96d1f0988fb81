"""The reader: one file in, events out. Runs alone in the sandbox, imports no Django and only the parser it
needs.
"""

import errno
import importlib
import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO, cast

from ingest import limits, places
from ingest.errors import IngestError, failure
from ingest.identify import ARCHIVES, IMAGES, KINDS, identify
from ingest.protocol import Ended, Event, Failed, emit

# Each reader is imported only when it is needed: starting takes a tenth of what importing all of them would.
_READERS = {
    "pdf": "ingest.readers.pdf",
    "docx": "ingest.readers.word",
    "xlsx": "ingest.readers.sheet",
    "pptx": "ingest.readers.slides",
    **dict.fromkeys(("odt", "ods", "odp"), "ingest.readers.opendocument"),
    "rtf": "ingest.readers.rich_text",
    "epub": "ingest.readers.epub",
    "csv": "ingest.readers.table",
    "text": "ingest.readers.text",
    "markdown": "ingest.readers.markdown",
    "html": "ingest.readers.html",
    "mail": "ingest.readers.mail",
    "mbox": "ingest.readers.mailbox",
    **dict.fromkeys(ARCHIVES, "ingest.readers.container"),
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
        found = identify(job.path, job.name)
        kind = found.kind
        yield found
        reader = cast(Reader, importlib.import_module(_READERS[kind]))
        yield from reader.read(job)
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
    )
    for event in events(job):
        emit(stream, event)


if __name__ == "__main__":
    main()
