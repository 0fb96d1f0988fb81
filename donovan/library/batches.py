"""A batch of files from the command line: handed in one by one, worked through together, a line for each."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.selectors import IN_WORK
from donovan.library.working import work_through
from ingest.models import Document, Submission

OPERATOR = "operator"


@dataclass(frozen=True)
class Entry:
    """One file to hand in: by `caller` with their rights, or by the operator of the machine without one."""

    path: Path
    collection: str
    marking: str
    caller: Caller | None = None

    def submit(self) -> Submission:
        """Raises LibraryError with the sentence when the file, the collection or the marking is refused."""
        try:
            with self.path.open("rb") as stream:
                if self.caller is not None:
                    return services.upload(
                        self.caller,
                        stream,
                        name=self.path.name,
                        collection=self.collection,
                        marking=self.marking,
                    )
                label = services.label_for_operator(self.collection, self.marking)
                return services.take_in(stream, name=self.path.name, label=label, actor=OPERATOR)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise LibraryError(f"The file could not be read: {reason}.") from error


@dataclass(frozen=True)
class Line:
    """What became of one file. `status` is ready, failed, quarantined, duplicate, or left-out."""

    path: str
    document: str | None
    status: str
    stage: str
    error: str | None
    pages: int
    ocr_pages: int
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.status in ("ready", "duplicate", "left-out")


def run_batch(
    entries: list[Entry], *, on_line: Callable[[Line], None], on_look: Callable[[int, str], None]
) -> None:
    """Hand in and work through all entries; a line for each as soon as it is settled.

    A file that an earlier, interrupted run handed in is worked on to its end and counts as this run's own.
    """
    waiting: dict[UUID, tuple[Entry, float]] = {}
    for number, entry in enumerate(entries):
        on_look(number, "handed in")
        began = time.monotonic()
        try:
            submission = entry.submit()
        except LibraryError as error:
            on_line(Line(str(entry.path), None, "failed", "received", error.sentence, 0, 0, _since(began)))
            continue
        document = submission.document
        is_unfinished = document.status in IN_WORK and document.pk not in waiting
        if submission.is_duplicate and not is_unfinished:
            on_line(_line(entry, document, "duplicate", _since(began)))
        else:
            waiting[document.pk] = (entry, began)

    def settled(document: Document) -> None:
        entry, began = waiting[document.pk]
        seconds = document.seconds if document.seconds is not None else _since(began)
        on_line(_line(entry, document, document.status, seconds))

    refused = len(entries) - len(waiting)
    work_through(
        waiting,
        on_settled=settled,
        on_look=lambda done, busy: on_look(refused + done, f"done, {busy} in work"),
    )


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _line(entry: Entry, document: Document, status: str, seconds: float) -> Line:
    return Line(
        path=str(entry.path),
        document=str(document.pk),
        status=status,
        stage=document.stage,
        error=document.error or None,
        pages=document.page_count,
        ocr_pages=document.ocr_page_count,
        seconds=round(seconds, 3),
    )


def readable(lines: Iterator[Line] | list[Line]) -> str:
    """Lines as a person reads them."""
    return "\n".join(
        f"{line.status:<12} {line.path}"
        + (f"  ({line.pages} pages, {line.seconds:.1f} s)" if line.pages else "")
        + (f"\n             {line.error}" if line.error else "")
        for line in lines
    )
