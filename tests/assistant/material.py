"""Spans, documents and models that the tests of the assistant share."""

import uuid

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.assistant.spans import Span
from ingest.models import Blob, Document, Page, Passage, Stage, Status
from retrieval.indexing import index_pending


def span(text: str, *, title: str = "", heading: str = "", language: str = "en", passage: str = "") -> Span:
    """A span that stands alone on its page."""
    return Span(
        document_id=uuid.uuid4(),
        passage_id=1,
        page=1,
        start=0,
        end=len(text),
        text=text,
        title=title,
        heading=heading,
        label="relief:UNCLASSIFIED",
        language=language,
        passage_text=passage or text,
    )


def add_document(
    title: str, text: str, *, collection: str = "relief", marking: str = "UNCLASSIFIED", language: str = "en"
) -> Document:
    """A one-page document that is read and waits for the index."""
    label = label_for(collection, parse_marking(marking))
    blob = Blob.objects.create(digest=uuid.uuid4().hex * 2, size=len(text))
    document = Document.objects.create(
        blob=blob,
        label=label,
        name=f"{title}.txt",
        title=title,
        media_type="text/plain",
        status=Status.RUNNING,
        stage=Stage.EMBED,
        languages=[language],
        page_count=1,
    )
    page = Page.objects.create(document=document, number=1, text=text, language=language)
    Passage.objects.create(
        document=document,
        page=page,
        ordinal=0,
        label=label,
        text=text,
        start=0,
        end=len(text),
        language=language,
    )
    return document


def index_all() -> None:
    """Embed and index whatever waits, for real."""
    while index_pending(limit=100):
        pass
