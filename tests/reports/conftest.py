"""A small archive under several markings, and reports made of it by the real parts."""

from collections.abc import Callable
from typing import Protocol

import pytest

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.library.callers import Caller
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import building, content, jobs, services
from donovan.reports.models import Design, Report
from ingest.models import Document
from tests.assistant.material import add_document, index_all
from tests.library.conftest import hand_in
from tests.support.index import own_index  # noqa: F401 - for every test here

__all__ = ["hand_in"]

BRIDGE = """Situation report 12: Orlov bridge

The Orlov bridge was closed on 5 July 2026 after rubble fell on it.
Load limit: 40 tonnes
Engineer in charge: Captain Elena Marsh
"""
SECRET = "The Kestrel group mined the Orlov bridge on 3 July 2026, according to a captured diary."
HARBOR = "The Lamar dock was surveyed by diver team Nine on 8 July 2026."
DEPOT = "The Zeta depot holds 250 litres of fuel."

BRIDGE_QUESTION = "When was the Orlov bridge closed?"
MINED_QUESTION = "Who mined the Orlov bridge?"
DOCK_QUESTION = "Who surveyed the Lamar dock?"
DEPOT_QUESTION = "How much fuel does the Zeta depot hold?"


@pytest.fixture
def archive(cast: dict[str, User]) -> dict[str, Document]:
    """Four documents: two for everybody, one for NOFORN eyes, one in the compartment."""
    made = {
        "bridge": add_document("Situation report 12 — Orlov bridge", BRIDGE),
        "secret": add_document("Assessment 3", SECRET, marking="SECRET//NOFORN"),
        "harbor": add_document("Survey of the dock", HARBOR, marking="SECRET//HARBOR"),
        "depot": add_document("Inventory", DEPOT),
    }
    index_all()
    return made


class MakeReport(Protocol):
    def __call__(self, user: User, *sections: tuple[str, dict[str, str]], is_made: bool = True) -> Report: ...


@pytest.fixture
def make_report(archive: dict[str, Document]) -> MakeReport:
    """`make_report(ana, ("question", {...}), ...)` is a report of these sections, made unless told otherwise.

    The model writes nothing, so that every sentence is a checked quotation.
    """

    def make(user: User, *sections: tuple[str, dict[str, str]], is_made: bool = True) -> Report:
        design = Design.objects.create(
            owner=user,
            name="Test",
            sections=[
                {"key": f"part-{number}", "kind": kind, "heading": f"Part {number}", "settings": settings}
                for number, (kind, settings) in enumerate(sections, start=1)
            ],
        )
        caller = Caller.named(user, source="test")
        report = services.start_report(caller, f"own:{design.pk}", title="Report on the Orlov bridge")
        if is_made:
            with using(ScriptedModel([""])):
                report = jobs.run_report(report.pk)
        return report

    return make


@pytest.fixture
def bridge_report(make_report: MakeReport, ana: User) -> Report:
    """Ana's report with one question, which only unclassified words answer."""
    return make_report(ana, ("question", {"questions": BRIDGE_QUESTION}))


@pytest.fixture
def read() -> Callable[[User, Report], content.ReportContent]:
    """`read(ana, report)` is the report as Ana sees it now."""

    def read(user: User, report: Report) -> content.ReportContent:
        return building.content_of(Report.objects.get(pk=report.pk), scope_for(user), user)

    return read


def sentences(shown: content.ReportContent) -> list[content.Statement]:
    """All statements of a report, in order."""
    return [
        statement
        for section in shown.sections
        for block in section.blocks
        if isinstance(block, content.Paragraph)
        for statement in block.statements
    ]
