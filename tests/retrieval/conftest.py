"""Documents made straight in the database, indexed by the real code with the real embedding model."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import LazySettings

from ingest.models import Blob, Document, Page, Passage, Stage, Status
from retrieval import opened

RELIEF = "relief|UNCLASSIFIED"
SECRET = "relief|SECRET//NOFORN"
_NAMES = uuid.UUID("0f6e3a5e-47d5-4b1e-8f0e-6b7f4c2d9a11")


@dataclass(frozen=True)
class Text:
    """A document to be made: its passages, and what filters look at."""

    name: str
    passages: tuple[str, ...]
    label: str = RELIEF
    language: str = "en"
    title: str = ""
    date: str | None = None
    media_type: str = "text/plain"


def make(text: Text) -> Document:
    """A document that waits for the index, as ingest leaves it. The same name always gets the same id."""
    digest = hashlib.sha256(f"{text.label}{text.name}".encode()).hexdigest()
    blob, _ = Blob.objects.get_or_create(digest=digest, defaults={"size": 1})
    document = Document.objects.create(
        id=uuid.uuid5(_NAMES, text.name),
        blob=blob,
        label=text.label,
        name=text.name,
        title=text.title or text.name,
        media_type=text.media_type,
        document_date=text.date,
        status=Status.RUNNING,
        stage=Stage.EMBED,
    )
    page = Page.objects.create(document=document, number=1, text="\n".join(text.passages))
    start = 0
    for ordinal, passage in enumerate(text.passages):
        Passage.objects.create(
            document=document,
            page=page,
            ordinal=ordinal,
            label=text.label,
            text=passage,
            start=start,
            end=start + len(passage),
            language=text.language,
        )
        start += len(passage) + 1
    return document


@pytest.fixture(autouse=True)
def _own_index(settings: LazySettings, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    opened.forget_all()
    yield
    opened.forget_all()


@pytest.fixture
def texts(db: None) -> Callable[..., list[Document]]:
    """Make documents that wait for the index."""
    return lambda *some: [make(text) for text in some]


HARBOUR = Text("harbour", ("The harbour crane is broken and ships wait outside.", "Fuel arrives on Tuesday."))
CLINIC = Text("clinic", ("The field clinic treated forty patients for cholera.",))
BRIDGE = Text("bridge", ("Engineers repaired the bridge over the Orla river.",), date="2024-03-02")
PLAN = Text("plan", ("The landing begins at dawn; the harbour crane will be seized.",), label=SECRET)
