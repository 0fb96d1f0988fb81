"""What is new: documents that came in during the last days, and what one's watches found in them."""

from datetime import timedelta

from django.utils import timezone

from donovan.insight.watch.models import Match
from donovan.insight.watch.selectors import matches_of, watches_of
from donovan.library.selectors import became_ready_after
from donovan.reports.sections.citing import cited_document
from donovan.reports.sections.contract import (
    Cited,
    Field,
    Made,
    MadeBlock,
    MadeParagraph,
    MadeStatement,
    MadeTable,
    SectionKind,
    SectionWork,
)
from ingest.models import Page

MOST_DAYS = 366
MOST_DOCUMENTS = 50
MOST_MATCHES = 40


class ChangesSection(SectionKind):
    name = "changes"
    title = "What changed"
    purpose = "Documents that came in during the last days, and what your watches found in them."
    fields = (Field("days", "Days", kind="number", default="7", most=MOST_DAYS),)

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        days = int(work.settings.get("days") or 7)
        since = timezone.now() - timedelta(days=days)
        blocks: list[MadeBlock] = []
        used = {}
        for watch in watches_of(work.author):
            for match in matches_of(watch, work.scope, since=since)[:MOST_MATCHES]:
                cited = _cited(match)
                used[match.document_id] = match.document.label
                words = f"{watch}: “{' '.join(match.quote.split())}”"
                blocks.append(MadeParagraph((MadeStatement(words, "supported", (cited,)),), is_bullet=True))
        found = list(became_ready_after(work.scope, since)[:MOST_DOCUMENTS])
        if found:
            used |= {document.pk: document.label for document in found}
            blocks.append(
                MadeTable(
                    f"Documents of the last {days} days",
                    ("Document", "Dated", "Received", "Pages"),
                    tuple(
                        (
                            str(document),
                            document.document_date.isoformat() if document.document_date else "",
                            document.received_at.date().isoformat(),
                            document.page_count,
                        )
                        for document in found
                    ),
                    tuple(cited_document(document) for document in found),
                    note=f"At most {MOST_DOCUMENTS} are listed, the newest first.",
                )
            )
        if not blocks:
            return Made(notice=f"Nothing came in during the last {days} days.")
        return Made(tuple(blocks), used)


def _cited(match: Match) -> Cited:
    """The matched words where they still stand on their page; else the document as a whole."""
    page = Page.objects.filter(document=match.document_id, number=match.page).first()
    if page is None or page.text[match.start : match.end] != match.quote:
        return cited_document(match.document)
    return Cited(
        document_id=match.document_id,
        title=str(match.document),
        place=f"page {match.page}",
        label=match.document.label,
        quote=match.quote,
        page=match.page,
        start=match.start,
        end=match.end,
        document_date=match.document.document_date,
    )
