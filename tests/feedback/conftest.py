"""One answered question of ana's over one SECRET page, made of rows, for judging."""

from types import SimpleNamespace

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.assistant.models import Answer, Citation, Claim, Thread
from ingest.models import Blob, Document, Page, Passage, Status

TEXT = "The bridge at Kessa reopened on 12 March 2026. Two lanes are open."


@pytest.fixture
def judged(ana, collections) -> SimpleNamespace:
    label = label_for("relief", parse_marking("SECRET//NOFORN"))
    blob = Blob.objects.create(digest="a" * 64, size=1)
    document = Document.objects.create(
        blob=blob, label=label, name="bridge.txt", title="Bridge report", status=Status.READY
    )
    page = Page.objects.create(document=document, number=1, text=TEXT)
    passage = Passage.objects.create(
        document=document, page=page, ordinal=0, label=label, text=TEXT, start=0, end=len(TEXT)
    )
    thread = Thread.objects.create(owner=ana, title="Bridge")
    answer = Answer.objects.create(
        thread=thread,
        owner=ana,
        question="When did the bridge reopen?",
        state=Answer.State.DONE,
        text=TEXT[:46],
        labels=[label],
        marking="SECRET//NOFORN",
        model="scripted",
        prompt="ask.v1",
    )
    claim = Claim.objects.create(answer=answer, ordinal=0, text=TEXT[:46], is_supported=True)
    Citation.objects.create(
        claim=claim,
        document=document,
        passage_id=passage.pk,
        page=1,
        start=0,
        end=46,
        quote=TEXT[:46],
        label=label,
    )
    return SimpleNamespace(answer=answer, claim=claim, passage=passage, document=document, label=label)
