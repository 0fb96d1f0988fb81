"""What was searched, and what could not be: counted inside the reader's scope alone."""

from typing import Any

from ingest.models import Document, Page, Status
from retrieval.scope import AccessScope

_IN_WORK = (Status.PENDING, Status.RUNNING)
_LOST = (Status.FAILED, Status.QUARANTINED)


def coverage_of(scope: AccessScope, *, documents_searched: int, passages_searched: int) -> dict[str, Any]:
    """The counts that go with an answer: searched, still in work, failed, and pages without readable text."""
    documents = Document.objects.filter(label__in=scope.labels)
    return {
        "documents_searched": documents_searched,
        "passages_searched": passages_searched,
        "documents_in_work": documents.filter(status__in=_IN_WORK).count(),
        "documents_failed": documents.filter(status__in=_LOST).count(),
        "pages_unreadable": Page.objects.filter(
            document__label__in=scope.labels, document__status=Status.READY, source=Page.Source.NONE
        ).count(),
        "passages_read": 0,
        "spans_weighed": 0,
    }


def refusal_of(coverage: dict[str, Any]) -> str:
    """The sentence that is shown where nothing readable answers, with what was searched and what was not."""
    documents = coverage["documents_searched"]
    if not documents:
        sentence = "This is not in the documents you may read: there are none to search yet."
    else:
        searched = f"{coverage['passages_searched']:,} passages of {documents:,} documents were searched"
        if documents == 1:
            searched = f"{coverage['passages_searched']:,} passages of one document were searched"
        sentence = f"This is not in the documents you may read. {searched}."
    gaps = [
        _counted(coverage["documents_in_work"], "document is still in work", "documents are still in work"),
        _counted(coverage["documents_failed"], "document could not be read", "documents could not be read"),
        _counted(coverage["pages_unreadable"], "page holds no readable text", "pages hold no readable text"),
    ]
    missing = [gap for gap in gaps if gap]
    return f"{sentence} Not searched: {'; '.join(missing)}." if missing else sentence


def _counted(number: int, one: str, many: str) -> str:
    if not number:
        return ""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"
