"""Is what a person wrote supported by what it cites? Asked with the same check as every generated sentence.

A person cites a page by its address. With words marked in it (`start`, `end`) those are cited; without, every
sentence of the page is tried, and the one that bears the statement out is taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from donovan.assistant.spans import LONGEST_SPAN, Span, cut, lead_of
from donovan.assistant.verify import verify_claim
from donovan.library.errors import NotFoundHere
from donovan.library.selectors import readable_document
from donovan.reports.content import StatementState
from donovan.reports.errors import ReportError
from donovan.reports.models import Source
from donovan.reports.sections.contract import Cited
from ingest.models import Document, Page, Passage
from retrieval.scope import AccessScope

UNCITED = "It cites nothing, so it is not checked."
_DOCUMENT = re.compile(r"/documents/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/?$")
_QUOTED = re.compile(r"^[“\"«](?P<words>.+)[”\"»]$", re.DOTALL)


@dataclass(frozen=True)
class Judgement:
    """Whether a statement is supported, why not, and for each page without marked words the words taken."""

    state: StatementState
    reason: str = ""


def judged(text: str, spans: Sequence[Span]) -> Judgement:
    """Check each sentence of `text` against the cited spans; one that is not supported decides for all."""
    if not spans:
        return Judgement("not checked", UNCITED)
    for start, end in cut(text):
        sentence = text[start:end]
        quoted = _QUOTED.match(sentence)
        words = quoted["words"] if quoted else sentence
        # A quotation says no more than that the words stand there; words without marks are stated.
        if any(words in span.text if quoted else words == span.text.strip() for span in spans):
            continue
        verdict = verify_claim(words, spans, question="")
        if not verdict.is_supported:
            return Judgement("not supported", verdict.reason)
    return Judgement("supported")


def span_of(source: Source, scope: AccessScope) -> Span | None:
    """The cited words as they stand on the page now, with what names their subject; None when they are gone.

    Rows of a table are judged by their values as they were quoted.
    """
    document = Document.objects.filter(pk=source.document_id, label__in=scope.labels).first()
    if document is None:
        return None
    if source.page is None:
        return Span(
            document.pk, 0, 0, 0, len(source.quote), source.quote, str(document), label=document.label
        )
    page = Page.objects.filter(document=document, number=source.page).first()
    if page is None or page.text[source.start : source.end] != source.quote:
        return None
    return _span(document, page, source.start, source.end)


def cited_at(address: str, text: str, scope: AccessScope) -> Cited:
    """What the address of a page cites for `text`.

    Raises ReportError with the sentence when it is no address of a page, when there is no such page that
    may be read, and when it marks no words and no sentence of the page supports the text.
    """
    parts = urlsplit(address.strip())
    found = _DOCUMENT.search(parts.path)
    query = parse_qs(parts.query)
    number = _number(query, "page")
    if found is None or number is None:
        raise ReportError(
            "That is not the address of a page. Open the page in the viewer, and copy its address from there."
        )
    try:
        document = readable_document(scope, found["id"])
    except NotFoundHere:
        raise ReportError("There is no such page that you may read. Check the address.") from None
    page = Page.objects.filter(document=document, number=number).first()
    if page is None:
        raise ReportError(f"{document} has no page {number}. Check the address.")
    start, end = _number(query, "start"), _number(query, "end")
    if start is not None and end is not None and 0 <= start < end <= len(page.text):
        if end - start > LONGEST_SPAN:
            raise ReportError(f"So many words are no citation. Mark {LONGEST_SPAN:,} characters at most.")
        return cited_from(_span(document, page, start, end), document)
    for begin, stop in cut(page.text):
        span = _span(document, page, begin, stop)
        if judged(text, [span]).state == "supported":
            return cited_from(span, document)
    raise ReportError(
        f"No sentence on page {number} of {document} supports this. "
        "Search for the words in the viewer, open them there, and copy that address."
    )


def cited_from(span: Span, document: Document) -> Cited:
    """A span of a page as a citation."""
    return Cited(
        document_id=document.pk,
        title=str(document),
        place=f"page {span.page}",
        label=document.label,
        quote=span.text,
        page=span.page,
        start=span.start,
        end=span.end,
        document_date=document.document_date,
    )


def _span(document: Document, page: Page, start: int, end: int) -> Span:
    passage = Passage.objects.filter(page=page, start__lte=start, end__gte=end).first()
    span = Span(
        document_id=document.pk,
        passage_id=passage.pk if passage else 0,
        page=page.number,
        start=start,
        end=end,
        text=page.text[start:end],
        title=str(document),
        label=document.label,
        language=page.language,
        lead=lead_of(page.text, start),
    )
    return replace(span, heading=passage.heading, passage_text=passage.text) if passage else span


def _number(query: dict[str, list[str]], name: str) -> int | None:
    value = query.get(name, [""])[0]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
