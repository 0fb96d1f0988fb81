"""Documents with a date and a text, already read, so that trends can be told with many of them."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from ingest.models import Blob, Document, Page, Status
from tests.library.conftest import hand_in, without_token

__all__ = ["hand_in", "paper", "without_token"]

MakePaper = Callable[..., Document]


@pytest.fixture
def paper(cast: dict[str, User]) -> MakePaper:
    """`paper("text", date(2026, 9, 1), marking="CUI")` is a document that has been read."""

    def paper(
        text: str,
        day: date | None,
        *,
        marking: str = "UNCLASSIFIED",
        collection: str = "relief",
        name: str = "",
    ) -> Document:
        digest = uuid.uuid4().hex * 2
        document = Document.objects.create(
            blob=Blob.objects.create(digest=digest, size=len(text)),
            label=label_for(collection, parse_marking(marking)),
            name=name or f"{digest[:8]}.txt",
            media_type="text/plain",
            status=Status.READY,
            document_date=day,
            languages=["en"],
            page_count=1,
            received_at=datetime(2026, 10, 1, 12, tzinfo=UTC),
        )
        Page.objects.create(document=document, number=1, text=text, language="en")
        return document

    return paper
