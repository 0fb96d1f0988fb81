"""What changed: between two versions of a document, or since a day.

Two versions are two documents whose titles differ only in a number, a date or a word such as "draft"; told is
what only the newer one says, and what only the older one said. Since a day: the documents dated, or received,
from that day on, and of them those that bear on the question first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from donovan.assistant.kinds.counting import MOST_LISTED
from donovan.assistant.kinds.papers_in_reach import (
    Paper,
    documents_in_reach,
    opening_spans,
    papers_of,
    with_heads,
)
from donovan.assistant.kinds.periods import period_of
from donovan.assistant.kinds.quoted import number_of, quotation, worth_quoting
from donovan.assistant.kinds.registry import Asked, QuestionKind, Statement, Taken
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span, cut, lead_of
from donovan.assistant.terms import carrier_stems, stems_in
from ingest.models import Page

NAME = "what changed"
MOST_QUOTED = 20
SHARE = 0.3
FEWEST_WORDS = 3

_VERSION = re.compile(
    r"\b(?:version|ver|v|rev|revision|draft|issue|edition|amendment|change|corrected|final|versión|fassung|версия)"
    r"\b\.?\s*(?:no\.?\s*)?\d*|\b\d+(?:st|nd|rd|th)?\b|[\W_]+",
    re.IGNORECASE,
)
_ASKING = (
    "changed change changes new different revised amended "
    "difference version since between update updates latest"
)


@dataclass(frozen=True)
class Versions:
    """Two documents of one title, the older first."""

    older: Paper
    newer: Paper


def answer(asked: Asked) -> Taken | None:
    """What two versions do not share, or what has come since a day; None where neither can be told."""
    papers = papers_of(asked.scope, asked.filters, asked.left_out)
    period, rest = period_of(asked.text)
    subject = stems_in(rest, asked.language) - stems_in(_ASKING, "en") - carrier_stems(asked.language)
    if period is not None and period.first is not None and period.last is None:
        return _since(asked, papers, period.first, subject)
    versions = _versions(papers, subject)
    return _between(versions) if versions is not None else None


def _versions(papers: Sequence[Paper], subject: frozenset[str]) -> Versions | None:
    """The two newest documents of the title that the question speaks of most."""
    groups: dict[str, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(_VERSION.sub(" ", paper.title).strip().casefold(), []).append(paper)
    best: tuple[int, list[Paper]] = (0, [])
    for same in groups.values():
        texts = {paper.blob for paper in same}
        shared = len(subject & stems_in(same[0].title, same[0].language))
        if len(texts) > 1 and shared > best[0]:
            best = (shared, same)
    ordered = sorted(best[1], key=lambda paper: (paper.day or date.min, paper.title, str(paper.id)))
    return Versions(ordered[-2], ordered[-1]) if len(ordered) > 1 else None


def _between(versions: Versions) -> Taken | None:
    older, newer = _sentences(versions.older), _sentences(versions.newer)
    only_new = [span for words, span in newer.items() if words not in older]
    only_old = [span for words, span in older.items() if words not in newer]
    if not only_new and not only_old:
        text = f"Nothing: “{versions.newer.title}” says what “{versions.older.title}” says."
        spans = opening_spans(with_heads([versions.older, versions.newer]))
        statements = [Statement(text, Claim.Origin.COMPUTED, tuple(spans))]
    else:
        statements = [quotation([span], f"Only in {versions.newer.title}") for span in only_new[:MOST_QUOTED]]
        statements += [
            quotation([span], f"Only in {versions.older.title}") for span in only_old[:MOST_QUOTED]
        ]
    left = max(0, len(only_new) - MOST_QUOTED) + max(0, len(only_old) - MOST_QUOTED)
    notices = [
        f"“{versions.older.title}” and “{versions.newer.title}” compared sentence by sentence: "
        f"{number_of(len(only_new), 'sentence stands', 'sentences stand')} only in the newer, "
        f"{len(only_old):,} only in the older."
    ]
    if left:
        notices.append(f"{left:,} of them are not shown.")
    return Taken(
        kind=NAME,
        form="compare",
        statements=tuple(statements),
        notices=tuple(notices),
        facts={"older": str(versions.older.id), "newer": str(versions.newer.id)},
        labels=frozenset({versions.older.label, versions.newer.label}),
    )


def _sentences(paper: Paper) -> dict[str, Span]:
    """The sentences of a document by their words, in order."""
    found: dict[str, Span] = {}
    for page in Page.objects.filter(document_id=paper.id).order_by("number"):
        for start, end in cut(page.text):
            words = " ".join(re.findall(r"\w+", page.text[start:end].casefold()))
            if len(words.split()) >= FEWEST_WORDS:
                found.setdefault(words, _span(paper, page, start, end))
    return found


def _span(paper: Paper, page: Page, start: int, end: int) -> Span:
    return Span(
        document_id=paper.id,
        passage_id=0,
        page=page.number,
        start=start,
        end=end,
        text=page.text[start:end],
        title=paper.title,
        label=paper.label,
        language=page.language,
        lead=lead_of(page.text, start),
    )


def _since(asked: Asked, papers: Sequence[Paper], day: date, subject: frozenset[str]) -> Taken | None:
    received = _received_since(asked, day)
    new = [paper for paper in papers if (paper.day is not None and paper.day >= day) or paper.id in received]
    keys = {paper.id for paper in new}
    statements: list[Statement] = []
    if subject:
        bearing = [each for each in asked.seek(asked.text) if each.span.document_id in keys]
        kept = worth_quoting(bearing, share=SHARE, most=MOST_QUOTED) if asked.is_sure() else []
        days = {paper.id: paper.day for paper in new}
        kept.sort(key=lambda each: days.get(each.span.document_id) or date.min)
        statements = [quotation([each.span], _dated(days.get(each.span.document_id))) for each in kept]
        if not statements:
            return None
    listed = sorted(new, key=lambda paper: (paper.day or date.min, paper.title))[:MOST_LISTED]
    text = f"{number_of(len(new), 'document', 'documents')} since {day.isoformat()}."
    spans = tuple(opening_spans(with_heads(listed)))
    if not statements:
        statements = [Statement(text, Claim.Origin.COMPUTED, spans)]
    return Taken(
        kind=NAME,
        form="timeline",
        statements=tuple(statements),
        notices=(f"Counted: what is dated, or was received, from {day.isoformat()} on: {len(new):,}.",),
        facts={"since": day.isoformat(), "documents": [str(paper.id) for paper in listed]},
        labels=frozenset(paper.label for paper in new),
    )


def _received_since(asked: Asked, day: date) -> frozenset[UUID]:
    rows = documents_in_reach(asked.scope, asked.filters, asked.left_out).filter(
        document_date__isnull=True, received_at__date__gte=day
    )
    return frozenset(rows.values_list("pk", flat=True))


def _dated(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "no date"


CHANGES = QuestionKind(NAME, frozenset({"change"}), answer, order=30)
