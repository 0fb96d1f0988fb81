"""The way of one document: identify > parse > ocr > passages, then over to whoever embeds.

Reading happens in one sandbox (`ingest.sandbox`); nothing is kept until all of it is there, and then pages,
passages
and attachments are replaced in one transaction. So a stage that is run again leaves the same as one that
ran once: it is idempotent.
"""

import logging
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from ingest import blobs, doorbell, limits, pages, sandbox
from ingest.errors import WORTH_A_SECOND_ATTEMPT, IngestError, failure
from ingest.keeping import keep
from ingest.ledger import CRASHED, OUR_STAGES, Lease, LeaseLost, claimable
from ingest.models import Document, Stage, Status
from ingest.results import ReadFile

logger = logging.getLogger(__name__)

# Few: a bell rung twice is a message for nothing, and each finished document rings for the next.
_RING_AGAIN_FOR_EACH_WORKER = 4
_LEFTOVER_SECONDS = 24 * 3600


def work(document_id: uuid.UUID) -> None:
    """What a worker does for one bell: process the document if it still waits, then ring for the next.

    A document that was removed meanwhile is nothing to do.
    """
    if not Document.objects.filter(claimable(timezone.now()), pk=document_id).exists():
        return
    try:
        process(document_id)
    except IngestError as error:
        logger.critical("%s", error.sentence)
        return
    ring_for_next()


def process(document_id: uuid.UUID) -> Document:
    """Take a document through the pipeline if it waits (or its worker died), and give back how it now stands.

    It ends waiting to be embedded, ready (when it holds no text), failed or set aside; where somebody else
    has it, it is
    left alone. Raises Document.DoesNotExist, and IngestError "sandbox-broken" when files cannot be read
    safely here.
    """
    try:
        sandbox.require()
    except IngestError as error:
        # It goes on waiting, and whoever looks at it can read why.
        waiting = Document.objects.filter(pk=document_id, status=Status.PENDING)
        waiting.update(error_code=error.code, error=error.sentence)
        raise
    for _ in range(limits.ATTEMPTS):
        lease = Lease.take(document_id)
        if lease is None:
            break
        if not _attempt(lease):
            break
    return Document.objects.get(pk=document_id)


def _attempt(lease: Lease) -> bool:
    """One attempt; whether another one should follow."""
    try:
        _run(lease)
    except LeaseLost:
        logger.info(
            "Document %s went to somebody else or was removed; this attempt is thrown away.",
            lease.document_id,
        )
    except IngestError as error:
        return _failed(lease, error)
    except Exception:
        # Whatever goes wrong in our own code must not leave the document in work for ever, nor stop the
        # others.
        logger.exception("Document %s could not be processed.", lease.document_id)
        return _failed(lease, failure("reader-crashed"))
    return False


def _failed(lease: Lease, error: IngestError) -> bool:
    try:
        if error.code not in WORTH_A_SECOND_ATTEMPT:
            lease.end(Status.FAILED, error)
            return False
        if lease.count_since_received(CRASHED) + 1 >= limits.ATTEMPTS:
            lease.end(Status.QUARANTINED, error)
            return False
        lease.give_back(error)
    except LeaseLost:
        return False
    return True


def _run(lease: Lease) -> None:
    document = Document.objects.select_related("blob").get(pk=lease.document_id)
    original = blobs.verify(document.blob_id)
    lease.renew()
    with scratch() as out, _images(document, lease) as images:
        found = _read(document, original, out, images, lease)
        lease.enter(Stage.PASSAGES)
        pages.make_durable(images)
        keep(document, found, out, lease)
    pages.settle(document.pk, lease.token)


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder that the sandbox may write to, gone afterwards whatever happens."""
    Path(settings.SCRATCH_DIR).mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="read-", dir=settings.SCRATCH_DIR)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _images(document: Document, lease: Lease) -> Iterator[Path]:
    """The folder for this run's page images; it stays only when the run succeeds."""
    folder = pages.new_folder(document.pk, lease.token)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _read(document: Document, original: Path, out: Path, images: Path, lease: Lease) -> ReadFile:
    """Everything the sandboxed reader says about the file, with page images taken over as they come."""
    found = ReadFile()
    events = sandbox.run(
        original,
        document.name,
        out,
        workers=_idle_cores(document),
        may_hold_attachments=_depth(document) < limits.ATTACHMENT_DEPTH,
        alive=lease.renew,
    )
    for event in events:
        stage = found.take(event, out, images)
        if stage is not None:
            lease.enter(stage)
        if found.page_total:
            lease.progress(len(found.pages), found.page_total)
    found.check_complete()
    return found


def _idle_cores(document: Document) -> int:
    """How many pages of this document may be read at once: one while other documents wait or are in work."""
    others = Document.objects.exclude(pk=document.pk).filter(
        status__in=(Status.PENDING, Status.RUNNING), stage__in=OUR_STAGES
    )
    return 1 if others.exists() else max(1, settings.WORKERS)


def _depth(document: Document) -> int:
    depth = 0
    while document.parent is not None and depth <= limits.ATTACHMENT_DEPTH:
        document = document.parent
        depth += 1
    return depth


def claim_next() -> uuid.UUID | None:
    """The document that has waited longest and that nobody works on, or None. `process` claims it."""
    waiting = Document.objects.filter(claimable(timezone.now())).order_by("received_at", "pk")
    return waiting.values_list("pk", flat=True).first()


def ring_for_next() -> None:
    """Ring for the document that has waited longest, so that work goes on where a bell was lost."""
    waiting = claim_next()
    if waiting is not None:
        doorbell.ring(doorbell.PROCESS, str(waiting))


def sweep() -> int:
    """Ring again for what waits: dropped messages, workers that died. Returns for how many was rung."""
    waiting = Document.objects.filter(claimable(timezone.now())).order_by("received_at", "pk")
    keys = list(
        waiting.values_list("pk", flat=True)[: _RING_AGAIN_FOR_EACH_WORKER * max(1, settings.WORKERS)]
    )
    for key in keys:
        doorbell.ring(doorbell.PROCESS, str(key))
    clear_leftovers()
    return len(keys)


def clear_leftovers() -> int:
    """Remove what killed processes left in the scratch folder and among half-received files a day ago."""
    before = time.time() - _LEFTOVER_SECONDS
    count = blobs.clear_leftovers(before)
    for folder in Path(settings.SCRATCH_DIR).glob("read-*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
            count += 1
    return count
