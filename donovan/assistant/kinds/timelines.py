"""Timelines: what was found about the subject, in the order of days.

The day of a statement is the one in its own words; a day without a year takes the year of its document; where
it tells none, the day of the document stands for it, and that is said.
"""

import contextlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from donovan.assistant.kinds.periods import day_of
from donovan.assistant.kinds.quoted import once, quotation, worth_quoting
from donovan.assistant.kinds.registry import Asked, QuestionKind, Taken
from donovan.assistant.spans import Span
from ingest.models import Document
from ingest.values.dates import dates

NAME = "timeline"
MOST_QUOTED = 12
SHARE = 0.3

Dated = tuple[date | None, bool, Span]
"""A day, whether the span itself tells it, and the span."""


def answer(asked: Asked) -> Taken | None:
    """The statements about the subject in the order of days, or None where nothing answers surely."""
    if not asked.is_sure():
        return None
    chosen = worth_quoting(asked.seek(asked.text), share=SHARE, most=MOST_QUOTED)
    if not chosen:
        return None
    days = _days_of([each.span for each in chosen])
    dated = sorted((dated_span(each.span, days) for each in chosen), key=_in_order)
    by_span = {id(span): (day, is_own) for day, is_own, span in dated}
    groups = once(span for _day, _is_own, span in dated)
    borrowed = sum(day is not None and not is_own for day, is_own, _span in dated)
    undated = sum(day is None for day, _is_own, _span in dated)
    notices = ["In the order of days. Whether something lies between them, the documents found do not say."]
    if borrowed:
        notices.append(
            "Where a statement tells no day, that of its document stands before it, with a mark that says so."
        )
    if undated:
        notices.append("Statements without any day come last.")
    return Taken(
        kind=NAME,
        form="timeline",
        statements=tuple(quotation(group, _head(*by_span[id(group[0])])) for group in groups),
        notices=tuple(notices),
        facts={
            "days": [day.isoformat() if day else "" for day, _is_own, _span in dated],
        },
    )


def dated_span(span: Span, days: dict[UUID, date | None]) -> Dated:
    """The span with its day; `days` are those of the documents."""
    document = days.get(span.document_id)
    for found in dates(span.text):
        between = day_of(found)
        if between is not None:
            return between[0], True, span
        if found.month and found.day and document is not None:
            with contextlib.suppress(ValueError):
                return date(document.year, found.month, found.day), True, span
    return document, False, span


def _days_of(spans: Sequence[Span]) -> dict[UUID, date | None]:
    rows = Document.objects.filter(pk__in={span.document_id for span in spans})
    return dict(rows.values_list("pk", "document_date"))


def _in_order(dated: Dated) -> tuple[bool, date, str, int, int]:
    day, _is_own, span = dated
    return day is None, day or date.max, str(span.document_id), span.page, span.start


def _head(day: date | None, is_own: bool) -> str:
    if day is None:
        return "no day given"
    told = f"{day.day} {day:%B %Y}"
    return told if is_own else f"{told} (day of the document)"


TIMELINE = QuestionKind(NAME, frozenset({"timeline"}), answer, order=40)
