"""The class of a document as the model in service sees it, and no other."""

from donovan.insight.triage.models import DocumentClass
from donovan.insight.triage.services import serving_triage
from ingest.models import Document


def class_of(document: Document) -> DocumentClass | None:
    """What the triage model in service said of a document, where it was sure enough, or found it to be like
    none that it knows.

    What another model said before a rollback, or a promotion that the worker has not caught up with, is
    nobody's word any more, though its row is still there.
    """
    classifier, _why = serving_triage()
    if classifier is None:
        return None
    rows = DocumentClass.objects.filter(document=document, digest=classifier.digest)
    return rows.exclude(shown="", is_untypical=False).first()
