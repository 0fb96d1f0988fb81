"""Where the rows of a table stand in the text of their document: what a figure reckoned from them cites."""

from collections.abc import Sequence
from uuid import UUID

from donovan.assistant.spans import Span, cut
from donovan.insight.tables.models import DataTable
from ingest.models import Page

_MOST_PAGES = 60


def spans_of_rows(table: DataTable, rows: Sequence[tuple[str, ...]]) -> list[Span]:
    """Each row (the texts of its cells) where it stands in the text of its document; the top of the document
    where it does not.
    """
    pages = Page.objects.filter(document=table.document_id).order_by("number")
    if table.page:
        # A table may go on over the pages after the one on which it begins.
        pages = pages.filter(number__gte=table.page)[:_MOST_PAGES]
    texts = [(page.number, page.text, list(cut(page.text))) for page in pages]
    spans: list[Span] = []
    for cells in rows:
        place = next(
            (
                (number, start, end, text[start:end])
                for number, text, cuts in texts
                for start, end in cuts
                if _holds(text[start:end], cells)
            ),
            None,
        )
        if place is not None and all((span.page, span.start) != place[:2] for span in spans):
            spans.append(_span(table, *place))
    if not spans and texts:
        number, text, cuts = texts[0]
        start, end = cuts[0] if cuts else (0, 0)
        spans.append(_span(table, number, start, end, text[start:end]))
    return spans


def _holds(line: str, cells: Sequence[str]) -> bool:
    """Whether a line has the texts of a row; figures may be written another way there."""
    texts = [cell for cell in cells if any(character.isalpha() for character in cell)]
    return bool(texts) and all(text in line for text in texts)


def _span(table: DataTable, page: int, start: int, end: int, text: str) -> Span:
    document = table.document
    key: UUID = document.pk
    return Span(
        document_id=key,
        passage_id=0,
        page=page,
        start=start,
        end=end,
        text=text,
        title=str(document),
        label=document.label,
    )
