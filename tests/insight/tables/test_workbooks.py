"""Typed tables of real workbooks: what is no data stays out, and nothing impossible is added up."""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from donovan.access.models import User
from donovan.assistant.kinds import Asked
from donovan.insight.tables.engine import open_session
from donovan.insight.tables.in_ask import answer
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.questions import TableAnswer, answer_question
from donovan.insight.tables.reading import facts_of_table
from donovan.library.callers import Caller
from retrieval.results import SearchFilters
from tests.insight.tables.conftest import Tables, rows_of, said_of, types_of

TITLES = ("Depot", "Received", "Issued", "Water")
DEPOTS = (("Aldermoor", 420, 310, 60), ("Brissago Quay", 180, 175, 44), ("Cray Hill", 260, 90, 30))
EMPTY = (None,) * 4


def book_of(rows: Sequence[Sequence[object]], change: Callable[[Worksheet], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def asked(table: DataTable, question: str) -> TableAnswer:
    with open_session({"t": table}) as session:
        return answer_question(question, [facts_of_table(session, "t", table)], session)


def test_a_row_of_units_belongs_to_the_titles(tables_of: Tables) -> None:
    [table] = tables_of(book_of([TITLES, (None, "kL", "kL", "pallets"), *DEPOTS]), "units.xlsx")
    assert [column["title"] for column in table.columns] == [
        "Depot", "Received (kL)", "Issued (kL)", "Water (pallets)",
    ]  # fmt: skip
    assert [column["unit"] for column in table.columns] == ["", "kL", "kL", "pallets"]
    assert asked(table, "total received").sentence == "The total Received (kL) is 860 kL, from 3 values."


def test_repeated_titles_totals_headings_and_remarks_are_no_data(tables_of: Tables) -> None:
    rows = [
        TITLES, ("Northern depots", None, None, None), *DEPOTS[:2], ("Subtotal", 600, 485, 104), TITLES,
        *DEPOTS[2:], ("Total", 860, 575, 134), EMPTY, ("Returns of week 36", None, None, None),
        ("* estimate", None, None, None),
    ]  # fmt: skip
    [table] = tables_of(book_of(rows, lambda sheet: sheet.merge_cells("A2:D2")), "stock.xlsx")
    assert (table.row_count, table.total_rows) == (5, [5, 8])
    assert types_of(table)["received"] == "integer"
    assert asked(table, "how many depots").value == 3
    assert asked(table, "total received").value == 860
    said = said_of(table)
    assert "row 10: Returns of week 36 / row 11: * estimate" in said
    assert "repeat the titles: 1 (row 6)" in said and "row 2: Northern depots" in said
    assert "is called a total, but" not in said


def test_a_last_row_with_missing_figures_is_data(tables_of: Tables) -> None:
    [table] = tables_of(book_of([TITLES, *DEPOTS, ("Dunmoor", None, None, None)]), "stock.xlsx")
    assert table.row_count == 4


def test_a_total_that_contradicts_its_rows_is_told(tables_of: Tables) -> None:
    [table] = tables_of(book_of([TITLES, *DEPOTS, ("Total", 870, 575, 134)]), "stock.xlsx")
    assert "Row 5 is called a total, but says 870 under Received, where its rows add up to 860." in said_of(
        table
    )


def test_units_of_one_kind_are_converted_and_others_never_added(tables_of: Tables) -> None:
    rows = [
        ("Depot", "Fuel", "Goods", "Paid"), ("A", "420 kL", "3 t", "$5"), ("B", "180 kL", "18 pallets", "€7"),
        ("C", "260,000 L", "4 t", "$9"),
    ]  # fmt: skip
    [table] = tables_of(book_of(rows), "units.xlsx")
    assert [column["unit"] for column in table.columns] == ["", "kL", "", ""]
    assert rows_of(table, "SELECT sum(fuel) FROM t") == [(Decimal("860"),)]
    assert "Cells in L were converted to kL." in said_of(table)
    for question, units in (("total goods", "t, pallets"), ("how many paid", "$, €")):
        answer = asked(table, question)
        assert not answer.sentence and f"do not go together ({units})" in answer.refused


def test_asking_for_a_sum_of_several_units_tells_why_there_is_none(tables_of: Tables, ana: User) -> None:
    rows = [
        ("Depot", "Goods received"),
        ("Aldermoor", "3 t"),
        ("Brissago", "18 pallets"),
        ("Cray Hill", "4 t"),
    ]
    tables_of(book_of(rows), "stock.xlsx")
    scope = Caller.named(ana, source="test").scope
    question = "What is the total goods received?"
    taken = answer(Asked(question, "en", "table", scope, SearchFilters(), lambda _: ()))
    assert taken is not None
    assert "do not go together (t, pallets)" in taken.statements[0].text
    assert "3 t" in taken.statements[0].spans[0].text


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("total depot", "“Depot” holds text, not numbers, so it has no total."),
        ("average day", "“Day” holds days and times, not numbers, so it has no average."),
    ],
)
def test_an_impossible_figure_is_refused_with_the_reason(
    tables_of: Tables, question: str, reason: str
) -> None:
    rows = "depot,day,litres\nA,2026-09-01,5\nB,2026-09-02,7\nC,2026-09-03,7\n"
    [table] = tables_of(rows, "days.csv")
    assert asked(table, question).refused == reason.replace("Depot", "depot").replace("Day", "day")


def test_hidden_rows_stay_out_of_figures_unless_they_are_asked_for(tables_of: Tables) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True

    [table] = tables_of(book_of([TITLES, *DEPOTS], hide), "hidden.xlsx")
    assert rows_of(table, "SELECT _row, hidden_row FROM t ORDER BY _row") == [
        (2, False), (3, True), (4, False),
    ]  # fmt: skip
    assert [column["title"] for column in table.columns if column.get("hidden")] == ["Water"]
    visible = asked(table, "total received")
    assert visible.value == 680 and "hidden in the file are left out" in " ".join(visible.notes)
    assert asked(table, "total received including hidden rows").value == 860
    assert "hidden in the file" in " ".join(asked(table, "total water").notes)
    assert "Rows that are hidden in the file: 1" in said_of(table)


def test_a_hidden_sheet_says_so_in_its_name(tables_of: Tables) -> None:
    def add(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("Ledger")
        other.append(["Supplier", "Paid"])
        other.append(["Dunmore", 31000])
        other.sheet_state = "hidden"

    first, second = tables_of(book_of([TITLES, *DEPOTS], add), "hidden.xlsx")
    assert (first.name, second.name) == ("Sheet", "Ledger [hidden sheet]")
    assert "This sheet is hidden" in said_of(second)


def test_formats_are_part_of_the_value(tables_of: Tables) -> None:
    def shape(sheet: Worksheet) -> None:
        for row in (2, 3, 4):
            for column, code in (("B", "0.0%"), ("C", "#,##0,"), ("D", '"$"#,##0')):
                sheet[f"{column}{row}"].number_format = code

    rows = [("Depot", "Share", "Flow", "Paid"), ("A", 0.425, 1250000, 5), ("B", 1, 980500, 7), ("C", 0, 0, 9)]
    [table] = tables_of(book_of(rows, shape), "formats.xlsx")
    assert [column["unit"] for column in table.columns] == ["", "%", "", "$"]
    assert rows_of(table, 'SELECT share, flow, paid FROM t ORDER BY _row')[0] == (
        Decimal("42.5"), Decimal("1250.0"), 5,
    )  # fmt: skip
    assert "shows in thousands or millions: 3" in said_of(table)
