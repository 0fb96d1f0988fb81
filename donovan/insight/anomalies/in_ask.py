"""“What is odd here?”, asked where all questions are asked: the open findings, the most unusual first."""

from donovan.assistant.kinds import Asked, QuestionKind, Statement, Taken, register
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span, cut
from donovan.assistant.terms import carrier_stems, stems_in
from donovan.insight.anomalies.models import Finding
from donovan.insight.anomalies.selectors import OPEN, Shown, findings, labels_of
from ingest.models import Page

NAME = "what is odd"
MOST_TOLD = 10
_ASKING = (
    "odd unusual strange anomaly anomalies suspicious outlier "
    "anything something ordinary table data file report"
)


def answer(asked: Asked) -> Taken | None:
    """The open findings about what the question names, or about everything in reach where it names nothing.

    None where nothing was found: then the question goes the ordinary way.
    """
    shown = [
        each
        for each in findings(asked.scope)
        if each.state == OPEN
        and (not asked.filters.documents or each.finding.document_id in asked.filters.documents)
        and each.finding.document_id not in asked.left_out
    ]
    named = stems_in(asked.text, asked.language) - stems_in(_ASKING, "en") - carrier_stems("en")
    about = [each for each in shown if named & stems_in(_subject(each.finding), asked.language)]
    chosen = about or ([] if named else shown)
    if not chosen:
        return None
    told = chosen[:MOST_TOLD]
    notices = [
        f"{len(chosen):,} open findings of the detectors, the most unusual first. A finding is a thing to "
        "look at, not a fault."
    ]
    if len(chosen) > len(told):
        notices.append(f"{len(told)} of them are told here; the anomalies page lists all.")
    return Taken(
        kind=NAME,
        form="list",
        statements=tuple(_statement(each) for each in told),
        notices=tuple(notices),
        facts={"findings": [str(each.finding.pk) for each in told], "number": len(chosen)},
        labels=frozenset(labels_of(told)),
    )


def _subject(finding: Finding) -> str:
    table = finding.table.name if finding.table is not None else ""
    return f"{finding.document} {table} {finding.column} {finding.value} {finding.kind}"


def _statement(shown: Shown) -> Statement:
    finding = shown.finding
    return Statement(finding.why, Claim.Origin.COMPUTED, (_span(finding),), str(finding.document))


def _span(finding: Finding) -> Span:
    """Where the finding stands: its own place in a text, else the line with its value, else the top."""
    pages = Page.objects.filter(document=finding.document_id).order_by("number")
    if finding.page:
        pages = pages.filter(number=finding.page)
    number, start, end, text = 1, 0, 0, ""
    for page in pages:
        if finding.page and finding.end:
            number, start, end, text = page.number, finding.start, finding.end, page.text
            break
        cuts = list(cut(page.text))
        line = next(((s, e) for s, e in cuts if finding.value and finding.value in page.text[s:e]), None)
        if line is not None:
            number, (start, end), text = page.number, line, page.text
            break
        if not text and cuts:
            number, (start, end), text = page.number, cuts[0], page.text
    return Span(
        document_id=finding.document_id,
        passage_id=0,
        page=number,
        start=start,
        end=end,
        text=text[start:end],
        title=str(finding.document),
        label=finding.document.label,
    )


WHAT_IS_ODD = QuestionKind(NAME, frozenset({"odd"}), answer, order=10)


def register_kinds() -> None:
    """Let the assistant ask what is odd."""
    register(WHAT_IS_ODD)
