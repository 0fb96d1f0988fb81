"""Files as people hand them in, taken all the way through ingest and index by the real parts."""

import io
from collections.abc import Callable
from typing import Protocol

import pytest
from PIL import Image, ImageDraw, ImageFont

from donovan.access.models import User
from donovan.library import services
from donovan.library.callers import Caller
from ingest import pipeline
from ingest.models import Document
from retrieval import indexing

NOTICE = "Water at the harbour is unsafe. Boil it for ten minutes before use."


class HandIn(Protocol):
    def __call__(
        self,
        user: User,
        content: str | bytes,
        name: str = "note.txt",
        *,
        marking: str = "UNCLASSIFIED",
        collection: str = "relief",
        is_read: bool = True,
    ) -> Document: ...


@pytest.fixture
def hand_in(cast: dict[str, User]) -> HandIn:
    """Hands a file in as somebody; with `is_read` it is also read and indexed."""

    def hand_in(
        user: User,
        content: str | bytes,
        name: str = "note.txt",
        *,
        marking: str = "UNCLASSIFIED",
        collection: str = "relief",
        is_read: bool = True,
    ) -> Document:
        data = content.encode() if isinstance(content, str) else content
        caller = Caller.named(user, source="test")
        submission = services.upload(
            caller, io.BytesIO(data), name=name, collection=collection, marking=marking
        )
        if is_read:
            pipeline.process(submission.document_id)
            indexing.index_pending()
        return Document.objects.get(pk=submission.document_id)

    return hand_in


@pytest.fixture(scope="session")
def scan() -> bytes:
    """A page that is only an image: NOTICE in large letters, as PNG."""
    image = Image.new("L", (1400, 500), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=44)
    for line, text in enumerate(NOTICE.split(". ")):
        draw.text((60, 80 + 110 * line), text, font=font, fill="black")
    out = io.BytesIO()
    image.save(out, format="PNG", dpi=(200, 200))
    return out.getvalue()


@pytest.fixture
def without_token() -> Callable[[bytes], bytes]:
    """A page without what differs each time by design: the token that protects its forms."""

    def without_token(page: bytes) -> bytes:
        kept = []
        for part in page.split(b'"'):
            is_token = len(part) == 64 and part.isalnum()
            kept.append(b"token" if is_token else part)
        return b'"'.join(kept)

    return without_token
