"""What a report covered, kept by label, so that a reader is told of nothing outside their own scope."""

from typing import Any

from django.db.models import Count, Q

from donovan.library.selectors import IN_WORK, UNREADABLE
from ingest.models import Document, Page, Status
from retrieval.scope import AccessScope


def coverage_by_label(scope: AccessScope) -> dict[str, dict[str, int]]:
    """Counts of documents and of pages without readable text for each label of the scope, as of now."""
    counted = (
        Document.objects.filter(label__in=scope.labels)
        .values("label")
        .annotate(
            documents=Count("pk"),
            searched=Count("pk", filter=Q(status=Status.READY)),
            in_work=Count("pk", filter=Q(status__in=IN_WORK)),
            failed=Count("pk", filter=Q(status__in=UNREADABLE)),
        )
    )
    found = {
        row["label"]: {
            "documents": row["documents"],
            "searched": row["searched"],
            "in_work": row["in_work"],
            "failed": row["failed"],
            "pages_unreadable": 0,
        }
        for row in counted
    }
    pages = (
        Page.objects.filter(
            document__label__in=scope.labels, document__status=Status.READY, source=Page.Source.NONE
        )
        .values_list("document__label")
        .annotate(count=Count("pk"))
    )
    for label, count in pages:
        found[label]["pages_unreadable"] = count
    return found


def coverage_sentence(coverage: dict[str, Any], scope: AccessScope, *, used: int) -> str:
    """What was covered, counted over the labels that lie in the reader's scope."""
    mine = [counts for label, counts in coverage.items() if scope.may_read(label)]
    if not mine:
        return "No document was at hand."
    total = {name: sum(counts[name] for counts in mine) for name in mine[0]}
    gaps = [
        _counted(total["in_work"], "document was still in work", "documents were still in work"),
        _counted(total["failed"], "document could not be read", "documents could not be read"),
        _counted(total["pages_unreadable"], "page held no readable text", "pages held no readable text"),
    ]
    missing = [gap for gap in gaps if gap]
    at_hand = _counted(total["documents"], "document was at hand", "documents were at hand")
    sentence = f"{at_hand}, {total['searched']:,} searched and {used:,} used."
    return f"{sentence} Not covered: {'; '.join(missing)}." if missing else sentence


def _counted(number: int, one: str, many: str) -> str:
    if not number:
        return ""
    return f"1 {one}" if number == 1 else f"{number:,} {many}"
