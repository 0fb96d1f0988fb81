"""How far insight is, counted over what the caller may read."""

from dataclasses import dataclass

from donovan.insight.processing.models import DocumentStep
from donovan.insight.processing.runner import waiting_documents
from donovan.insight.processing.steps import STEPS
from donovan.library.selectors import readable_documents
from ingest.models import Document, Status
from retrieval.scope import AccessScope


@dataclass(frozen=True)
class Progress:
    """`waiting` and `ready` count documents; `failed` counts steps that could not be done."""

    ready: int
    waiting: int
    failed: int

    @property
    def done(self) -> int:
        return self.ready - self.waiting

    @property
    def is_complete(self) -> bool:
        return self.waiting == 0


def progress(scope: AccessScope) -> Progress:
    """How many of the readable documents still wait for a step."""
    ready = readable_documents(scope).filter(status=Status.READY)
    settled = DocumentStep.objects.filter(document__label__in=scope.labels)
    waiting = waiting_documents().filter(label__in=scope.labels).order_by().values("pk")
    return Progress(
        ready=ready.count(),
        waiting=ready.filter(pk__in=waiting).count(),
        failed=settled.filter(state=DocumentStep.State.FAILED).count(),
    )


def steps_of(document: Document) -> list[tuple[str, DocumentStep | None]]:
    """What became of each step of a document, in order; None for one that nobody has begun."""
    rows = {row.name: row for row in DocumentStep.objects.filter(document=document)}
    return [(step.shown, rows.get(step.name)) for step in STEPS]
