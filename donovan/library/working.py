"""Taking a batch of documents through the pipeline from a command, side by side with whatever workers run.

The lease on each document decides who works on it, so that a command and the workers never do the same work,
and a command that is killed leaves nothing that the next one, or a worker, does not pick up.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import connection

from donovan.library.errors import LibraryError
from donovan.library.selectors import IN_WORK
from ingest import pipeline
from ingest.ledger import free_jobs, held_documents
from ingest.models import Document, Stage, StageRecord, Status
from retrieval import indexing

_LOOK_AGAIN_SECONDS = 0.3
_SECONDS_BETWEEN_BATCHES = 5.0
_MOST_FAILED_STARTS = 3
_STUCK_SECONDS = 30.0
_AT_A_TIME = 64
"""So many documents, with what is attached to them, are looked after at a time, however many there are."""


class WorkStopped(LibraryError):
    """Nothing moves any more: the documents are kept and wait, and somebody must repair what stops them."""


def work_through(
    document_ids: Iterable[UUID],
    *,
    on_settled: Callable[[Document], None],
    on_look: Callable[[int, int], None],
) -> None:
    """Work until each document, with everything attached to it, is ready, failed or quarantined.

    `on_settled` is called once for each of `document_ids`, which are asked for as their turn comes; `on_look`
    again and again with how many of them are settled and how many documents are in work here. Raises
    WorkStopped when documents cannot be indexed, and IngestError "sandbox-broken" when they cannot be read.
    Stopped from outside it lets the files in work come to their end, and begins no other.
    """
    coming = iter(document_ids)
    waiting = set(islice(coming, _AT_A_TIME))
    done = 0
    index_at = moved_at = time.monotonic()
    pool = ThreadPoolExecutor(max_workers=settings.WORKERS)
    try:
        readers = _Readers(pool)
        while waiting:
            looked_at = time.monotonic()
            readers.collect()
            family = _family(waiting)
            readers.start(family)
            # Passages are embedded a batch at a time: each batch writes a part of the index.
            waits_for_index = any(map(_waits_for_index, family.values()))
            if waits_for_index and (not readers.count or time.monotonic() >= index_at):
                if indexing.index_pending():
                    moved_at = time.monotonic()
                index_at = time.monotonic() + _SECONDS_BETWEEN_BATCHES
            # What somebody removed meanwhile is waited for no longer, and nothing is left to say of it.
            done += len(waiting - family.keys())
            waiting &= family.keys()
            settled = _settled(waiting, family)
            for key in settled:
                waiting.discard(key)
                on_settled(family[key])
            done += len(settled)
            if settled or readers.count or held_documents(family):
                moved_at = time.monotonic()
            elif time.monotonic() - moved_at > _STUCK_SECONDS:
                raise WorkStopped(_why(family))
            on_look(done, readers.count)
            waiting.update(islice(coming, _AT_A_TIME - len(waiting)))
            if waiting and not settled:
                # A family of many members costs its time at each look.
                time.sleep(max(_LOOK_AGAIN_SECONDS, time.monotonic() - looked_at))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class _Readers:
    """The documents that this command is reading, one thread each."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._running: dict[UUID, Future[None]] = {}
        self._failed_starts = 0

    @property
    def count(self) -> int:
        return len(self._running)

    def start(self, family: dict[UUID, Document]) -> None:
        """Read whatever in the family waits, or was left behind by a worker that died."""
        keys = [str(key) for key in family]
        for subject in free_jobs().filter(subject__in=keys).values_list("subject", flat=True):
            key = UUID(subject)
            if key not in self._running:
                self._running[key] = self._pool.submit(_process, key)

    def collect(self) -> None:
        """Let go of what is read. Raises what stopped the reading when it was stopped again and again."""
        for key in [key for key, future in self._running.items() if future.done()]:
            error = self._running.pop(key).exception()
            if error is None or isinstance(error, Document.DoesNotExist):
                continue
            self._failed_starts += 1
            if self._failed_starts >= _MOST_FAILED_STARTS:
                raise error


def _process(document_id: UUID) -> None:
    """One document through the pipeline, in a thread with a database connection of its own."""
    try:
        pipeline.process(document_id)
    finally:
        connection.close()


def _family(roots: Iterable[UUID]) -> dict[UUID, Document]:
    """The documents and everything attached to them, as they stand now; one that was removed is missing."""
    found = Document.objects.in_bulk(list(roots))
    level = list(found)
    while level:
        attached = Document.objects.filter(parent__in=level).in_bulk()
        found |= attached
        level = list(attached)
    return found


def _waits_for_index(document: Document) -> bool:
    return document.status == Status.RUNNING and document.stage in (Stage.EMBED, Stage.INDEX)


def _settled(waiting: Iterable[UUID], family: dict[UUID, Document]) -> list[UUID]:
    """Those of `waiting` that are settled together with everything attached to them."""
    unsettled: set[UUID] = set()
    for document in family.values():
        ancestor: Document | None = document if document.status in IN_WORK else None
        while ancestor is not None and ancestor.pk not in unsettled:
            unsettled.add(ancestor.pk)
            ancestor = family.get(ancestor.parent_id) if ancestor.parent_id else None
    return [key for key in waiting if key not in unsettled]


def _why(family: dict[UUID, Document]) -> str:
    """The sentence for documents that nobody works on: what the ledger last said of one of them."""
    held_up = [key for key, document in family.items() if document.status in IN_WORK]
    said = StageRecord.objects.filter(document__in=held_up).exclude(message="").order_by("-id").first()
    reason = f" The ledger says: {said.message}" if said is not None else ""
    count = len(held_up)
    return f"{count} documents are kept but nothing moves them on.{reason} Repair it and run this again."
