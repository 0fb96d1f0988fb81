"""CSV of every kind becomes one typed table with nothing lost."""

from datetime import date, time
from decimal import Decimal

from tests.insight.tables.conftest import Tables, rows_of, said_of, types_of


def test_a_plain_csv_is_typed_and_numbered_as_a_spreadsheet_shows_it(tables_of: Tables) -> None:
    [table] = tables_of(
        "date,time,place,free_chlorine_mg_l,count\n2026-09-06,06:00,Sutina,0.45,4\n"
        "2026-09-07,26:00,Sutina,50,x\n2026-09-08,14:00,Lipa,0.5,6\n2026-09-09,15:00,Lipa,0.55,7\n"
        "2026-09-10,6:00,Lipa,,8\n",
        "readings.csv",
    )
    assert types_of(table) == {
        "date": "date", "time": "time", "place": "text", "free_chlorine_mg_l": "decimal", "count": "integer",
    }  # fmt: skip
    assert (table.row_count, table.header_row) == (5, 1)
    rows = rows_of(table)
    assert rows[0] == (2, date(2026, 9, 6), time(6), "Sutina", Decimal("0.45"), 4)
    assert rows[1][2] is None and rows[1][5] is None
    assert rows[4][2] == time(6) and rows[4][4] is None
    assert rows_of(table, 'SELECT "time", "count" FROM t_raw WHERE _row = 3') == [("26:00", "x")]
    column = table.column("time")
    assert column is not None and (column["filled"], column["missing"], column["misfits"]) == (5, 0, 1)
    assert "do not fit the type of their column: 2 (in time, count)" in said_of(table)


def test_encodings_and_separators_are_found_out(tables_of: Tables) -> None:
    for content in (
        "name\tamount\nЮрий\t12\nJosé\t13\n".encode("utf-16"),
        "name;amount\nЮрий;12\nJosé;13\n".encode("utf-8-sig"),
        "sep=|\nname|amount\nЮрий|12\nJosé|13\n".encode(),
    ):
        [table] = tables_of(content, "people.csv")
        assert rows_of(table, "SELECT name, amount FROM t ORDER BY _row") == [("Юрий", 12), ("José", 13)]


def test_two_encodings_in_one_file_are_both_read_and_told(tables_of: Tables) -> None:
    content = "name,city\nJosé,Málaga\n".encode() + "Zoë,Orléans\n".encode("cp1252")
    [table] = tables_of(content, "mixed.csv")
    assert rows_of(table, "SELECT name, city FROM t") == [("José", "Málaga"), ("Zoë", "Orléans")]
    assert "another encoding (cp1252)" in said_of(table)


def test_titles_in_two_rows_are_joined_and_lines_above_them_are_kept(tables_of: Tables) -> None:
    [table] = tables_of(
        "Stock report,,,,\n\n,2025,,2026,\nplace,in,out,in,out\nA,1,2,3,4\nB,5,6,7,8\nTotal,6,8,10,12\n",
        "stock.csv",
    )
    titles = [column["title"] for column in table.columns]
    assert titles == ["place", "2025 · in", "2025 · out", "2026 · in", "2026 · out"]
    assert (table.header_row, table.row_count, table.total_rows) == (4, 3, [7])
    assert "Above the titles of the columns stands: Stock report" in said_of(table)
    assert rows_of(table, "SELECT _row, place, n2026_out FROM t")[0] == (5, "A", 4)


def test_rows_of_differing_length_keep_every_cell(tables_of: Tables) -> None:
    [table] = tables_of("a,b,c\n1,2\n3,4,5,6,7\n8,9,10\n11,12,13\n", "ragged.csv")
    assert rows_of(table) == [
        (2, 1, 2, None, None, None),
        (3, 3, 4, 5, 6, 7),
        (4, 8, 9, 10, None, None),
        (5, 11, 12, 13, None, None),
    ]
    assert "Most rows have 3 cells; 2 have another number, from 2 to 5" in said_of(table)


def test_repeated_missing_and_reserved_titles_become_unique_names(tables_of: Tables) -> None:
    [table] = tables_of("id,id,,Id,from,Größe (kg)\n1,2,3,4,x,5\n6,7,8,9,y,10\n", "titles.csv")
    assert [column["name"] for column in table.columns] == [
        "id", "id_2", "column_3", "id_3", "from_", "grosse_kg",
    ]  # fmt: skip
    assert [column["title"] for column in table.columns][5] == "Größe (kg)"
    assert table.columns[5]["unit"] == "kg"
    assert rows_of(table, "SELECT from_, grosse_kg FROM t ORDER BY _row") == [("x", 5), ("y", 10)]


def test_a_quote_that_never_closes_swallows_only_its_own_line(tables_of: Tables) -> None:
    [table] = tables_of('a,b\n1,"open\n2,y\n3,z\n4,"fine, ok"\n', "quote.csv")
    assert rows_of(table, "SELECT _row, a, b FROM t") == [
        (2, 1, '"open'), (3, 2, "y"), (4, 3, "z"), (5, 4, "fine, ok"),
    ]  # fmt: skip
    assert "never close: 1" in said_of(table)


def test_control_characters_and_huge_cells_are_told(tables_of: Tables) -> None:
    [table] = tables_of(b"a,b\n1,x\x00y\n2," + b"z" * 150_000 + b"\n3,\xe2\x80\xaeright\n", "odd.csv")
    rows = rows_of(table, "SELECT b FROM t ORDER BY _row")
    assert rows[0] == ("x␀y",)
    assert rows[1] == ("z" * 100_000,)
    assert rows[2] == ("\ufffdright",)
    assert "NUL bytes or other control characters: 2" in said_of(table)
    assert "longer than 100,000 characters: 1" in said_of(table)


def test_formulas_stay_text(tables_of: Tables) -> None:
    [table] = tables_of("who,what\nx,=1+1\ny,+cmd|' /C calc'!A0\nz,@SUM(A1)\nw,-2\n", "formulas.csv")
    assert rows_of(table, "SELECT what FROM t ORDER BY _row") == [
        ("=1+1",), ("+cmd|' /C calc'!A0",), ("@SUM(A1)",), ("-2",),
    ]  # fmt: skip
    assert "begin with =, +, - or @ and are no numbers: 3" in said_of(table)


def test_a_million_columns_are_cut_with_a_sentence(tables_of: Tables) -> None:
    line = ",".join(f"c{number}" for number in range(1_000_000))
    [table] = tables_of(f"{line}\n{line.replace('c', '1')}\n", "wide.csv")
    assert len(table.columns) == 2000
    assert "1,000,000 columns wide; the first 2,000 are kept" in said_of(table)
    assert rows_of(table, "SELECT c0, c1999 FROM t") == [(10, 11999)]
