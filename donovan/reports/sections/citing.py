"""What kinds of sections cite, made from the rows that other rooms keep."""

from donovan.assistant.models import Citation
from donovan.reports.sections.contract import Cited
from ingest.models import Document


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
