"""A report as its readers see it: sentences with their sources, marks, and what was covered."""

from collections.abc import Callable

import pytest

from donovan.access.models import User
from donovan.library.errors import NotFoundHere
from donovan.reports.content import Paragraph, ReportContent, TableBlock
from donovan.reports.models import Report
from ingest.models import Document
from tests.reports.conftest import BRIDGE_QUESTION, DOCK_QUESTION, MINED_QUESTION, MakeReport, sentences

Read = Callable[[User, Report], ReportContent]


def test_each_sentence_points_at_the_words_it_rests_on(
    bridge_report: Report, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    shown = read(ana, bridge_report)
    closed = next(statement for statement in sentences(shown) if "5 July 2026" in statement.text)
    assert closed.state == "supported"
    source = shown.sources[closed.sources[0] - 1]
    page = archive["bridge"].pages.get(number=1)
    assert source.quote in page.text
    assert f"/documents/{archive['bridge'].pk}/" in source.address
    assert "start=" in source.address
    assert [source.number for source in shown.sources] == list(range(1, len(shown.sources) + 1))


def test_paragraphs_carry_the_marks_of_their_sources_and_the_banner_that_of_everything(
    make_report: MakeReport, read: Read, ana: User
) -> None:
    report = make_report(
        ana, ("question", {"questions": DOCK_QUESTION}), ("question", {"questions": MINED_QUESTION})
    )
    shown = read(ana, report)
    paragraphs = [block for section in shown.sections for block in section.blocks]
    assert [block.portion for block in paragraphs] == ["(S//HARBOR)", "(S//NF)"]
    assert shown.banner == "SECRET//HARBOR//NOFORN"


def test_what_the_model_was_only_shown_raises_the_banner_too(
    make_report: MakeReport, read: Read, ana: User
) -> None:
    report = make_report(ana, ("question", {"questions": BRIDGE_QUESTION}))
    paragraph = next(b for b in read(ana, report).sections[0].blocks if isinstance(b, Paragraph))
    assert paragraph.portion == "(U)"
    assert "NOFORN" in read(ana, report).banner


def test_a_section_without_an_answer_says_so(make_report: MakeReport, read: Read, ana: User) -> None:
    report = make_report(ana, ("question", {"questions": "Who won the chess match on Mars?"}))
    section = read(ana, report).sections[0]
    assert section.notice.endswith(": Who won the chess match on Mars?")
    told = [statement for block in section.blocks for statement in block.statements]
    # What comes closest may be quoted, and is said to be no more than that.
    assert [statement.state for statement in told] in ([], ["not checked", "supported"])
    assert all("surely" in statement.text for statement in told[:1])


def test_the_report_says_what_it_covered_within_the_readers_scope(
    make_report: MakeReport, read: Read, ana: User, chloe: User
) -> None:
    report = make_report(ana, ("documents", {"most": "5"}))
    assert read(ana, report).coverage == "4 documents were at hand, 4 searched and 4 used."
    text = make_report(ana, ("text", {"text": "Nothing else."}))
    Report.objects.filter(pk=text.pk).update(state=Report.State.RELEASED)
    assert read(chloe, text).coverage == "2 documents were at hand, 2 searched and 0 used."


def test_a_table_of_documents_names_each_with_its_marking(
    make_report: MakeReport, read: Read, ana: User
) -> None:
    report = make_report(ana, ("documents", {"most": "2"}))
    table = read(ana, report).sections[0].blocks[0]
    assert isinstance(table, TableBlock)
    assert len(table.rows) == 2
    assert table.columns[0] == "Document"


@pytest.mark.parametrize("name", ["ben", "chloe", "omar", "ada"])
def test_whoever_may_not_read_all_that_was_used_cannot_open_it(
    name: str, make_report: MakeReport, read: Read, ana: User, cast: dict[str, User]
) -> None:
    report = make_report(ana, ("question", {"questions": DOCK_QUESTION}))
    Report.objects.filter(pk=report.pk).update(state=Report.State.RELEASED)
    assert read(ana, report).banner
    with pytest.raises(NotFoundHere):
        read(cast[name], report)
