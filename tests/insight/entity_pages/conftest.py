"""Documents about places and dates, read and with their entities found."""

from collections.abc import Callable
from datetime import date

import pytest

from donovan.insight.entities.services import extract_entities
from ingest.models import Document
from tests.insight.trends.conftest import MakePaper, paper
from tests.library.conftest import without_token

__all__ = ["paper", "without_token"]

MakeReport = Callable[..., Document]


@pytest.fixture
def report(paper: MakePaper) -> MakeReport:
    """`report("text", marking="CUI")` is a document in which the entities have been found."""

    def report(text: str, day: date | None = date(2026, 9, 3), **given: str) -> Document:
        document = paper(text, day, **given)
        extract_entities(document.pk)
        return document

    return report
