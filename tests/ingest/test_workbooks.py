"""A workbook says what its reader sees: titles over several rows, units, formats and remarks; also what it
hides.
"""

import datetime
import io
import struct
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, ImageDraw, ImageFont

from ingest.models import Document
from ingest.readers.number_formats import displayed, kept
from ingest.readers.pictures import Pictures

from . import files

Take = Callable[..., Document]
DEPOTS = (("Aldermoor", 420, 310, 60), ("Brissago Quay", 180, 175, 44), ("Cray Hill", 260, 90, 30))
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def saved(fill: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(given: Sequence[Sequence[object]], *merged: str) -> bytes:
    def fill(sheet: Worksheet) -> None:
        for row in given:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)

    return saved(fill)


def text_of(take: Take, content: bytes) -> str:
    document = take(content, "book.xlsx")
    return "\n".join(document.pages.values_list("text", flat=True))


@pytest.mark.parametrize(
    ("head", "merged", "row"),
    [
        (
            [("Depot", "Received", "Issued", "Water"), (None, "kL", "kL", "pallets")],
            [],
            "Depot: Aldermoor | Received (kL): 420 | Issued (kL): 310 | Water (pallets): 60",
        ),
        (
            [("Depot", "Fuel", None, "Water"), (None, "Received", "Issued", "Received")],
            [],
            "Depot: Aldermoor | Fuel · Received: 420 | Fuel · Issued: 310 | Water · Received: 60",
        ),
        (
            [("Depot", "Fuel", None, "Water"), (None, "Received", "Issued", "Received")],
            ["B1:C1", "A1:A2"],
            "Depot: Aldermoor | Fuel · Received: 420 | Fuel · Issued: 310 | Water · Received: 60",
        ),
        (
            [(None, 2024, None, 2025), ("Depot", "Q1", "Q2", "Q1")],
            ["B1:C1"],
            "Depot: Aldermoor | 2024 · Q1: 420 | 2024 · Q2: 310 | 2025 · Q1: 60",
        ),
        (
            [("Monthly return", None, None, "Week 36"), ("Depot", "Received", "Issued", "Water")],
            [],
            "Depot: Aldermoor | Received: 420 | Issued: 310 | Water: 60",
        ),
        (
            [("Stocks", None, None, None), ("No", "Fuel", "Fuel", "Water"), (None, "(kL)", "(t)", "(t)")],
            ["A1:D1"],
            "No: Aldermoor | Fuel (kL): 420 | Fuel (t): 310 | Water (t): 60",
        ),
    ],
)
def test_columns_are_named_by_all_rows_that_hold_their_titles(
    take: Take, head: list[tuple[object, ...]], merged: list[str], row: str
) -> None:
    assert row in text_of(take, rows([*head, *DEPOTS], *merged))


def test_repeated_titles_and_remarks_are_told_as_they_stand(take: Take) -> None:
    titles = ("Depot", "Received", "Issued", "Water")
    notes = [(None,) * 4, ("Source: returns of week 36", None, None, None)]
    lines = text_of(take, rows([titles, *DEPOTS[:2], titles, *DEPOTS[2:], *notes])).splitlines()
    assert lines.count("Depot | Received | Issued | Water") == 2
    assert lines[-1] == "Source: returns of week 36"


def test_what_a_workbook_hides_is_told_as_hidden(take: Take) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (("Supplier", "Paid", "By"), ("Lathe", 12400, "Orme"), ("Dunmore", 96000, "Vasek")):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    for name, state in (("Ledger", "hidden"), ("Aside", "veryHidden")):
        other = book.create_sheet(name)
        other.append(["Who", "Note"])
        other.append(["Vasek", "leave it out"])
        other.sheet_state = state
    out = io.BytesIO()
    book.save(out)
    document = take(out.getvalue(), "book.xlsx")
    text = "\n".join(document.pages.values_list("text", flat=True))
    assert "Supplier: Lathe | Paid: 12400 | By [hidden column]: Orme\n" in text
    assert "Paid: 96000 | By [hidden column]: Vasek | [hidden row]" in text
    assert "Ledger [hidden sheet]" in text and "Aside [hidden sheet] [very hidden]" in text
    assert document.metadata["notices"] == ["hidden-cells"]


@pytest.mark.parametrize(
    ("value", "code", "seen", "full"),
    [
        (0.42, "0%", "42 %", "42%"),
        (0.4237, "0%", "42 %", "42.37%"),
        (1250400, "#,##0,", "1,250", "1250.4"),
        (1250400, '0.0,,"M"', "1.3M", "1250400"),
        (12400, '"$"#,##0.00', "$12,400.00", "$12400"),
        (420, '0" kL"', "420 kL", "420 kL"),
        (42, "00000", "00042", "00042"),
        (-5, "#,##0.00;[Red]-#,##0.00", "-5.00", "-5"),
        (3.25, "General", None, None),
        (datetime.date(2026, 9, 1), "dd/mm/yy", "01/09/26 (2026-09-01)", None),
        (datetime.datetime(2026, 9, 1), "mmm\\-yy", "Sep-26 (2026-09)", None),
        (datetime.datetime(2026, 9, 1, 14, 5), "d mmmm yyyy hh:mm", "1 September 2026 14:05", None),
        (datetime.datetime(2026, 9, 1), "mm-dd-yy", None, None),
        (datetime.time(6, 15), "h:mm AM/PM", "6:15 AM", None),
        (datetime.timedelta(hours=30, minutes=15), "[h]:mm", "30:15", "30:15"),
    ],
)
def test_a_cell_is_shown_by_its_format_and_kept_in_full(
    value: object, code: str, seen: str | None, full: str | None
) -> None:
    assert (displayed(value, code), kept(value, code)) == (seen, full)


def test_formats_and_remarks_stand_in_the_text(take: Take) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Station", "Share", "Pumped"])
        sheet.append(["Lenz Weir", 0.42, datetime.timedelta(hours=30, minutes=15)])
        sheet["B2"].number_format, sheet["C2"].number_format = "0.0%", "[h]:mm"
        sheet["B2"].comment = Comment("A guess by Tilde.", "T. Roan")
        sheet["B9"].comment = Comment("Below all rows.", "T. Roan")

    text = text_of(take, saved(fill))
    assert (
        "Station: Lenz Weir | Share: 42 % | Pumped: 30:15\n"
        "Comment by T. Roan on B2: A guess by Tilde.\nComment by T. Roan on B9: Below all rows."
    ) in text


def test_a_formula_without_a_result_is_shown_and_said_wherever_it_stands(take: Take) -> None:
    given: list[tuple[object, ...]] = [("Item", "Count"), *((f"Item {at}", at) for at in range(400))]
    document = take(rows([*given, ("Sum", "=SUM(B2:B401)")]), "book.xlsx")
    assert "Item: Sum | Count: =SUM(B2:B401)" in "\n".join(document.pages.values_list("text", flat=True))
    assert document.metadata["notices"] == ["values-missing"]
    assert "notices" not in take(rows(given), "plain.xlsx").metadata


def pictured() -> bytes:
    image = Image.new("RGB", (700, 160), "white")
    ImageDraw.Draw(image).text((20, 50), "Pump station Ilmar closed", "black", ImageFont.load_default(38))
    picture = io.BytesIO()
    image.save(picture, "PNG")

    def fill(sheet: Worksheet) -> None:
        sheet.append(["Station", "State"])
        sheet.append(["Lenz Weir", 7])
        sheet.add_image(SheetImage(picture), "D2")

    return saved(fill)


def test_pictures_threads_and_files_inside_a_workbook_are_read(take: Take) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pictured())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/_rels/sheet1.xml.rels":
                more = (
                    '<Relationship Id="rT" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
                    'threadedComment" Target="../threadedComments/threadedComment1.xml"/>'
                    '<Relationship Id="rE" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                    'relationships/package" Target="../embeddings/order.docx"/></Relationships>'
                )
                content = content.replace(b"</Relationships>", more.encode())
            target.writestr(name, content)
        target.writestr(
            "xl/threadedComments/threadedComment1.xml",
            f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="B2" personId="{{1}}" id="{{a}}">'
            '<text>Only a guess.</text></threadedComment><threadedComment ref="B2" personId="{2}" id="{b}" '
            'parentId="{a}"><text>Confirmed.</text></threadedComment></ThreadedComments>',
        )
        target.writestr(
            "xl/persons/person.xml",
            f'<personList xmlns="{THREADS}"><person displayName="Ida Brandt" id="{{1}}"/>'
            '<person displayName="Jon Vale" id="{2}"/></personList>',
        )
        target.writestr("xl/embeddings/order.docx", files.docx_bytes())
    document = take(out.getvalue(), "book.xlsx")
    text = "\n".join(document.pages.values_list("text", flat=True))
    assert "Text of a picture:\n\nPump station Ilmar closed" in text
    assert "Comment by Ida Brandt on B2: Only a guess.\nReply by Jon Vale on B2: Confirmed." in text
    assert list(Document.objects.filter(parent=document).values_list("name", flat=True)) == ["order.docx"]


def test_a_number_that_is_none_stands_as_it_is_written_and_the_others_are_read(take: Take) -> None:
    content = rows([("Depot", "Share"), ("Otter Lock", 7117), ("Pier 3", 12)])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>7117</v>", b"<v>INF</v>"))
    text = text_of(take, out.getvalue())
    assert "Depot: Otter Lock | Share: INF" in text and "Depot: Pier 3 | Share: 12" in text


def test_a_drawing_without_a_size_is_counted_as_unread() -> None:
    drawing = struct.pack("<II4i4i4s", 1, 88, 0, 0, 100, 100, 0, 0, 0, 0, b" EMF") + bytes(44)
    pictures = Pictures()
    list(pictures.read([drawing], 1))
    assert pictures.unread == 1
