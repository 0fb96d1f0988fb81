"""What kinds of sections cite, made from the rows that other rooms keep."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from donovan.assistant.models import Citation
from donovan.insight.entities.selectors import MentionRow
from donovan.insight.tables.models import DataTable
from donovan.reports.sections.contract import Cited
from ingest.models import Document

MOST_ROWS_NAMED = 200


def cited_span(citation: Citation) -> Cited:
    """A citation of an answer. `citation.document` should be loaded."""
    return Cited(
        document_id=citation.document_id,
        title=str(citation.document),
        place=f"page {citation.page}",
        label=citation.label,
        quote=citation.quote,
        page=citation.page,
        start=citation.start,
        end=citation.end,
        document_date=citation.document.document_date,
    )


def cited_nearest(row: Mapping[str, Any]) -> Cited:
    """A span of the nearest evidence of an answer (a row of `Answer.result["nearest"]`)."""
    return Cited(
        document_id=UUID(row["document"]),
        title=row["title"],
        place=f"page {row['page']}",
        label=row["label"],
        quote=row["text"],
        page=row["page"],
        start=row["start"],
        end=row["end"],
    )


def cited_document(document: Document) -> Cited:
    """A document as a whole: what stands on its first page is not quoted."""
    return Cited(
        document_id=document.pk,
        title=str(document),
        place="the document as a whole",
        label=document.label,
        quote="",
        document_date=document.document_date,
    )


def cited_rows(table: DataTable, rows: Sequence[int], quote: str) -> Cited:
    """Rows of a table, by their numbers in the source. `table.document` should be loaded."""
    numbers = tuple(sorted(dict.fromkeys(rows)))[:MOST_ROWS_NAMED]
    named = ", ".join(f"{number:,}" for number in numbers[:12]) + (" and more" if len(numbers) > 12 else "")
    place = f"{table.name}, {'row' if len(numbers) == 1 else 'rows'} {named}" if numbers else table.name
    return Cited(
        document_id=table.document_id,
        title=str(table.document),
        place=place,
        label=table.document.label,
        quote=quote,
        table_ordinal=table.ordinal,
        rows=numbers,
        document_date=table.document.document_date,
        table_digest=table.digest,
    )


def cited_sentence(row: MentionRow) -> Cited:
    """The sentence of the page that a mention stands in."""
    return Cited(
        document_id=row.document,
        title=row.title,
        place=f"page {row.page}",
        label=row.label,
        quote=f"{row.before}{row.text}{row.after}",
        page=row.page,
        start=row.start - len(row.before),
        end=row.end + len(row.after),
        document_date=row.dated,
    )
