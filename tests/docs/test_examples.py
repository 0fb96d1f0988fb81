"""The examples of docs/extending.md, run as they stand there, against what all of their kind pass."""

import importlib
import re
import types
from collections.abc import Iterator
from datetime import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.insight.anomalies.checks import examination
from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.settings import Settings
from donovan.reports.sections.contract import MadeTable, SectionWork
from donovan.ui import slots
from ingest import identify, sandbox_child
from ingest.models import Blob, Document, Status
from ingest.protocol import Ended, Event, PageRead, emit, parse_event
from ingest.sandbox_child import Job
from tests.docs.pages import ROOT
from tests.insight.anomalies.sheets import column, sheet
from tests.insight.entities import test_recognisers_contract as recognisers
from tests.llm.contract import ProviderContract

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: ([a-z ]+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))
CAPTIONS = """1
00:00:01,000 --> 00:00:04,000
The bridge is open.

2
00:00:05,000 --> 00:00:07,000
For light
vehicles.
"""


def example(name: str) -> types.ModuleType:
    """An example as a module of its own."""
    module = types.ModuleType(f"example_{name.replace(' ', '_')}")
    exec(compile(EXAMPLES[name], f"docs/extending.md, {name}", "exec"), module.__dict__)  # noqa: S102
    return module


def test_every_example_is_run_here_and_fits_on_a_line() -> None:
    assert set(EXAMPLES) == {"reader", "section", "check", "addition", "recogniser", "language model"}
    assert PAGE.count("```python") == len(EXAMPLES)
    assert [line for code in EXAMPLES.values() for line in code.splitlines() if len(line) > 110] == []


def test_the_reader_reads_in_the_form_that_the_parent_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_import = importlib.import_module
    reader = example("reader")
    monkeypatch.setitem(identify.KINDS, "subtitles", ("subtitles (SRT)", "application/x-subrip"))
    monkeypatch.setitem(identify._EXTENSIONS, "srt", "subtitles")
    monkeypatch.setattr(identify, "_text_kind", lambda head, extension: identify._EXTENSIONS[extension])
    monkeypatch.setitem(sandbox_child._READERS, "subtitles", "the reader of the example")
    monkeypatch.setattr(
        importlib,
        "import_module",
        lambda name, *more: reader if name == "the reader of the example" else real_import(name, *more),
    )
    path = tmp_path / "talk.srt"
    path.write_text(CAPTIONS)
    events = list(passed_on(sandbox_child.events(Job(path, path.name, tmp_path))))
    assert isinstance(events[-1], Ended)
    (page,) = (event for event in events if isinstance(event, PageRead))
    assert page.text == "The bridge is open.\n\nFor light vehicles."


def passed_on(events: Iterator[Event]) -> Iterator[Event]:
    """Events as they come out of the sandbox: written, and read by a parent that trusts nothing."""
    for event in events:
        stream = StringIO()
        emit(stream, event)
        yield parse_event(stream.getvalue().encode())


def test_the_section_counts_what_its_author_may_read_and_nothing_else(cast: dict[str, User]) -> None:
    for name, marking, language in (
        ("a", "UNCLASSIFIED", "en"),
        ("b", "SECRET//NOFORN", "es"),
        ("c", "CUI", "en"),
    ):
        Document.objects.create(
            blob=Blob.objects.create(digest=name * 64, size=1),
            name=f"{name}.txt",
            label=label_for("relief", parse_marking(marking)),
            languages=[language],
            status=Status.READY,
        )
    section = example("section").LanguagesSection()
    told: list[tuple[int, int, str]] = []
    rows = {}
    for name in ("ana", "ben", "omar"):
        work = SectionWork({}, cast[name], scope_for(cast[name]), "", "", lambda *said: told.append(said))
        made = section.make(work)
        assert made.labels == set(made.used.values())
        rows[name] = [row for block in made.blocks if isinstance(block, MadeTable) for row in block.rows]
    assert rows == {"ana": [("English", 2), ("Spanish", 1)], "ben": [("English", 2)], "omar": []}
    assert made.notice == "There is no document to count."
    assert told == [(0, 1, "")] * 3
    assert section.checked({}) == {}


def test_the_check_finds_the_one_time_with_seconds_and_leaves_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(examination._OF_ONE_SHEET, "seconds", example("check").check_seconds)

    def found(cells: list[time]) -> list[Detection]:
        one = sheet(column("left", "time", cells))
        return examination.examine([one], {one.key: Settings(checks=("seconds",))})

    whole = [time(8 + hour, 30) for hour in range(12)]
    assert found(whole) == []
    (one,) = found([*whole, time(9, 30, 17)])
    assert (one.kind, one.rows, one.column) == ("impossible value", (14,), "left")
    assert one.why and one.method and one.choice and one.baseline


def test_the_addition_comes_after_what_is_on_the_page_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_fragments", dict(slots._fragments))
    monkeypatch.setattr(slots, "_places", dict(slots._places))
    example("addition").TermsConfig.ready(None)
    below = [one.template for one in slots.fragments_in("library.document.below", "analyst")]
    assert below[-1] == "terms/_of_document.html"
    assert len(below) > 1
    order = [one.name for one in slots.places()]
    assert order.index("Reports") < order.index("Terms") < order.index("Labelling")
    assert len({one.key for one in slots.places()}) == len(order)


@pytest.mark.parametrize("text", recognisers.TEXTS, ids=range(len(recognisers.TEXTS)))
def test_the_recogniser_keeps_the_promises_of_all(text: str) -> None:
    recogniser = example("recogniser").CallSignRecogniser()
    recognisers.test_every_mention_is_what_stands_there(recogniser, text)
    recognisers.test_the_same_text_gives_the_same_answer_in_order(recogniser, "en")
    (call_sign,) = recogniser.find("This is HARBOR 21, over.", "en")
    assert call_sign.text == "HARBOR 21"


class TestTheLanguageModel(ProviderContract):
    """The provider of the example passes what every provider passes."""

    @pytest.fixture
    def model(self) -> Any:
        return example("language model").EchoModel()
