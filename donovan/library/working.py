"""Taking a batch of documents through the pipeline from a command, side by side with whatever workers run.

The lease on each document decides who works on it, so that a command and the workers never do the same work,
and a command that is killed leaves nothing that the next one, or a worker, does not pick up.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from donovan.library.selectors import IN_WORK
from ingest import pipeline
from ingest.ledger import claimable
from ingest.models import Document, Stage, Status
from retrieval import indexing

_LOOK_AGAIN_SECONDS = 0.3
_SECONDS_BETWEEN_BATCHES = 5.0
_MOST_FAILED_STARTS = 3


def work_through(
    document_ids: Iterable[UUID],
    *,
    on_settled: Callable[[Document], None],
    on_look: Callable[[int, int], None],
) -> None:
    """Work until each document, with everything attached to it, is ready, failed or quarantined.

    `on_settled` is called once for each of `document_ids`; `on_look` again and again with how many of them
    are settled and how many documents are in work. Raises what stopped the work when documents cannot be
    worked on at all, such as IngestError "sandbox-broken".
    """
    waiting = set(document_ids)
    wanted = len(waiting)
    index_at = time.monotonic() + _SECONDS_BETWEEN_BATCHES
    running: dict[UUID, Future[None]] = {}
    failed_starts: dict[UUID, int] = {}
    with ThreadPoolExecutor(max_workers=settings.WORKERS) as pool:
        while waiting:
            for key in [key for key, future in running.items() if future.done()]:
                _note_failure(key, running.pop(key), failed_starts)
            family = _family(waiting)
            for key in Document.objects.filter(claimable(timezone.now()), pk__in=list(family)).values_list(
                "pk", flat=True
            ):
                if key not in running:
                    running[key] = pool.submit(_process, key)
            # Passages are embedded a batch at a time: each batch writes a part of the index.
            if any(map(_waits_for_index, family.values())) and (not running or time.monotonic() >= index_at):
                indexing.index_pending()
                index_at = time.monotonic() + _SECONDS_BETWEEN_BATCHES
            # What somebody removed meanwhile is waited for no longer, and nothing is left to say of it.
            waiting &= family.keys()
            for key in _settled(waiting, family):
                waiting.discard(key)
                on_settled(family[key])
            on_look(wanted - len(waiting), len(running))
            if waiting:
                time.sleep(_LOOK_AGAIN_SECONDS)


def _process(document_id: UUID) -> None:
    """One document through the pipeline, in a thread with a database connection of its own."""
    try:
        pipeline.process(document_id)
    finally:
        connection.close()


def _note_failure(key: UUID, future: Future[None], failed_starts: dict[UUID, int]) -> None:
    error = future.exception()
    if error is None:
        return
    failed_starts[key] = failed_starts.get(key, 0) + 1
    if failed_starts[key] >= _MOST_FAILED_STARTS:
        raise error


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
    open_parents: set[UUID] = set()
    for document in family.values():
        if document.status in IN_WORK:
            ancestor: Document | None = document
            while ancestor is not None and ancestor.pk not in open_parents:
                open_parents.add(ancestor.pk)
                ancestor = family.get(ancestor.parent_id) if ancestor.parent_id else None
    return [key for key in waiting if key not in open_parents]
