"""What people write in cells becomes values where that is certain, and stays text where it is not."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from donovan.insight.tables.models import DataTable
from tests.insight.tables.conftest import TableFrom, rows_of, said_of


def column_of(table_from: TableFrom, title: str, *cells: str) -> tuple[DataTable, list[object]]:
    """One column of cells beside a column of names: its table and its values."""
    lines = [f"name;{title}", *(f"row {chr(97 + place)};{cell}" for place, cell in enumerate(cells))]
    table = table_from("\n".join(lines))
    name = table.columns[1]["name"]
    return table, [row[0] for row in rows_of(table, f'SELECT "{name}" FROM t ORDER BY _row')]


@pytest.mark.parametrize(
    ("cells", "kind", "unit", "values"),
    [
        (("1", "-2", "+3"), "integer", "", [1, -2, 3]),
        (("1,234", "12", "1,234,567"), "integer", "", [1234, 12, 1234567]),
        (("1.234,50", "2,75", "-1.000.000,00"), "decimal", "", ["1234.5", "2.75", "-1000000"]),
        (("1,234.50", "2.75", "0.5"), "decimal", "", ["1234.5", "2.75", "0.5"]),
        (("1 234", "12 345 678", "7"), "integer", "", [1234, 12345678, 7]),
        (("1'234.5", "2.5", "3"), "decimal", "", ["1234.5", "2.5", "3"]),
        (("1.234", "12.500", "7"), "integer", "", [1234, 12500, 7]),
        (("12%", "12.5%", "7 %"), "decimal", "%", ["12", "12.5", "7"]),
        (("$1,200.50", "$3", "-$44,000"), "decimal", "$", ["1200.5", "3", "-44000"]),
        (("3 EUR", "1.250,00 EUR", "0,5 EUR"), "decimal", "EUR", ["3", "1250", "0.5"]),
        (("38 km", "71 km", "19"), "integer", "km", [38, 71, 19]),
        (("(5)", "7", "(1,000)"), "integer", "", [-5, 7, -1000]),
        (("−5", "7", "8"), "integer", "", [-5, 7, 8]),
        (("0,125", "0,25", "3"), "decimal", "", ["0.125", "0.25", "3"]),
        (("1.5e3", "2E-2", "7"), "decimal", "", [1500.0, 0.02, 7.0]),
        (("4.50 mg/l", "0.30 mg/l", "1 mg/l"), "decimal", "mg/l", ["4.5", "0.3", "1"]),
    ],
)
def test_numbers_as_people_write_them(
    table_from: TableFrom, cells: tuple[str, ...], kind: str, unit: str, values: list[object]
) -> None:
    table, found = column_of(table_from, "amount", *cells)
    assert (table.columns[1]["type"], table.columns[1]["unit"], table.columns[1]["misfits"]) == (
        kind,
        unit,
        0,
    )
    assert found == [Decimal(value) if isinstance(value, str) else value for value in values]


@pytest.mark.parametrize(
    "cells",
    [
        ("007", "012", "100"),
        ("+381 11 222 333", "+381 11 222 334", "+381 11 222 335"),
        ("12345678901234567890123", "12345678901234567890124", "1"),
        ("SH-1001", "SH-1002", "SH-1003"),
        ("12 km", "13 kg", "14 l"),
        ("1", "two", "three"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.3"),
        ("12 September", "13 September", "14 September"),
    ],
)
def test_names_made_of_digits_and_mixed_units_stay_text(
    table_from: TableFrom, cells: tuple[str, ...]
) -> None:
    table, found = column_of(table_from, "code", *cells)
    assert table.columns[1]["type"] == "text" and found == list(cells)


def test_exact_places_are_kept_however_many_there_are(table_from: TableFrom) -> None:
    _, found = column_of(table_from, "v", "0.1", "0.123456789012", "12345678901234567890.5")
    assert found == [Decimal("0.1"), Decimal("0.123456789012"), Decimal("12345678901234567890.5")]


def test_units_are_read_from_titles(table_from: TableFrom) -> None:
    for title, unit in (
        ("Weight (kg)", "kg"), ("distance_km", "km"), ("free_chlorine_mg_l", "mg/l"),
        ("Gross tonnes", "tonnes"),
        ("Weight kg", "kg"), ("water_m3", "m3"), ("Length [m]", "m"), ("New cases", ""), ("Checked in", ""),
    ):  # fmt: skip
        table, _ = column_of(table_from, title, "1", "2")
        assert (title, table.columns[1]["unit"]) == (title, unit)


FIVE_STYLES = ("2026-09-06", "06.09.2026", "6 Sep 2026", "September 6, 2026", "20260906", "06-Sep-26")


def test_five_styles_of_dates_in_one_column_mean_the_same_day(table_from: TableFrom) -> None:
    table, found = column_of(table_from, "seen on", *FIVE_STYLES)
    assert found == [date(2026, 9, 6)] * 6
    assert "written in 5 styles" in said_of(table)


@pytest.mark.parametrize(
    ("cells", "first", "said"),
    [
        (("13/9/2026", "6/9/2026"), date(2026, 9, 13), ""),
        (("9/13/2026", "9/6/2026"), date(2026, 9, 13), ""),
        (("9/6/2026", "9/7/2026", "9/8/2026"), date(2026, 9, 6), "month is read before the day, because"),
        (("6/9/2026", "7/9/2026", "8/9/2026"), date(2026, 9, 6), "day is read before the month, because"),
        (("25/12/26", "1/2/99"), date(2026, 12, 25), ""),
    ],
)
def test_whether_day_or_month_comes_first_is_decided_for_the_column(
    table_from: TableFrom, cells: tuple[str, ...], first: date, said: str
) -> None:
    table, found = column_of(table_from, "on", *cells)
    assert found[0] == first and None not in found
    assert said in said_of(table) and (bool(said) == ("shows which" in said_of(table)))


def test_dates_that_do_not_exist_stay_as_they_stand(table_from: TableFrom) -> None:
    table, found = column_of(
        table_from, "counted", "2026-09-20", "2026-09-31", "2026-09-22", "2026-09-23", "2026-09-24", "n/a"
    )
    assert found[1] is None and found[5] is None and found[0] == date(2026, 9, 20)
    assert (table.columns[1]["misfits"], table.columns[1]["missing"]) == (1, 1)
    assert rows_of(table, "SELECT counted FROM t_raw WHERE _row = 3") == [("2026-09-31",)]


def test_times_and_zones(table_from: TableFrom) -> None:
    _, found = column_of(
        table_from, "at", "2026-09-06T10:00:00Z", "2026-09-06 12:00+02:00", "061000ZSEP26",
        "061200B SEP 2026",
        "6 Sep 2026 10:00 AM", "2026-09-06 10:00:00.000",
    )  # fmt: skip
    assert found == [datetime(2026, 9, 6, 10)] * 6
    _, clocks = column_of(table_from, "clock", "6:05", "23:59:30", "3:15 PM", "12:00 a.m.", "26:00")
    assert clocks == [time(6, 5), time(23, 59, 30), time(15, 15), time(0), None]


def test_day_numbers_of_spreadsheets_are_dates_where_the_title_says_so(table_from: TableFrom) -> None:
    table, found = column_of(table_from, "Date", "46271", "46272")
    assert found == [date(2026, 9, 6), date(2026, 9, 7)] and "day numbers" in said_of(table)
    _, plain = column_of(table_from, "Pallets", "46271", "46272")
    assert plain == [46271, 46272]


def test_truth_values_in_several_languages(table_from: TableFrom) -> None:
    for true, false in (("yes", "No"), ("TRUE", "false"), ("ja", "nein"), ("да", "нет")):
        table, found = column_of(table_from, "ok", true, false, "-")
        assert table.columns[1]["type"] == "boolean" and found == [True, False, None]


def test_words_for_nothing_are_missing_among_numbers_and_words_among_words(table_from: TableFrom) -> None:
    table, found = column_of(table_from, "n", "1", "n/a", "-", "4", "")
    assert found == [1, None, None, 4, None] and table.columns[1]["missing"] == 3
    _, seals = column_of(table_from, "seal", "intact", "none", "intact")
    assert seals == ["intact", "none", "intact"]


def test_a_late_surprise_turns_a_column_back_into_text_with_nothing_lost(table_from: TableFrom) -> None:
    cells = [str(number) for number in range(1000)] + ["x"] * 60_000
    lines = ["name;v", *(f"r;{cell}" for cell in cells)]
    table = table_from("\n".join(lines))
    assert table.columns[1]["type"] == "text"
    assert rows_of(table, "SELECT count(*), count(v) FROM t") == [(61_000, 61_000)]
