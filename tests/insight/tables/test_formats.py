"""Tables in workbooks, JSON, HTML, Word, Markdown, PDF and scans."""

import datetime
import io
import json
from decimal import Decimal

import docx
import openpyxl
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.insight.tables.conftest import Tables, rows_of, said_of, types_of

ROUTES = (
    ("Route", "Length", "Limit", "State"),
    ("AMBER", "38 km", "40 tonnes", "Closed at the bridge"),
    ("COBALT", "71 km", "12 tonnes", "Open, unpaved"),
    ("DELTA", "19 km", "5 tonnes", "Under water"),
)


def workbook(fill: object) -> bytes:
    book = openpyxl.Workbook()
    fill(book)  # type: ignore[operator]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_sheet_of_a_workbook_is_a_table(tables_of: Tables) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.title = "Stock"
        for row in (
            ["Item", "Quantity", "Counted"],
            ["Blanket", 5, datetime.date(2026, 9, 6)],
            ["Tent", 7.25, None],
        ):
            book.active.append(row)
        book.create_sheet("Empty")
        times = book.create_sheet("Times")
        for row in (
            ["At", "Open"],
            [datetime.datetime(2026, 9, 6, 12, 30), True],
            [datetime.datetime(2026, 9, 7), False],
        ):
            times.append(row)

    stock, times = tables_of(workbook(fill), "stock.xlsx")
    assert (stock.name, times.name) == ("Stock", "Times")
    assert types_of(stock) == {"item": "text", "quantity": "decimal", "counted": "date"}
    assert rows_of(stock, "SELECT quantity, counted FROM t ORDER BY _row") == [
        (Decimal("5"), datetime.date(2026, 9, 6)), (Decimal("7.25"), None),
    ]  # fmt: skip
    assert rows_of(times, "SELECT * FROM t")[0] == (2, datetime.datetime(2026, 9, 6, 12, 30), True)


def test_merged_titles_are_joined_and_open_formulas_stay_as_written(tables_of: Tables) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        for row in (
            ["Report on stock"], ["Place", "2025", None, "2026"], [None, "in", "out", "in"],
            ["A", 1, 2, 3], ["B", 4, "=B4+B5", 6], ["C", 7, 8, '=HYPERLINK("x")'],
        ):  # fmt: skip
            sheet.append(row)
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("B2:C2")
        sheet.merge_cells("A2:A3")

    [table] = tables_of(workbook(fill), "merged.xlsx")
    assert [column["title"] for column in table.columns] == ["Place", "2025 · in", "2025 · out", "2026 · in"]
    assert (table.header_row, table.row_count) == (3, 3)
    assert rows_of(table, "SELECT n2025_out FROM t_raw ORDER BY _row") == [("2",), ("=B4+B5",), ("8",)]
    said = said_of(table)
    assert "results were not saved: 2" in said and "Merged cells: 3" in said and "Report on stock" in said


def test_objects_in_json_become_rows_with_dotted_columns(tables_of: Tables) -> None:
    records = [
        {"id": 1, "at": {"place": "Lipa", "when": "2026-09-06"}, "tags": [1, "x"]},
        {"id": 2.50, "at": {"place": "Jasen"}, "extra": None},
    ]
    [table] = tables_of(json.dumps(records), "records.json")
    assert [column["title"] for column in table.columns] == ["id", "at.place", "at.when", "tags", "extra"]
    assert rows_of(table, "SELECT _row, at_place, tags FROM t") == [
        (1, "Lipa", '[1, "x"]'),
        (2, "Jasen", None),
    ]


def test_json_lines_and_lists_inside_an_object(tables_of: Tables) -> None:
    [lines] = tables_of('{"a": 1, "t": "two\\nlines\\tand \\\\ more"}\nno json\n{"a": 3}\n', "log.jsonl")
    assert rows_of(lines, "SELECT _row, a, t FROM t") == [(1, 1, "two\nlines\tand \\ more"), (3, 3, None)]
    assert "no JSON: 1" in said_of(lines)
    first, second = tables_of(
        '{"n": 2, "rows": [{"x": 1}, {"x": 2}], "deep": {"list": [["h", "i"], [1, 2]]}}', "o.json"
    )
    assert (first.name, second.name) == ("rows", "deep.list")


def test_a_list_that_breaks_off_keeps_what_is_whole(tables_of: Tables) -> None:
    [table] = tables_of('[{"a": 1}, {"a": 2}, {"a": ', "broken.json")
    assert rows_of(table, "SELECT a FROM t") == [(1,), (2,)] and "breaks off" in said_of(table)


def test_tables_of_a_page_with_spanning_cells(tables_of: Tables) -> None:
    page = """<html><body><h2>Roads</h2><table><thead><tr><th rowspan=2>Route</th>
      <th colspan=2>Vehicles</th></tr>
      <tr><th>in</th><th>out</th></tr></thead><tr><td>AMBER</td><td>1</td><td>2</td></tr>
      <tr><td rowspan=2>COBALT</td><td>3</td><td>4</td></tr><tr><td>5</td><td>6</td></tr></table>
      <table><tr><td><table><tr><td>layout</td></tr></table></td></tr></table></body></html>"""
    [table] = tables_of(page, "roads.html")
    assert (table.name, table.header_row) == ("Roads", 2)
    assert [column["title"] for column in table.columns] == ["Route", "Vehicles · in", "Vehicles · out"]
    assert rows_of(table, "SELECT * FROM t") == [(3, "AMBER", 1, 2), (4, "COBALT", 3, 4), (5, "COBALT", 5, 6)]


def test_tables_of_a_word_file_with_merged_cells(tables_of: Tables) -> None:
    document = docx.Document()
    document.add_paragraph("2. Routes")
    table = document.add_table(rows=0, cols=3)
    for cells in (
        ("Route", "Length km", "Remark"),
        ("AMBER", "38", "Closed"),
        ("COBALT", "71", ""),
        ("DELTA", "19", "x"),
    ):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    table.cell(1, 2).merge(table.cell(2, 2))
    out = io.BytesIO()
    document.save(out)
    [found] = tables_of(out.getvalue(), "routes.docx")
    assert (found.name, types_of(found)["length_km"]) == ("2. Routes", "integer")
    assert rows_of(found, "SELECT remark FROM t ORDER BY _row") == [("Closed",), ("Closed",), ("x",)]


def test_pipes_in_markdown_and_text_divide_columns(tables_of: Tables) -> None:
    text = "# Ferries\n\n| ship | at |\n|---|---:|\n| A \\| B | 08:30 |\n| C | 09:45 |\n\nA | lone line.\n"
    for name in ("ferries.md", "ferries.txt"):
        [table] = tables_of(text, name)
        assert (table.name, table.header_row) == ("Ferries", 3)
        assert rows_of(table, "SELECT * FROM t") == [
            (5, "A | B", datetime.time(8, 30)), (6, "C", datetime.time(9, 45)),
        ]  # fmt: skip


def drawn_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(
        70, 790, "The routes below were surveyed by the engineers on the fifth of September and"
    )
    canvas.drawString(70, 775, "their state is reported by the convoy commanders after each return journey.")
    for line, cells in enumerate(ROUTES):
        for left, cell in zip((70, 170, 260, 370), cells, strict=True):
            canvas.drawString(left, 740 - 18 * line, cell)
    canvas.drawString(
        70, 640, "A convoy has at least five and at most twelve vehicles. It leaves not before half"
    )
    canvas.drawString(70, 625, "past six in the morning, so that it arrives in daylight at the other end.")
    canvas.save()
    return out.getvalue()


def test_a_table_in_a_pdf_is_found_from_where_its_words_stand(tables_of: Tables) -> None:
    [table] = tables_of(drawn_pdf(), "routes.pdf")
    assert (table.name, table.page, table.row_count) == ("Table 1 on page 1", 1, 3)
    assert [column["title"] for column in table.columns] == list(ROUTES[0])
    assert rows_of(table, "SELECT route, length, state FROM t") == [
        ("AMBER", 38, "Closed at the bridge"), ("COBALT", 71, "Open, unpaved"), ("DELTA", 19, "Under water"),
    ]  # fmt: skip
    assert table.columns[1]["unit"] == "km" and "where the words stand" in said_of(table)


def test_prose_in_a_pdf_is_no_table(tables_of: Tables) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for line in range(20):
        canvas.drawString(60, 780 - 15 * line, "The left column tells of the harbour and")
        canvas.drawString(320, 780 - 15 * line, "the right one of the bridge, in long lines.")
    canvas.save()
    assert tables_of(out.getvalue(), "prose.pdf") == []


@pytest.mark.parametrize(
    ("content", "name"),
    [("Only words, and no table at all.\n", "note.txt"), ("[1, 2, 3]\n", "list.json"), ("{}\n", "none.json")],
)
def test_what_holds_no_table_has_none(tables_of: Tables, content: str, name: str) -> None:
    assert tables_of(content, name) == []
