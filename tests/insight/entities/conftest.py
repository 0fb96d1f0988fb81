"""Documents read by the real recognisers, kept, and looked at through somebody's scope."""

from collections.abc import Callable
from typing import Protocol

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities.extraction import PageText, extract
from donovan.insight.entities.recognisers import default_recognisers
from donovan.insight.entities.recognition import Found
from donovan.insight.entities.selectors import EntityRow, entities_in
from donovan.insight.entities.services import extract_entities
from ingest.models import Document
from tests.library.conftest import HandIn, hand_in

__all__ = ["hand_in"]

SECRET = "SECRET//NOFORN"


class Read(Protocol):
    def __call__(self, text: str, name: str = "note.txt", *, marking: str = "UNCLASSIFIED") -> Document: ...


@pytest.fixture
def read(hand_in: HandIn, ana: User) -> Read:
    """Hands a text in as Ana and looks for names in it."""

    def read(text: str, name: str = "note.txt", *, marking: str = "UNCLASSIFIED") -> Document:
        document = hand_in(ana, text, name, marking=marking)
        extract_entities(document.pk)
        return document

    return read


@pytest.fixture
def seen_by(db: None) -> Callable[[User], dict[str, EntityRow]]:
    """What somebody sees in the list of entities, by name."""
    return lambda user: {row.name: row for row in entities_in(scope_for(user), limit=200).rows}


def found_in(text: str, language: str = "en") -> list[Found]:
    """What the default parts find in a text, after the document was brought into agreement."""
    batches = extract([PageText(1, text, language)], default_recognisers(), None)
    return [mention.found for batch in batches for mention in batch.mentions]
