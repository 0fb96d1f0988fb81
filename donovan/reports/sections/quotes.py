"""What the documents say of a subject, in their own words: sentences that name it, quoted from their
pages.
"""

from donovan.assistant.questions import language_of_question
from donovan.assistant.reading import find_passages, scope_and_filters, spans_of
from donovan.assistant.spans import Span
from donovan.assistant.terms import stems_in
from donovan.assistant.verify import reads_like_instruction
from donovan.reports.errors import ReportError
from donovan.reports.sections.contract import (
    Cited,
    Field,
    Made,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)
from donovan.reports.sections.period import SINCE, UNTIL, period_of
from ingest.models import Document

MOST = 40
SHORTEST = 25
_CELL = " | "


class QuotesSection(SectionKind):
    name = "quotes"
    title = "Quotations"
    purpose = (
        "Sentences that name a subject, quoted from their pages, in order of the dates of their documents."
    )
    fields = (
        Field("subject", "Subject", help="A name or a few words that the sentences must hold."),
        Field("most", "Sentences at most", kind="number", default="12", most=MOST),
        SINCE,
        UNTIL,
    )

    def make(self, work: SectionWork) -> Made:
        subject = work.settings.get("subject", "")
        work.on_progress(0, 1, subject)
        if not subject:
            return Made(notice="No subject was named, so no sentence about one is quoted.")
        language = language_of_question(subject)
        wanted = stems_in(subject, language)
        if not wanted:
            raise ReportError("The subject holds no words. Write the name of a thing, a place or a person.")
        period = period_of(work.settings, work.scope)
        days = {
            "date_from": period.since.isoformat() if period.since else "",
            "date_to": period.until.isoformat() if period.until else "",
        }
        scope, filters = scope_and_filters(work.scope, {name: day for name, day in days.items() if day})
        found = find_passages(subject, language, scope, filters)
        spans = [span for span in spans_of(found) if _names(span, wanted)]
        kept = _each_once(spans)[: int(work.settings.get("most") or 12)]
        used = period.used | {hit.document_id: hit.label for hit in found.hits}
        if not kept:
            within = f" in the documents of {period}" if days["date_from"] or days["date_to"] else ""
            return Made(used=used, notice=f"No sentence that was found{within} names {subject}.")
        documents = Document.objects.in_bulk({span.document_id for span in kept})
        cited = [_cited(span, documents[span.document_id]) for span in kept if span.document_id in documents]
        cited.sort(
            key=lambda one: (one.document_date is None, one.document_date, one.title, one.page, one.start)
        )
        blocks = tuple(
            MadeParagraph(
                (MadeStatement(f"“{' '.join(one.quote.split())}”", "supported", (one,)),), is_bullet=True
            )
            for one in cited
        )
        return Made(blocks, used)


def _names(span: Span, wanted: frozenset[str]) -> bool:
    """Whether it is a sentence that holds all words of the subject. Rows of tables have sections of their
    own.
    """
    if _CELL in span.text or len(span.plain) < SHORTEST or reads_like_instruction(span.text):
        return False
    return wanted <= stems_in(span.text, span.language or "en")


def _each_once(spans: list[Span]) -> list[Span]:
    """The same words in several documents are quoted once."""
    seen: dict[str, Span] = {}
    for span in spans:
        seen.setdefault(" ".join(span.plain.casefold().split()), span)
    return list(seen.values())


def _cited(span: Span, document: Document) -> Cited:
    return Cited(
        document_id=span.document_id,
        title=str(document),
        place=f"page {span.page}",
        label=span.label,
        quote=span.text,
        page=span.page,
        start=span.start,
        end=span.end,
        document_date=document.document_date,
    )
