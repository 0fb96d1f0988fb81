"""Slides, OpenDocument, RTF and e-books: what a person would read there is read, in its order."""

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.models import Document, Status

from . import files

Take = Callable[..., Document]
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def pages_of(document: Document) -> list[str]:
    return list(document.pages.order_by("number").values_list("text", flat=True))


def deck() -> bytes:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Crossing at Kilo Two"
    lower = slide.shapes.add_textbox(Inches(1), Inches(5), Inches(4), Inches(1))
    lower.text_frame.text = "The ferry runs twice a day."
    upper = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(1))
    upper.text_frame.text = "The bridge carries light vehicles only."
    slide.notes_slide.notes_text_frame.text = "Do not mention the ford."
    second = made.slides.add_slide(made.slide_layouts[5])
    second.shapes.title.text = "Stocks"
    table = second.shapes.add_table(3, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for row, cells in enumerate((("Depot", "Water"), ("Cray Hill", "30"), ("Aldermoor", "60"))):
        for column, words in enumerate(cells):
            table.cell(row, column).text = words
    data = CategoryChartData()
    data.categories = ["May", "June"]
    data.add_series("Convoys", (12, 19))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(4), Inches(4), Inches(2), data)
    third = made.slides.add_slide(made.slide_layouts[6])
    third._element.set("show", "0")
    fax = files.image_bytes(files.picture(("North gate opens with token 58",), size=(1400, 300)))
    third.shapes.add_picture(io.BytesIO(fax), Inches(1), Inches(1), width=Inches(6))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_each_slide_is_a_page_with_its_table_chart_picture_and_notes(take: Take) -> None:
    first, second, third = pages_of(take(deck(), "brief.pptx"))
    assert first.split("\n\n") == [
        "Crossing at Kilo Two",
        "The bridge carries light vehicles only.",
        "The ferry runs twice a day.",
        "Speaker's notes: Do not mention the ford.",
    ]
    assert "Depot: Cray Hill | Water: 30" in second
    assert "Category: May | Convoys: 12" in second
    assert third.startswith("[hidden slide]") and "North gate opens with token 58" in third


def opened(kind: str, body: str) -> bytes:
    """An OpenDocument file with this body."""
    spaces = " ".join(
        f'xmlns:{prefix}="{ODF}:{name}:1.0"'
        for prefix, name in (
            ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
            ("presentation", "presentation"),
        )
    )  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        parts.writestr(
            "content.xml",
            f'<office:document-content {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        )
    return out.getvalue()


def test_an_open_document_text_is_read_in_order_without_what_was_deleted(take: Take) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>2,500 crowns</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        '<text:h text:outline-level="1">Lease of Pier 8</text:h>'
        "<text:p>The rent is<text:s/>3,800 crowns<office:annotation><dc:creator>Beck</dc:creator>"
        "<text:p>Not below 3,600.</text:p></office:annotation>, in advance.</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Item</text:p></table:table-cell>"
        "<table:table-cell><text:p>Place</text:p></table:table-cell></table:table-row><table:table-row>"
        "<table:table-cell><text:p>Water</text:p></table:table-cell><table:table-cell>"
        "<text:p>Pier 3</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = take(opened("text", body), "lease.odt")
    assert document.title == "Lease of Pier 8"
    (text,) = pages_of(document)
    assert text.split("\n\n") == [
        "Lease of Pier 8",
        "The rent is 3,800 crowns, in advance.",
        "Comment by Beck: Not below 3,600.",
        "Item | Place\nItem: Water | Place: Pier 3",
    ]


def test_sheets_and_slides_of_open_documents_are_pages(take: Take) -> None:
    sheet = (
        '<table:table table:name="{}"><table:table-row><table:table-cell><text:p>Depot</text:p>'
        "</table:table-cell><table:table-cell><text:p>Water</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row><table:table-row>'
        "<table:table-cell><text:p>{}</text:p></table:table-cell><table:table-cell><text:p>30</text:p>"
        '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048574">'
        "<table:table-cell/></table:table-row></table:table>"
    )
    book = take(
        opened("spreadsheet", sheet.format("May", "Cray Hill") + sheet.format("June", "Lipa")), "w.ods"
    )
    assert [text.split("\n\n")[0] for text in pages_of(book)] == ["May", "June"]
    assert "Depot: Lipa | Water: 30" in pages_of(book)[1]
    slide = (
        "<draw:page><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></draw:page>"
    )
    slides = take(opened("presentation", slide.format("First") + slide.format("Second")), "talk.odp")
    assert pages_of(slides) == ["First", "Second"]


def test_rtf_is_read_with_its_letters(take: Take) -> None:
    content = rb"{\rtf1\ansi\ansicpg1252 The rent in K\'f6ln is 3,800 crowns.\par The tenant is \u1040?.\par}"
    (text,) = pages_of(take(content, "lease.rtf"))
    assert text == "The rent in Köln is 3,800 crowns.\n\nThe tenant is А."


def test_the_chapters_of_an_e_book_come_in_the_order_of_its_spine(take: Take) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("mimetype", "application/epub+zip")
        parts.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        )
        parts.writestr(
            "OPS/book.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Tides</dc:title></metadata>'
            '<manifest><item id="b" href="b.xhtml"/><item id="a" href="a%20one.xhtml"/></manifest>'
            '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        parts.writestr("OPS/b.xhtml", "<html><body><p>The second chapter.</p></body></html>")
        parts.writestr("OPS/a one.xhtml", "<html><body><p>The first chapter.</p></body></html>")
    document = take(out.getvalue(), "tides.epub")
    assert (document.title, pages_of(document)) == ("Tides", ["The first chapter.", "The second chapter."])


def test_a_web_page_that_calls_itself_pdf_is_read_as_what_it_is(take: Take) -> None:
    document = take(b"<!doctype html><html><body><p>Boil the water.</p></body></html>", "notice.pdf")
    assert pages_of(document) == ["Boil the water."]
    assert "The name says PDF, but the content is HTML" in document.error


@pytest.mark.parametrize("name", ["broken.pptx", "broken.odt", "broken.epub"])
def test_a_broken_file_gets_a_sentence(take: Take, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        kind = {"broken.odt": "vnd.oasis.opendocument.text", "broken.epub": "epub+zip"}.get(name, "")
        if kind:
            parts.writestr("mimetype", f"application/{kind}")
        parts.writestr("ppt/presentation.xml" if not kind else "content.xml", "<broken")
    document = take(out.getvalue(), name)
    assert document.status == Status.FAILED
    assert "damaged or incomplete" in document.error


def test_the_heads_and_feet_of_pages_are_read_in_every_format(take: Take) -> None:
    """Markings stand there, and what a file bears is held against its label."""
    rtf = rb"{\rtf1\ansi{\header\pard RESTRICTED DRAFT\par}{\footer Copy {\b 3}\par}The ferry runs.\par}"
    (text,) = pages_of(take(rtf, "note.rtf"))
    assert text.split("\n\n") == ["RESTRICTED DRAFT", "The ferry runs.", "Copy 3"]

    out = io.BytesIO(opened("text", "<text:p>The ferry runs.</text:p>"))
    with zipfile.ZipFile(out, "a") as parts:
        edge = "<style:{0}><text:p>{1}</text:p></style:{0}>"
        parts.writestr(
            "styles.xml",
            f'<office:document-styles xmlns:office="{ODF}:office:1.0" xmlns:style="{ODF}:style:1.0" '
            f'xmlns:text="{ODF}:text:1.0">{edge.format("header", "RESTRICTED DRAFT")}'
            f"{edge.format('footer', 'Copy 3')}</office:document-styles>",
        )
    (text,) = pages_of(take(out.getvalue(), "note.odt"))
    assert text.split("\n\n") == ["RESTRICTED DRAFT", "The ferry runs.", "Copy 3"]

    book = openpyxl.Workbook()
    book.active.append(["Depot", "Water"])
    book.active.append(["Lipa", 30])
    book.active.oddHeader.center.text = "RESTRICTED DRAFT"
    book.active.oddFooter.left.text = "Copy &P"
    kept = io.BytesIO()
    book.save(kept)
    (text,) = pages_of(take(kept.getvalue(), "water.xlsx"))
    assert text.startswith("RESTRICTED DRAFT") and text.rstrip().endswith("Copy")


def test_a_chart_of_any_kind_and_size_is_read(take: Take) -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    data = CategoryChartData()
    data.categories = [f"day {number}" for number in range(700)]
    data.add_series("Convoys", [number % 40 for number in range(700)])
    place = (Inches(1), Inches(1), Inches(4), Inches(2))
    slide.shapes.add_chart(XL_CHART_TYPE.LINE, *place, data)
    chart = slide.shapes[0].chart._chartSpace
    for line in chart.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}lineChart"):
        line.tag = line.tag.replace("lineChart", "line3DChart")
    out = io.BytesIO()
    made.save(out)
    assert "Category: day 699 | Convoys: 19" in "\n".join(pages_of(take(out.getvalue(), "chart.pptx")))


def test_rows_that_stand_for_several_and_lists_in_cells_are_read(take: Take) -> None:
    body = (
        '<table:table table:name="May"><table:table-row><table:table-cell><text:p>Depot</text:p>'
        "</table:table-cell><table:table-cell><text:p>Water</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell><text:list><text:list-item>'
        "<text:p>Lipa</text:p></text:list-item></text:list></table:table-cell><table:table-cell>"
        "<text:p>30</text:p></table:table-cell></table:table-row></table:table>"
    )
    (text,) = pages_of(take(opened("spreadsheet", body), "water.ods"))
    assert text.count("Depot: Lipa | Water: 30") == 2
