"""What is odd in tables and texts: each finding with its reason, its method and the rows or words it rests
on.
"""

from donovan.assistant.questions import language_of_question
from donovan.assistant.terms import stems_in
from donovan.insight.anomalies.selectors import OPEN, Shown, findings, further_documents
from donovan.reports.sections.choosing import document_named
from donovan.reports.sections.citing import cited_document, cited_rows
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
from donovan.reports.sections.subject import SUBJECT, Naming, naming_of
from ingest.models import Page

MOST = 100
_ALL, _CONFIRMED = "all", "real"


class AnomaliesSection(SectionKind):
    name = "anomalies"
    title = "Anomalies"
    purpose = "The most unusual findings in tables and texts, with the reason and the rows or words of each."
    fields = (
        Field("document", "Only in", kind="document", help="A document; empty: all that the report covers."),
        Field("most", "Findings at most", kind="number", default="15", most=MOST),
        Field(
            "which",
            "Which",
            kind="choice",
            default=OPEN,
            choices=((OPEN, "judged real or not judged yet"), (_CONFIRMED, "judged real"), (_ALL, "all")),
        ),
        SUBJECT,
        SINCE,
        UNTIL,
    )

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        only = work.settings.get("document")
        document = document_named(work.scope, only).pk if only else None
        which = work.settings.get("which") or OPEN
        subject, period = work.settings.get("subject", ""), period_of(work.settings, work.scope)
        naming, dated = naming_of(work.scope, subject, period), period.ids(work.scope)
        found = [
            shown
            for shown in findings(work.scope, document=document)
            if _is_wanted(shown.state, which)
            and shown.finding.document_id in dated
            and _is_about(shown, subject, naming)
        ]
        kept = found[: int(work.settings.get("most") or 15)]
        if not kept:
            about = f" about {subject}" if subject else ""
            days = f" of {period}" if period.since or period.until else ""
            notice = f"Nothing odd was found{about} in the documents{days} that were examined."
            return Made(used=period.used, notice=notice)
        blocks = tuple(MadeParagraph((_statement(shown),), is_bullet=True) for shown in kept)
        methods = dict.fromkeys(shown.finding.method for shown in kept)
        used = period.used | {shown.finding.document_id: shown.label for shown in kept}
        for shown in kept:
            used |= {one.pk: one.label for one in further_documents(work.scope, shown.finding)}
            if shown.disposition is not None:
                used[shown.disposition.document_id] = shown.disposition.document.label
        return Made(blocks, used, engine="; ".join(methods)[:280])


def _is_about(shown: Shown, subject: str, naming: Naming) -> bool:
    """Whether the finding stands where the subject is named, or names it itself or by its table."""
    finding = shown.finding
    is_text = finding.table is None
    if not subject or (is_text and naming.holds(finding.document_id, finding.page, finding.start)):
        return True
    table = f"{finding.table.name}\n{finding.table.document}" if finding.table is not None else ""
    language = language_of_question(subject)
    named = stems_in(f"{finding.why}\n{finding.column}\n{finding.value}\n{table}", language)
    return stems_in(subject, language) <= named


def _is_wanted(state: str, which: str) -> bool:
    """What was judged real is shown with what nobody judged yet."""
    return which == _ALL or state in (_CONFIRMED, which)


def _statement(shown: Shown) -> MadeStatement:
    finding = shown.finding
    judged = "" if shown.disposition is None else f" Judged: {shown.disposition.get_verdict_display()}."
    return MadeStatement(f"{finding.why.rstrip('.')}.{judged}", "computed", (_cited(shown),))


def _cited(shown: Shown) -> Cited:
    finding = shown.finding
    if finding.table is not None:
        quote = f"{finding.column}: {finding.value}" if finding.column else finding.value
        return cited_rows(finding.table, finding.rows, quote)
    if finding.page and finding.end > finding.start:
        page = Page.objects.filter(document=finding.document_id, number=finding.page).first()
        if page is not None:
            return Cited(
                document_id=finding.document_id,
                title=str(finding.document),
                place=f"page {finding.page}",
                label=shown.label,
                quote=page.text[finding.start : finding.end],
                page=finding.page,
                start=finding.start,
                end=finding.end,
                document_date=finding.document.document_date,
            )
    return cited_document(finding.document)
