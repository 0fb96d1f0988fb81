"""What is done with one document: its facts, its summary, its translation."""

from collections.abc import Callable, Iterator

from donovan.access.labels import split_label
from donovan.access.scope import scope_for
from donovan.assistant.document_services import start_summary, start_translation
from donovan.assistant.events import AskEvent
from donovan.assistant.models import Answer
from donovan.assistant.services import QuestionRefused
from donovan.assistant.summaries import summary_events
from donovan.assistant.translations import translation_events
from donovan.library.media import kind_of, language_name
from donovan.reports.errors import ReportError
from donovan.reports.sections.choosing import document_meant
from donovan.reports.sections.citing import cited_document, cited_span
from donovan.reports.sections.contract import (
    Cited,
    Field,
    Made,
    MadeParagraph,
    MadeStatement,
    MadeTable,
    SectionKind,
    SectionWork,
)
from donovan.reports.sections.question import engine_of
from ingest.models import Document
from retrieval.scope import AccessScope

_DOCUMENT = Field(
    "document",
    "Document",
    kind="document",
    help="Id, exact title or file name. Empty: the newest foreign one.",
)
_LANGUAGES = (("en", "English"), ("es", "Spanish"), ("fr", "French"), ("de", "German"), ("ru", "Russian"))
Events = Callable[..., Iterator[AskEvent]]


class FactsSection(SectionKind):
    name = "facts"
    title = "Document facts"
    purpose = "What is known of one document: name, date, language, pages, marking, digest."
    fields = (_DOCUMENT,)

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        document = document_meant(work.scope, work.settings.get("document", ""))
        facts = (
            ("Title", str(document)),
            ("File", document.name),
            ("Dated", document.document_date.isoformat() if document.document_date else "not known"),
            ("Received", document.received_at.date().isoformat()),
            ("Type", kind_of(document.media_type).title),
            ("Language", ", ".join(language_name(code) for code in document.languages) or "not known"),
            ("Pages", document.page_count),
            ("Pages read from images", document.ocr_page_count),
            ("Marking", split_label(document.label)[1].canonical),
            ("SHA-256 of the file", document.blob_id),
        )
        table = MadeTable("The document", ("What", "Value"), facts, (cited_document(document),))
        return Made((table,), {document.pk: document.label})


class SummarySection(SectionKind):
    name = "summary"
    title = "Summary"
    purpose = "A summary of one document, each sentence checked against its page."
    fields = (_DOCUMENT, Field("focus", "What for", help="A question or a few words. Empty: all of it."))

    def make(self, work: SectionWork) -> Made:
        document = document_meant(work.scope, work.settings.get("document", ""))
        try:
            started = start_summary(work.author, document, focus=work.settings.get("focus", ""))
        except QuestionRefused as refusal:
            raise ReportError(refusal.sentence) from refusal
        answer = _settled(work, started, summary_events)
        statements = tuple(
            MadeStatement(claim.text, "supported", tuple(cited_span(c) for c in claim.citations.all()))
            for claim in answer.claims.prefetch_related("citations__document")
            if claim.is_supported
        )
        blocks = (MadeParagraph(statements),) if statements else ()
        covered = str(answer.coverage.get("covered", "")) if statements else ""
        nothing = "" if statements else answer.text or "Nothing of the summary was supported by the document."
        notice = " ".join(filter(None, (covered, answer.notice or nothing)))
        return Made(
            blocks,
            {document.pk: document.label},
            frozenset(answer.labels),
            notice,
            "; ".join(engine_of(answer)),
        )


class TranslationSection(SectionKind):
    name = "translation"
    title = "Translation"
    purpose = "One document sentence by sentence: the original beside its translation."
    fields = (_DOCUMENT, Field("to", "Into", kind="choice", default="en", choices=_LANGUAGES))

    def make(self, work: SectionWork) -> Made:
        document = document_meant(work.scope, work.settings.get("document", ""))
        try:
            started = start_translation(work.author, document, target=work.settings.get("to") or "en")
        except QuestionRefused as refusal:
            raise ReportError(refusal.sentence) from refusal
        answer = _settled(work, started, translation_events)
        segments = answer.result.get("segments", [])
        used, given = {document.pk: document.label}, frozenset(answer.labels)
        if not segments:
            return Made(
                used=used, given=given, notice=answer.notice or "The document holds no text to translate."
            )
        table = MadeTable(
            caption=f"{document}: original and translation",
            columns=("Page", "Original", "Translation"),
            rows=tuple((one["page"], one["source"], one["target"]) for one in segments),
            cited=tuple(_segment(document, one) for one in segments),
            note="A machine translation. Have it read by a linguist before anything rests on it.",
        )
        return Made((table,), used, given, answer.notice, "; ".join(engine_of(answer)))


def _settled(work: SectionWork, started: Answer, events: Events) -> Answer:
    """Run a job on a document to its end. Raises ReportError with its sentence when it failed."""

    def current_scope() -> AccessScope:
        return AccessScope(work.scope.labels & scope_for(work.author).labels)

    for event in events(
        started.pk, scope=work.scope, current_scope=current_scope, is_cancelled=lambda: False
    ):
        if event.kind == "progress":
            work.on_progress(event.data["done"], event.data["total"], str(event.data["what"]))
    answer = Answer.objects.get(pk=started.pk)
    if answer.state != Answer.State.DONE:
        raise ReportError(answer.notice or "The document could not be worked on. Make the section again.")
    return answer


def _segment(document: Document, segment: dict[str, object]) -> Cited:
    start, end = int(str(segment["start"])), int(str(segment["end"]))
    return Cited(
        document_id=document.pk,
        title=str(document),
        place=f"page {segment['page']}",
        label=document.label,
        quote=str(segment["source"]),
        page=int(str(segment["page"])),
        start=start,
        end=end,
        document_date=document.document_date,
    )
