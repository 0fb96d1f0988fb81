"""The documents that the report had before it, newest first, as a table."""

from django.db.models import F

from donovan.access.labels import split_label
from donovan.library.media import kind_of, language_name
from donovan.reports.sections.citing import cited_document
from donovan.reports.sections.contract import Field, Made, MadeTable, SectionKind, SectionWork
from donovan.reports.sections.period import SINCE, UNTIL, period_of
from ingest.models import Status

MOST_ROWS = 200


class DocumentsSection(SectionKind):
    name = "documents"
    title = "List of documents"
    purpose = "What was at hand: title, date, type, language, pages and marking, newest first."
    fields = (Field("most", "Rows at most", kind="number", default="25", most=MOST_ROWS), SINCE, UNTIL)

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        period = period_of(work.settings, work.scope)
        ready = period.documents(work.scope).filter(status=Status.READY)
        newest = ready.order_by(F("document_date").desc(nulls_last=True), "-received_at", "pk")
        most = int(work.settings.get("most") or 25)
        found = list(newest[:most])
        if not found:
            return Made(used=period.used, notice="There is no readable document to list.")
        table = MadeTable(
            caption="Documents at hand",
            columns=("Document", "Dated", "Type", "Language", "Pages", "Marking"),
            rows=tuple(
                (
                    str(document),
                    document.document_date.isoformat() if document.document_date else "",
                    kind_of(document.media_type).title,
                    ", ".join(language_name(code) for code in document.languages),
                    document.page_count,
                    split_label(document.label)[1].canonical,
                )
                for document in found
            ),
            cited=tuple(cited_document(document) for document in found),
            note=f"At most {most} are listed, the newest first.",
        )
        return Made((table,), period.used | {document.pk: document.label for document in found})
