"""Handing in bytes and taking them through the pipeline, with the real sandbox, readers and Tesseract."""

import io
from collections.abc import Callable

import pytest

from ingest import pipeline, services
from ingest.models import Document

Take = Callable[..., Document]
LABEL = "relief|UNCLASSIFIED"


@pytest.fixture
def hand_in(db: None) -> Take:
    """Receive bytes under a name, without working on them."""

    def act(content: bytes, name: str, label: str = LABEL) -> Document:
        return services.receive(io.BytesIO(content), name=name, label=label, received_by="ana").document

    return act


@pytest.fixture
def take(hand_in: Take) -> Take:
    """Receive bytes under a name and take them through the pipeline, attachments too."""

    def act(content: bytes, name: str, label: str = LABEL) -> Document:
        document = hand_in(content, name, label)
        pipeline.process(document.pk)
        while waiting := pipeline.next_waiting():
            pipeline.process(waiting)
        document.refresh_from_db()
        return document

    return act
