"""What is odd in tables and texts: each finding with its reason, its method and the rows or words it rests
on.
"""

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
    )

    def make(self, work: SectionWork) -> Made:
        work.tell(0, 1, "")
        only = work.settings.get("document")
        document = document_named(work.scope, only).pk if only else None
        which = work.settings.get("which") or OPEN
        found = [s for s in findings(work.scope, document=document) if _is_wanted(s.state, which)]
        kept = found[: int(work.settings.get("most") or 15)]
        if not kept:
            return Made(notice="Nothing odd was found in the documents that were examined.")
        blocks = tuple(MadeParagraph((_statement(shown),), is_bullet=True) for shown in kept)
        methods = dict.fromkeys(shown.finding.method for shown in kept)
        used = {shown.finding.document_id: shown.label for shown in kept}
        for shown in kept:
            used |= {one.pk: one.label for one in further_documents(work.scope, shown.finding)}
            if shown.disposition is not None:
                used[shown.disposition.document_id] = shown.disposition.document.label
        return Made(blocks, used, engine="; ".join(methods)[:280])


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
