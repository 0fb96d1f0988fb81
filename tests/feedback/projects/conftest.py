"""A label project of ana's: five pages in two markings, and people who may read one or both.

Everybody reads the UNCLASSIFIED ones; of ana, ben, chloe, rita and mia only ana, rita and mia read the two
that are SECRET//NOFORN.
"""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.feedback.projects import items, members, services
from donovan.feedback.projects.models import LabelProject, ProjectItem
from donovan.library.callers import Caller
from ingest.models import Blob, Document, Page, Passage, Status

OPEN_TEXTS = (
    "To all posts: report the state of bridges by noon tomorrow.",
    "Situation report: two lanes of the bridge at Kessa are open since dawn.",
    "Dear colleague, thank you for the maps that arrived last week.",
)
SECRET_TEXTS = (
    "Order: move the second convoy to Port Alma before nightfall.",
    "Record of stocks: 40 tents, 12 pumps, 300 blankets in the northern store.",
)


def make_document(name: str, text: str, label: str) -> Document:
    """A ready document of one page and one passage."""
    digest = f"{abs(hash((name, text, label))):064d}"[-64:]
    blob, _ = Blob.objects.get_or_create(digest=digest, defaults={"size": len(text)})
    document = Document.objects.create(
        blob=blob, label=label, name=f"{name}.txt", title=name, status=Status.READY
    )
    page = Page.objects.create(document=document, number=1, text=text, language="en")
    Passage.objects.create(
        document=document, page=page, ordinal=0, label=label, text=text, start=0, end=len(text), language="en"
    )
    return document


@pytest.fixture
def called(cast: dict[str, User]) -> Callable[[User], Caller]:
    """`called(ana)` is Ana in a request of this moment."""
    return lambda user: Caller.named(user, source="test")


@pytest.fixture
def world(cast: dict[str, User]) -> SimpleNamespace:
    """The documents and their two labels."""
    low = label_for("relief", parse_marking("UNCLASSIFIED"))
    high = label_for("relief", parse_marking("SECRET//NOFORN"))
    return SimpleNamespace(
        low=low,
        high=high,
        low_documents=[make_document(f"open {n}", text, low) for n, text in enumerate(OPEN_TEXTS)],
        high_documents=[make_document(f"closed {n}", text, high) for n, text in enumerate(SECRET_TEXTS)],
    )


@pytest.fixture
def draft(ana: User, world: SimpleNamespace, called: Callable[[User], Caller]) -> LabelProject:
    """A draft of document classes over all five documents, labelled by ana, ben and rita."""
    project = services.create_project(called(ana), template="document_class", title="Kinds of papers")
    ids = [document.pk for document in [*world.low_documents, *world.high_documents]]
    items.add_documents(called(ana), project.pk, ids)
    for name in ("ana", "ben", "rita"):
        members.add_member(called(ana), project.pk, username=name, role="labeller")
    members.add_member(called(ana), project.pk, username="mia", role="adjudicator")
    members.add_member(called(ana), project.pk, username="mia", role="reviewer")
    project.refresh_from_db()
    return project


@pytest.fixture
def running(ana: User, draft: LabelProject, called: Callable[[User], Caller]) -> LabelProject:
    """The same, given out: two people an item, at most three, no known answers."""
    services.change_project(called(ana), draft.pk, overlap=2, most_people=3, gold_share=0.0)
    services.release(called(ana), draft.pk)
    draft.refresh_from_db()
    return draft


def item_about(project: LabelProject, words: str) -> ProjectItem:
    """The one item whose text holds these words."""
    return next(item for item in project.items.all() if words in item.input["text"])
