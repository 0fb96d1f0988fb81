"""Rows lead to their document, at the words, and only to those that the reader may read now."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.feedback.datasets.places import addresses_of
from donovan.feedback.datasets.publishing import publish
from donovan.feedback.projects.models import LabelProject, ProjectItem
from ingest.models import Document
from tests.assistant.material import add_document
from tests.feedback.datasets.conftest import row

WORDS = "Lanes one and two of the bridge are open."


@pytest.fixture
def papers(cast, collections) -> SimpleNamespace:
    """A document, and rows made of it in every way; one row is of a document that is nowhere."""
    document = add_document("Bridge report", WORDS)
    project = LabelProject.objects.create(
        owner=cast["ana"], title="Spans", template="entities", task="document_class"
    )
    item = ProjectItem.objects.create(
        project=project,
        ordinal=1,
        input={"text": WORDS},
        origin={"page": 1, "start": 6, "end": 9},
        labels=[document.label],
        labels_digest="x",
        marking="UNCLASSIFIED",
        document=document,
    )
    passage = document.passages.get()
    key = str(document.pk)
    named = {"text": WORDS, "passage_id": passage.pk}
    rows = [
        row(1, document=key, item=str(item.pk)),
        row(2, document=key, input=named),
        row(3, document=key),
        row(4, document="elsewhere-7", input={**named, "passage_id": "p9"}),
        row(5, document="elsewhere-7", documents=["elsewhere-7", key]),
    ]
    return SimpleNamespace(document=document, rows=rows, passage=passage)


def place(address: str) -> tuple[str, ...]:
    told = parse_qs(urlsplit(address).query)
    return tuple(told[name][0] for name in ("page", "start", "end") if name in told)


def test_a_row_leads_to_the_words_it_was_made_of(papers, mia_calls) -> None:
    found = addresses_of(papers.rows, mia_calls.scope)
    document = reverse("library:document", args=[papers.document.pk])
    assert {urlsplit(address).path for address in found.values()} == {document}
    assert {key: place(address) for key, address in found.items()} == {
        "r0001": ("1", "6", "9"),
        "r0002": ("1", "0", str(len(WORDS))),
        "r0003": ("1",),
        "r0005": ("1",),
    }


def test_a_document_that_may_not_be_read_now_is_led_to_by_nobody(papers, caller_of) -> None:
    Document.objects.update(label=label_for("relief", parse_marking("SECRET//HARBOR")))
    assert addresses_of(papers.rows, caller_of("ben").scope) == {}
    assert len(addresses_of(papers.rows, caller_of("mia").scope)) == 4


def test_titles_of_rows_open_the_document_and_are_no_links_without_one(
    client_for, papers, caller_of, mia
) -> None:
    label = label_for("relief", parse_marking("UNCLASSIFIED"))
    rows = [{**each, "labels": [label]} for each in papers.rows[2:4]]
    version = publish(caller_of("mia"), "papers", "document_class", rows, {}, action="built").version
    page = client_for(mia).get(reverse("datasets:rows", args=[version.dataset_id, 1])).text
    assert page.count(f'<h3><a href="{reverse("library:document", args=[papers.document.pk])}?page=1">') == 1
    assert 'href="#row-' not in page
