"""Takes documents that can be read through the steps of insight. The database says what waits; the queue only
rings.
"""

import logging
import time
import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from donovan.insight.anomalies.texts.services import compare_texts, labels_to_compare
from donovan.insight.errors import InsightError
from donovan.insight.processing import leases
from donovan.insight.processing.models import DocumentStep
from donovan.insight.processing.steps import STEPS, Step
from donovan.insight.triage.services import classify_waiting
from ingest.models import Document, Status

logger = logging.getLogger(__name__)
UNEXPECTED = "Something went wrong in this step; the rest of the document is not affected."


def waiting_documents() -> QuerySet[Document]:
    """Readable documents with a step that is still to do and that no living worker has, oldest first."""
    now = timezone.now()
    to_do = Q()
    for step in STEPS:
        rows = DocumentStep.objects.filter(
            document=OuterRef("pk"), name=step.name, version=step.version, reading=OuterRef("finished_at")
        )
        settled = rows.filter(state__in=(DocumentStep.State.DONE, DocumentStep.State.FAILED))
        in_work = rows.filter(state=DocumentStep.State.RUNNING, lease_until__gte=now)
        to_do |= ~Exists(settled) & ~Exists(in_work)
    return Document.objects.filter(to_do, status=Status.READY).order_by("finished_at")


def process_waiting(seconds: float) -> int:
    """Work on what waits for about so many seconds; the number of documents taken on."""
    began = time.monotonic()
    count = 0
    while time.monotonic() - began < seconds:
        document_id = waiting_documents().values_list("pk", flat=True).first()
        if document_id is None:
            classify_waiting(began + seconds)
            _compare_texts(began + seconds)
            break
        process(document_id)
        count += 1
    return count


def _compare_texts(until: float) -> None:
    """Once nothing waits: which documents are unlike the others of their collection."""
    for label in labels_to_compare():
        if time.monotonic() > until:
            return
        try:
            compare_texts(label)
        except InsightError as error:
            logger.warning("The texts of a collection were not compared: %s", error.sentence)


def process(document_id: uuid.UUID) -> None:
    """Do every step of one document that is still to do. A step that fails does not keep the others."""
    for step in STEPS:
        document = Document.objects.filter(pk=document_id, status=Status.READY).first()
        if document is None:
            return
        taken = leases.take(document_id, step.name, step.version, document.finished_at)
        if taken is not None:
            _do(step, taken)


def _do(step: Step, taken: DocumentStep) -> None:
    try:
        with leases.renewed(taken):
            message = step.run(taken.document_id)
    except InsightError as error:
        leases.settle(taken, DocumentStep.State.FAILED, error.sentence)
    except Exception as error:  # one document must never keep the others from being worked on
        if not Document.objects.filter(pk=taken.document_id).exists():
            return
        logger.error("Step %s of document %s failed: %s", step.name, taken.document_id, type(error).__name__)
        is_last = taken.attempts >= leases.ATTEMPTS
        state = DocumentStep.State.FAILED if is_last else DocumentStep.State.WAITING
        leases.settle(taken, state, f"{UNEXPECTED} ({type(error).__name__})")
    else:
        leases.settle(taken, DocumentStep.State.DONE, message)
