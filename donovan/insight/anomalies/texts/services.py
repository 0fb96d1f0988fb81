"""Keeping what is odd in the text of a document: what was found before is replaced."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from donovan.insight.anomalies.models import Finding, TextLook
from donovan.insight.anomalies.signatures import digest_of, finding_id
from donovan.insight.anomalies.texts.basis import basis_of
from donovan.insight.anomalies.texts.checks import UNLIKE, oddities_in, signature_of, unlike_under
from donovan.insight.anomalies.texts.oddities import TextOddity
from donovan.insight.anomalies.texts.reading import documents_of
from donovan.insight.errors import InsightError
from ingest.models import Document, Status
from ingest.work.leases import fenced

REST = timedelta(minutes=10)


def examine_text(document_id: UUID) -> str:
    """Look for what is odd in the text of one document; a sentence about what came of it.

    Raises InsightError.
    """
    document = Document.objects.filter(pk=document_id, status=Status.READY).first()
    if document is None:
        return "The document is gone."
    found = oddities_in(document)
    with fenced():
        before = Finding.objects.filter(document=document, origin=Finding.Origin.TEXTS)
        before.exclude(kind=UNLIKE).delete()
        for oddity in {(item.kind, item.subject): item for item in found}.values():
            _keep(document, oddity)
    return f"{len(found)} oddit{'y' if len(found) == 1 else 'ies'} in the text."


def labels_to_compare() -> list[str]:
    """The labels whose texts have changed since they were last compared, and not a moment ago."""
    now = timezone.now()
    looks = {look.label: look for look in TextLook.objects.all()}
    in_use = Document.objects.filter(status=Status.READY).order_by("label").values_list("label", flat=True)
    return [
        label
        for label in in_use.distinct()
        if (look := looks.get(label)) is None
        or (now - look.looked_at > REST and look.digest != _state_of(label))
    ]


def compare_texts(label: str) -> str:
    """Find the documents of this label that are unlike the others; what was found before is replaced.

    Raises InsightError; the next try then waits as long as after a success.
    """
    state = _state_of(label)
    # Whoever is killed from here on leaves a look at nothing, and is followed by another when it has rested.
    TextLook.objects.update_or_create(label=label, defaults={"digest": "", "looked_at": timezone.now()})
    looks = TextLook.objects.filter(label=label)
    try:
        found = unlike_under(label)
    except InsightError:
        looks.update(digest=state)
        raise
    with fenced():
        looks.update(digest=state)
        Finding.objects.filter(document__label=label, origin=Finding.Origin.TEXTS, kind=UNLIKE).delete()
        for oddity in found:
            document = Document.objects.filter(pk=oddity.document_id, label=label).first()
            if document is not None:
                _keep(document, oddity)
    return f"{len(found)} of the documents are unlike the others."


def _state_of(label: str) -> str:
    """A digest of the documents that a comparison under this label would look at."""
    rows = documents_of(basis_of(label)).order_by("pk").values_list("pk", "finished_at")
    return digest_of(f"{key} {read_at}" for key, read_at in rows)


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
