"""The same questions put to several documents, side by side: where they agree, and where they do not."""

from dataclasses import replace

from donovan.assistant.models import Answer
from donovan.reports.errors import ReportError
from donovan.reports.sections.choosing import documents_meant
from donovan.reports.sections.citing import cited_span
from donovan.reports.sections.contract import (
    Field,
    Made,
    MadeBlock,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)
from donovan.reports.sections.question import (
    answered,
    engine_of,
    nearest_statements,
    questions_of,
    used_by,
)


class ComparisonSection(SectionKind):
    name = "comparison"
    title = "Sources side by side"
    purpose = "The same questions put to each of several documents, with what each of them says."
    fields = (
        Field(
            "documents",
            "Documents",
            kind="documents",
            help="One a line: id, title or file name. Empty: the two newest.",
        ),
        Field("questions", "Questions", kind="lines", is_required=True, help="One a line."),
    )

    def make(self, work: SectionWork) -> Made:
        documents = documents_meant(work.scope, work.settings.get("documents", ""))
        if len(documents) < 2:
            raise ReportError("A comparison needs two documents. Name one more.")
        questions = questions_of(work.settings.get("questions", ""))
        total = len(documents) * len(questions)
        blocks: list[MadeBlock] = []
        used = {document.pk: document.label for document in documents}
        given: set[str] = set()
        engines: dict[str, None] = {}
        for number, question in enumerate(questions):
            blocks.append(MadeParagraph((MadeStatement(question, "not checked", reason="A question."),)))
            for place, document in enumerate(documents):
                step = number * len(documents) + place
                work.on_progress(step, total, question)
                filters = {"document": str(document.pk)}
                answer = answered(work, f"{number}-{document.pk}", question, filters, part=(step, total))
                used |= used_by(answer)
                given.update(answer.labels)
                engines.update(dict.fromkeys(engine_of(answer)))
                blocks.append(_said(str(document), answer, document.label))
        return Made(tuple(blocks), used, frozenset(given), engine="; ".join(engines))


def _said(title: str, answer: Answer, label: str) -> MadeParagraph:
    """What one document says, what in it comes closest, or that nothing was found in it."""
    statements = [
        MadeStatement(
            f"{title}: {claim.text}",
            "supported",
            tuple(cited_span(citation) for citation in claim.citations.all()),
        )
        for claim in answer.claims.prefetch_related("citations__document")
        if claim.is_supported
    ]
    if not statements and answer.ending == Answer.Ending.NEAREST:
        head, *quoted = nearest_statements(answer, "this")
        statements = [replace(head, text=f"{title}: {head.text}"), *quoted]
    if not statements:
        reason = "It says what was searched, and cites nothing."
        statements = [MadeStatement(f"{title}: {answer.text}", "not checked", reason=reason)]
    return MadeParagraph(tuple(statements), is_bullet=True, labels=frozenset({label}))
