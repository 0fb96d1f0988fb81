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
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum

from ingest import blobs, label_checks, ledger, limits, ocr_engines, pages, passwords, sandbox
from ingest.errors import WORTH_A_SECOND_ATTEMPT, IngestError, failure
from ingest.kinds import READ
from ingest.ledger import CRASHED, OUR_STAGES, Reading
from ingest.models import Document, Page, Passage, Stage, Status
from ingest.persistence import keep
from ingest.protocol import PageRead
from ingest.results import ReadFile
from ingest.work import running, services
from ingest.work.connections import UNREACHABLE
from ingest.work.errors import LeaseLost, Stopped, SubjectGone, TryAgain
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import Calling, Handler

logger = logging.getLogger(__name__)

HANDED_IN_AS = "handed_in_as"
"""Among the facts of a document that is held: the label that it came with."""

_LEFTOVER_SECONDS = 24 * 3600
_SANDBOX_PATIENCE = timedelta(seconds=60)


class _Readings(Handler):
    """Takes one document through the pipeline."""

    refusals = (IngestError,)

    def run(self, held: Held) -> str:
        try:
            sandbox.require()
        except IngestError as error:
            # It goes on waiting, and whoever looks at it can read why.
            logger.critical("%s", error.sentence)
            raise TryAgain(error.sentence, after=_SANDBOX_PATIENCE, counts=False) from error
        if not Document.objects.filter(pk=held.subject).exists():
            raise SubjectGone
        reading = Reading(held)
        _attempt(reading)
        passwords.forget_ended(reading.document_id)
        return ""

    def follow(self, job: Job) -> None:
        ledger.follow(job)
        if job.state in {Job.State.FAILED, Job.State.STOPPED}:
            # Given up or stopped, maybe by whoever is not reading it.
            subject = uuid.UUID(job.subject)
            transaction.on_commit(lambda: passwords.forget_ended(subject))


READINGS = _Readings()


def process(document_id: uuid.UUID) -> Document:
    """Take a document through the pipeline if it waits (or its worker died), and give back how it now stands.

    It ends waiting to be embedded, ready (when it holds no text), failed or set aside; where somebody else
    has it, it is left alone. Raises Document.DoesNotExist, and IngestError "sandbox-broken" when files cannot
    be read safely here.
    """
    waiting = Document.objects.filter(pk=document_id, status=Status.PENDING)
    try:
        sandbox.require()
    except IngestError as error:
        waiting.update(error_code=error.code, error=error.sentence)
        raise
    if waiting.exists():
        services.enqueue(READ, document_id, wakes=False)
    for _ in range(limits.INTERRUPTIONS):
        job = services.job_of(READ, document_id)
        if job is None or not services.is_free(job):
            break
        running.run_job(job.pk)
    return Document.objects.get(pk=document_id)


def _attempt(reading: Reading) -> None:
    """One attempt; what goes wrong with the file settles its job."""
    try:
        _run(reading)
    except IngestError as error:
        _failed(reading, error)
    except (LeaseLost, Stopped, *UNREACHABLE):
        raise
    except Exception:
        # Whatever goes wrong in our own code must not leave the document in work for ever, nor stop the
        # others.
        logger.exception("Document %s could not be processed.", reading.document_id)
        _failed(reading, failure("reader-crashed"))


def _failed(reading: Reading, error: IngestError) -> None:
    if error.code == "label-in-doubt":
        reading.end(Status.QUARANTINED, error)
    elif error.code not in WORTH_A_SECOND_ATTEMPT:
        reading.end(Status.FAILED, error)
    elif ledger.count_since_received(reading.document_id, CRASHED) + 1 >= limits.ATTEMPTS:
        reading.end(Status.QUARANTINED, error)
    else:
        reading.give_back(error)


def _run(reading: Reading) -> None:
    document = Document.objects.select_related("blob").get(pk=reading.document_id)
    original = blobs.verify(document.blob_id)
    reading.alive()
    with scratch() as out, _images(document, reading) as images:
        found = _read(document, original, out, images, reading)
        reading.enter(Stage.PASSAGES)
        _check_label(document, found, reading)
        pages.make_durable(images)
        keep(document, found, out, reading)
    pages.settle(document.pk, reading.token)


def _check_label(document: Document, found: ReadFile, reading: Reading) -> None:
    """Raises IngestError "label-in-doubt" where the file says of itself what its label does not cover; from
    then on it has the label under which it waits for a decision, and nothing of its text is kept.
    """
    if document.is_label_decided or found.begun is None:
        return
    said = [each for page, _ in found.ordered() for each in _said_on(page)]
    came_under = str(document.metadata.get(HANDED_IN_AS) or "")
    if label_checks.objection(came_under or document.label, said, found.begun.metadata) is None:
        return
    with reading.held.writing():
        # Somebody may have labelled it otherwise meanwhile; that decides.
        label = Document.objects.select_for_update().values_list("label", flat=True).get(pk=document.pk)
        # One that was held before and is read again without a decision is held again.
        against = label_checks.objection(came_under or label, said, found.begun.metadata)
        if against is None:
            return
        same = Document.objects.filter(blob=document.blob_id, label=against.label, parent__isnull=True)
        # An attachment may stand under any label beside others of the same bytes.
        if document.parent_id is not None or not same.exclude(pk=document.pk).exists():
            reading.change(label=against.label)
            label_checks.tell(document.pk, label, against.label)
        reading.change(metadata={HANDED_IN_AS: came_under or label})
        Passage.objects.filter(document=document).delete()
        Page.objects.filter(document=document).delete()
    raise failure("label-in-doubt", sentence=against.sentence)


def _said_on(page: PageRead) -> Iterator[label_checks.Said]:
    yield label_checks.Said(page.shown.text, page.source == "ocr")
    if page.hidden:
        yield label_checks.Said(page.text[len(page.text) - page.hidden :], is_hidden=True)


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
def _images(document: Document, reading: Reading) -> Iterator[Path]:
    """The folder for this run's page images; it stays only when the run succeeds."""
    folder = pages.new_folder(document.pk, reading.token)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _read(document: Document, original: Path, out: Path, images: Path, reading: Reading) -> ReadFile:
    """Everything the sandboxed reader says about the file, with page images taken over as they come."""
    found = ReadFile()
    events = sandbox.run(
        original,
        document.name,
        out,
        workers=_idle_cores(document),
        may_hold_attachments=_may_hold_more(document),
        passwords=passwords.of(document.pk),
        may_read_neurally=ocr_engines.ORIGIN_OF_NEURAL not in settings.EXCLUDED_ORIGINS,
        alive=reading.alive,
    )
    for event in events:
        stage = found.take(event, out, images)
        if stage is not None:
            reading.enter(stage)
        if found.page_total:
            reading.progress(len(found.pages), found.page_total)
    found.check_complete()
    return found


def _idle_cores(document: Document) -> int:
    """How many pages of this document may be read at once: one while other documents wait or are in work."""
    others = Document.objects.exclude(pk=document.pk).filter(
        status__in=(Status.PENDING, Status.RUNNING), stage__in=OUR_STAGES
    )
    return 1 if others.exists() else max(1, settings.WORKERS)


def _may_hold_more(document: Document) -> bool:
    """Whether what lies in this document becomes documents too: not too deep, nor when too many came out of
    the file at the top already.
    """
    depth = 0
    while document.parent is not None and depth <= limits.ATTACHMENT_DEPTH:
        document = document.parent
        depth += 1
    family = Q()
    for level in range(1, limits.ATTACHMENT_DEPTH + 1):
        family |= Q(**{"__".join(["parent"] * level): document})
    if not depth:
        return True
    held = Document.objects.filter(family).aggregate(count=Count("pk"), size=Sum("blob__size"))
    is_within = held["count"] < limits.FAMILY and (held["size"] or 0) < limits.FAMILY_BYTES
    return depth < limits.ATTACHMENT_DEPTH and is_within


def next_waiting() -> uuid.UUID | None:
    """The document that has waited longest and that nobody works on, or None. `process` acquires it."""
    subject = ledger.free_jobs().values_list("subject", flat=True).first()
    return uuid.UUID(subject) if subject is not None else None


def clear_leftovers() -> int:
    """Remove what killed processes left in the scratch folder and among half-received files a day ago."""
    before = time.time() - _LEFTOVER_SECONDS
    count = blobs.clear_leftovers(before) + passwords.clear_leftovers()
    for folder in Path(settings.SCRATCH_DIR).glob("read-*"):
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
            count += 1
    return count


CLEARING = Calling(clear_leftovers)
