"""CSV of every kind becomes one typed table with nothing lost."""

from datetime import date, time
from decimal import Decimal

from donovan.insight.tables.engine import open_session
from donovan.insight.tables.models import DataTable
from tests.insight.tables.conftest import Tables


def rows_of(table: DataTable, sql: str = "SELECT * FROM t") -> list[tuple[object, ...]]:
    with open_session({"t": table}) as session:
        return session.query(sql).rows


def types_of(table: DataTable) -> dict[str, str]:
    return {column["name"]: column["type"] for column in table.columns}


def test_a_plain_csv_is_typed_and_numbered_as_a_spreadsheet_shows_it(tables_of: Tables) -> None:
    [table] = tables_of(
        "date,time,place,free_chlorine_mg_l,count\n2026-09-06,06:00,Sutina,0.45,4\n2026-09-07,26:00,Sutina,50,x\n"
        "2026-09-08,14:00,Lipa,0.5,6\n2026-09-09,15:00,Lipa,0.55,7\n2026-09-10,6:00,Lipa,,8\n",
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
    assert table.column("time")["misfits"] == 1 and table.column("free_chlorine_mg_l")["unit"] == "mg/l"
