"""A caption names few sources by footnotes, and many by the list at the end."""

from dataclasses import replace

from donovan.reports.content import ReportContent, TableBlock
from donovan.reports.export.notes import MOST_AT_CAPTION, documents_of, numbered
from donovan.reports.export.printed import PrintedTable, printed


def with_table(content: ReportContent, count: int) -> ReportContent:
    source = content.sources[0]
    sources = tuple(
        replace(source, number=number, document_id=f"document-{number}", title=f"Report {number}")
        for number in range(1, count + 1)
    )
    table = TableBlock("(U)", "Reports", ("Title",), (("Report",),), tuple(range(1, count + 1)))
    section = replace(content.sections[0], blocks=(table,))
    return replace(content, sections=(section,), sources=sources)


def test_many_sources_of_a_table_stand_in_the_list_and_not_at_its_caption(
    report: ReportContent,
) -> None:
    content = with_table(report, MOST_AT_CAPTION + 1)
    block = printed(content).sections[0].blocks[0]
    assert isinstance(block, PrintedTable)
    assert block.notes == ()
    assert f"from {MOST_AT_CAPTION + 1} sources" in block.caption
    assert len(documents_of(numbered(content)[1])) == MOST_AT_CAPTION + 1


def test_few_sources_keep_their_footnotes(report: ReportContent) -> None:
    block = printed(with_table(report, 2)).sections[0].blocks[0]
    assert isinstance(block, PrintedTable)
    assert block.notes == (1, 2)
    assert block.caption == "Reports"
