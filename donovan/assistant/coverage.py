"""What was searched, and what could not be: counted inside the reader's scope alone."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from ingest.models import Document, Page, Status
from retrieval.scope import AccessScope

_IN_WORK = (Status.PENDING, Status.RUNNING)
_LOST = (Status.FAILED, Status.QUARANTINED)


def coverage_of(
    scope: AccessScope,
    *,
    documents_searched: int,
    passages_searched: int,
    only: Collection[UUID] = (),
) -> dict[str, Any]:
    """The counts that go with an answer: searched, still in work, failed, and pages without readable text.

    `only` are the documents that were asked about, where it was not everything in the scope.
    """
    documents = Document.objects.filter(label__in=scope.labels)
    if only:
        documents = documents.filter(pk__in=only)
    return {
        "documents_searched": documents_searched,
        "passages_searched": passages_searched,
        "documents_in_work": documents.filter(status__in=_IN_WORK).count(),
        "documents_failed": documents.filter(status__in=_LOST).count(),
        "pages_unreadable": Page.objects.filter(
            document__in=documents.filter(status=Status.READY), source=Page.Source.NONE
        ).count(),
        "passages_read": 0,
        "spans_weighed": 0,
    }


def nothing_found(coverage: dict[str, Any]) -> str:
    """The sentence that is shown where nothing readable answers, with what was searched and what was not.

    It never speaks of more than was searched, and says how much of that was read closely.
    """
    documents, passages = coverage["documents_searched"], coverage["passages_searched"]
    if not documents:
        sentence = "Nothing was searched: what was asked about holds no document that you may read."
    else:
        found_in = f"{_number(passages, 'passage')} of {_number(documents, 'document')}"
        sentence = f"Nothing that answers this was found in the {found_in} that {_were(passages)} searched"
        read = coverage["passages_read"]
        sentence += f"; {read:,} of the passages {_were(read)} read closely." if read < passages else "."
    gaps = [
        *_unread(coverage["documents_in_work"], coverage["documents_failed"]),
        _counted(coverage["pages_unreadable"], "page holds no readable text", "pages hold no readable text"),
    ]
    missing = [gap for gap in gaps if gap]
    return f"{sentence} Not searched: {'; '.join(missing)}." if missing else sentence


def _number(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number:,} {noun}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def in_work_and_lost(scope: AccessScope) -> str:
    """The documents of the scope that could not be looked at yet, or at all, in words; or nothing."""
    documents = Document.objects.filter(label__in=scope.labels)
    gaps = _unread(documents.filter(status__in=_IN_WORK).count(), documents.filter(status__in=_LOST).count())
    return " and ".join(gap for gap in gaps if gap)


def _unread(in_work: int, failed: int) -> list[str]:
    return [
        _counted(in_work, "document is still in work", "documents are still in work"),
        _counted(failed, "document could not be read", "documents could not be read"),
    ]


def _counted(number: int, one: str, many: str) -> str:
    if not number:
        return ""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"
