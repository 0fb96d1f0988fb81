"""A timeline holds what was told of days, and neither rows of tables nor dates at the head of papers."""

from datetime import date

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.entities.services import extract_entities
from donovan.reports.sections import kind_named
from donovan.reports.sections.contract import MadeParagraph, SectionWork
from ingest.models import Document
from tests.assistant.material import add_document, index_all

TEXT = """051200Z JUL 26

The Orlov bridge was closed by the engineers on 5 July 2026.

Item: rice | Quantity: 40 | Last counted: 2026-07-06 | Pallets: 3 | Place: the Zeta depot in town

The treaty of the two ports was signed in the old town hall on 3 March 1998.

The water at the harbour was declared safe again on 9 July 2026.
"""


def told(user: User, **settings: str) -> list[str]:
    kind = kind_named("timeline")
    work = SectionWork(
        settings=kind.checked(settings),
        author=user,
        scope=scope_for(user),
        collection="",
        report_title="Report",
        on_progress=lambda _done, _total, _words: None,
    )
    blocks = [block for block in kind.make(work).blocks if isinstance(block, MadeParagraph)]
    return [statement.text for block in blocks for statement in block.statements]


def given() -> None:
    document = add_document("Report", TEXT)
    index_all()
    Document.objects.filter(pk=document.pk).update(document_date=date(2026, 7, 9))
    extract_entities(document.pk)


def test_without_a_time_the_two_weeks_up_to_the_newest_document_are_told(ana: User) -> None:
    given()
    assert told(ana) == [
        "5 July 2026: “The Orlov bridge was closed by the engineers on 5 July 2026.”",
        "9 July 2026: “The water at the harbour was declared safe again on 9 July 2026.”",
    ]


def test_of_too_many_events_the_latest_are_told(ana: User) -> None:
    given()
    assert [text[:6] for text in told(ana, most="1")] == ["9 July"]


def test_an_earlier_time_is_told_when_asked_for(ana: User) -> None:
    given()
    assert [text[:12] for text in told(ana, since="1998-01-01", until="1998-12-31")] == ["3 March 1998"]
