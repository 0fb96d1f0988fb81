"""The nearest evidence: what is shown where no sentence answers surely."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from donovan.access.labels import split_label
from donovan.assistant.endings import in_words
from donovan.assistant.evidence import ScoredSpan
from donovan.assistant.spans import Span, cut
from ingest.models import Page
from retrieval.scope import AccessScope

MOST_SHOWN = 5
LONGEST_NEIGHBOUR = 400


def nearest_of(scored: Sequence[ScoredSpan], scope: AccessScope) -> list[dict[str, Any]]:
    """The spans that come closest, best first, each with the sentence before and after it on its page.

    At most MOST_SHOWN. What an earlier one shows already is not shown again, nor are copies of its words.
    Each is {document, title, passage_id, page, start, end, text, before, after, label, marking, portion,
    chance, chance_in_words}; offsets are characters in the page text, `chance` is from 0 to 1.
    """
    rows: list[dict[str, Any]] = []
    shown: list[tuple[UUID, int, int, int]] = []
    words: set[str] = set()
    for item in scored:
        span = item.span
        folded = " ".join(span.text.casefold().split())
        if folded in words or any(_lies_in(span, place) for place in shown):
            continue
        found = _surroundings(span, scope)
        if found is None:
            continue
        before, after, place = found
        rows.append(_row(item, before, after))
        shown.append((span.document_id, span.page, *place))
        words.add(folded)
        if len(rows) == MOST_SHOWN:
            break
    return rows


def without_labels(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they may leave the house: access labels stay behind, markings go along."""
    return [{name: value for name, value in row.items() if name != "label"} for row in rows]


def _row(item: ScoredSpan, before: str, after: str) -> dict[str, Any]:
    span, marking = item.span, split_label(item.span.label)[1]
    return {
        "document": str(span.document_id),
        "title": span.title,
        "passage_id": span.passage_id,
        "page": span.page,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "before": before,
        "after": after,
        "label": span.label,
        "marking": marking.canonical,
        "portion": marking.portion,
        "chance": round(float(item.score), 3),
        "chance_in_words": in_words(item.score),
    }


def _surroundings(span: Span, scope: AccessScope) -> tuple[str, str, tuple[int, int]] | None:
    """The sentence before and after, and the place of all three; None where the page is no longer there."""
    page = Page.objects.filter(
        document=span.document_id, number=span.page, document__label__in=scope.labels
    ).first()
    if page is None or page.text[span.start : span.end] != span.text:
        return None
    before, after = (span.start, span.start), (span.end, span.end)
    for start, end in cut(page.text):
        if end <= span.start:
            before = (max(start, end - LONGEST_NEIGHBOUR), end)
        elif start >= span.end:
            after = (start, min(end, start + LONGEST_NEIGHBOUR))
            break
    return page.text[slice(*before)], page.text[slice(*after)], (before[0], after[1])


def _lies_in(span: Span, place: tuple[UUID, int, int, int]) -> bool:
    document, page, start, end = place
    return (span.document_id, span.page) == (document, page) and start < span.end and span.start < end
