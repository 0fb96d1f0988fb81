"""Keeping what is odd in the text of a document: what was found before is replaced."""

from uuid import UUID

from django.db import transaction

from donovan.insight.anomalies.models import Finding
from donovan.insight.anomalies.signatures import finding_id
from donovan.insight.anomalies.texts.checks import oddities_in, signature_of
from donovan.insight.anomalies.texts.oddities import TextOddity
from ingest.models import Document, Status


def examine_text(document_id: UUID) -> str:
    """Look for what is odd in the text of one document; a sentence about what came of it.

    Raises InsightError.
    """
    document = Document.objects.filter(pk=document_id, status=Status.READY).first()
    if document is None:
        return "The document is gone."
    found = oddities_in(document)
    with transaction.atomic():
        Finding.objects.filter(document=document, origin=Finding.Origin.TEXTS).delete()
        for oddity in {(item.kind, item.subject): item for item in found}.values():
            _keep(document, oddity)
    return f"{len(found)} oddit{'y' if len(found) == 1 else 'ies'} in the text."


def _keep(document: Document, oddity: TextOddity) -> None:
    signature = signature_of(oddity)
    finding = Finding.objects.create(
        id=finding_id(document.pk, signature, []),
        origin=Finding.Origin.TEXTS,
        document=document,
        kind=oddity.kind,
        value=oddity.quote[:2000],
        page=oddity.page,
        start=oddity.start,
        end=oddity.end,
        why=oddity.why,
        method=oddity.method[:300],
        baseline=oddity.baseline,
        score=oddity.score,
        signature=signature,
    )
    finding.rests_on.set(Document.objects.filter(pk__in=oddity.rests_on))
