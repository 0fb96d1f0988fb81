"""PDF, web page, Markdown, JSON and CSV of the rich report."""

import csv
import dataclasses
import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from donovan.reports.content import Declassification, FigureBlock, Paragraph, ReportContent, TableBlock
from donovan.reports.errors import ReportError
from donovan.reports.export import data_csv, docx, forms, html, json, markdown, pdf
from donovan.reports.export.printed import printed
from donovan.reports.export.text import clean
from tests.reports.export.material import BANNER, COVERAGE, HOSTILE, rich_report


def pages_of(path: Path) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]


def test_every_page_of_the_pdf_has_banner_and_number(pdf_file: Path) -> None:
    pages = pages_of(pdf_file)
    assert len(pages) >= 8
    for number, page in enumerate(pages, start=1):
        assert page.count(BANNER) >= 2 and f"Page {number} of {len(pages)}" in page


def test_the_pdf_is_tagged_named_and_has_bookmarks(pdf_file: Path) -> None:
    document = pypdfium2.PdfDocument(pdf_file)
    assert document.get_metadata_value("Title").startswith(BANNER)
    marks = [mark.get_title() for mark in document.get_toc()]
    assert "1. (S//HARBOR//NF) Situation" in marks and "Sources" in marks
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document) == 1


def test_letters_of_four_scripts_stand_in_the_pdf(pdf_file: Path) -> None:
    text = "\n".join(pages_of(pdf_file))
    assert "Порт закрыт" in text and "港口关闭" in text
    assert re.search("[\u0600-\u06ff\ufe70-\ufefc]{3}", text)


def test_letters_that_no_font_has_are_named() -> None:
    # Linear B: no font of an office has it.
    assert pdf.letters_without_font("A harbour Порт") == ""
    assert pdf.letters_without_font("𐀀") == "LINEAR"


def test_the_web_page_needs_nothing_else_and_runs_nothing(web_page: str) -> None:
    page = BeautifulSoup(web_page, "html.parser")
    assert page.find_all(["script", "link", "iframe", "object", "form"]) == []
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": True})["content"]
    for image in page.find_all("img"):
        assert image["src"].startswith("data:image/") and len(image["alt"]) > 20
    for link in page.find_all("a"):
        assert page.find(id=link["href"].removeprefix("#")) is not None
    assert [each.get_text() for each in page.select(".banner")] == [BANNER, BANNER]
    assert clean(HOSTILE) in page.get_text()


def test_markdown_shows_words_and_never_markup_of_documents(report: ReportContent) -> None:
    text = markdown.write(report).decode()
    assert text.startswith(f"**{BANNER}**") and text.rstrip().endswith(f"**{BANNER}**")
    shown = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(text)
    page = BeautifulSoup(shown, "html.parser")
    assert page.find_all(["a", "script", "img"]) == []
    assert clean(HOSTILE) in page.get_text()
    assert len(re.findall(r"^\[\^\d+\]: ", text, flags=re.MULTILINE)) == 12


@pytest.mark.parametrize(
    "hostile",
    [
        "[a](http://x.invalid)",
        "![a](http://x.invalid)",
        "<b>x</b>",
        "# head",
        "1. one",
        "- item",
        "--- ",
        "`code`",
        "a | b",
        "*x* _y_ ~~z~~",
        "&copy;",
        "<http://x.invalid>",
        "[^1]: note",
        "> quote",
        "+ plus",
        "\\[a](b)",
        "WWW.x.invalid a@b.invalid",
    ],
)
def test_escaped_text_reads_as_it_was(hostile: str) -> None:
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown.escaped(hostile))
    page = BeautifulSoup(shown, "html.parser")
    assert page.get_text().strip() == hostile.strip()
    assert {each.name for each in page.find_all(True)} == {"p"}


def test_json_makes_the_same_report_again(report: ReportContent) -> None:
    again = json.read(json.write(report))
    # NaN differs from itself, so the words of both are compared.
    assert repr(again) == repr(json.read(json.write(again)))
    assert again.created_at == report.created_at and again.sources == report.sources
    assert again.sections[0] == report.sections[0] and again.sections[2:] == report.sections[2:]
    tables = [block for block in again.sections[1].blocks if isinstance(block, TableBlock)]
    assert tables[0].rows[0][2] == Decimal("88.50") and type(tables[0].rows[0][2]) is Decimal


def test_json_of_another_kind_is_refused_with_a_sentence() -> None:
    for data in (b"", b"[]", b"{}", b'{"schema": "donovan.report/9"}', b'{"schema": "donovan.report/1"}'):
        with pytest.raises(ReportError):
            json.read(data)


def test_each_table_is_a_marked_csv_with_all_its_rows(report: ReportContent) -> None:
    with zipfile.ZipFile(io.BytesIO(data_csv.write(report))) as archive:
        names = archive.namelist()
        assert names == [
            "(U) table-1-deliveries-by-camp.csv",
            "(S-HARBOR-NF) table-2-vessels-at-anchor-with-draught-cargo-and-times.csv",
            "README.txt",
        ]
        assert archive.read("README.txt").decode().startswith(BANNER)
        rows = list(csv.reader(io.StringIO(archive.read(names[1]).decode("utf-8-sig"), newline="")))
    assert rows[0] == ["(S//HARBOR//NF)"] and rows[1][3] == "draught (m)"
    assert len(rows) == 2 + 130 and rows[2][0] == "Vessel 0"


def one_table(*rows: tuple[Any, ...]) -> ReportContent:
    table = TableBlock("(U)", "One", ("a",), rows)
    section = dataclasses.replace(rich_report().sections[0], blocks=(table,))
    return rich_report(sections=(section,))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1 202 555", "'+1 202 555"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        (" =1", "'=1"),
        ("＝1+1", "'＝1+1"),
        ("-5", "-5"),
        ("+3.25", "+3.25"),
        (-5, "-5"),
        (Decimal("-0.10"), "-0.10"),
        (None, ""),
        (True, "yes"),
        ("plain, with a comma", "plain, with a comma"),
        ('a "quoted" word', 'a "quoted" word'),
    ],
)
def test_a_cell_never_acts_and_a_number_stays_a_number(value: Any, shown: str) -> None:
    data = data_csv.write(one_table((value,)))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[:2] == [["(U)"], ["a"]]
    assert (rows[2] if rows[2] else [""]) == [shown]


def test_a_report_without_tables_says_so() -> None:
    with pytest.raises(ReportError, match="no table"):
        data_csv.write(rich_report(sections=rich_report().sections[:1]))


@pytest.mark.parametrize("key", forms.FORMS)
def test_every_file_carries_the_marking_in_its_name_and_bytes(report: ReportContent, key: str) -> None:
    exported = forms.write(report, key)
    assert exported.name.startswith("(S-HARBOR-NF) Situation at the harbour")
    if key in ("md", "html", "json"):
        assert BANNER.encode() in exported.data
    assert exported.name.endswith(".zip" if key == "csv" else f".{key}")


def test_a_form_that_is_not_there_is_a_sentence() -> None:
    for name in ("report", "report.xyz", "a.b/report"):
        with pytest.raises(ReportError, match=r"\.docx, \.pdf"):
            forms.form_of_file(name)
    assert forms.form_of_file("A.Report.DOCX").key == "docx"


def test_a_missing_portion_is_protected_as_the_whole_report() -> None:
    bare = Paragraph("", rich_report().sections[0].blocks[1].statements)  # type: ignore[union-attr]
    section = dataclasses.replace(rich_report().sections[0], blocks=(bare,), portion="")
    shown = printed(rich_report(sections=(section,)))
    assert shown.sections[0].portion == shown.sections[0].blocks[0].portion == "(S//HARBOR//NF)"


def test_a_classified_report_without_an_authority_block_is_warned_of() -> None:
    words = "The classification authority block is not filled in."
    bare = printed(rich_report(declassification=Declassification()))
    assert any(warning.startswith(words) for warning in bare.warnings)
    low = printed(rich_report(declassification=Declassification(), banner="UNCLASSIFIED", portion="(U)"))
    assert not any(warning.startswith(words) for warning in low.warnings)


def test_a_released_report_names_who_released_it() -> None:
    released = rich_report(released_by="Rita Novak", released_at=datetime(2026, 3, 9, tzinfo=UTC))
    page = html.write(released).decode()
    assert "Released by Rita Novak on 09 March 2026" in page and "REVIEW REQUIRED" not in page


def test_a_chart_that_cannot_be_drawn_leaves_its_words_and_the_other_pictures() -> None:
    whole = rich_report().sections[1]
    broken = FigureBlock(
        "(U)", "Broken", {"mark": {"type": "no such mark"}, "encoding": 5}, "What it would show."
    )
    page = html.write(rich_report(sections=(dataclasses.replace(whole, blocks=(broken, *whole.blocks)),)))
    assert "cannot be drawn" in page.decode() and "What it would show." in page.decode()
    assert page.count(b"<img ") == 1


def test_an_empty_report_is_still_a_whole_file() -> None:
    empty = rich_report(title="", sections=(), sources=(), warnings=(), portion="", subject="")
    assert docx.write(empty).startswith(b"PK")
    assert pdf.write(empty).startswith(b"%PDF")
    assert COVERAGE in markdown.write(empty).decode()
