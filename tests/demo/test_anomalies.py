"""Every planted fault can be found in its table by looking at the table alone."""

import csv
import datetime
from collections.abc import Callable
from pathlib import Path
from statistics import median

import openpyxl
import pytest

from tests.demo.conftest import Json

Rows = list[list[object]]


def rows_of(path: Path, sheet: str) -> Rows:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as source:
            return [[number(field) for field in row] for row in csv.reader(source)]
    book = openpyxl.load_workbook(path, data_only=True)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def number(field: str) -> object:
    try:
        return float(field) if field else None
    except ValueError:
        return field


def as_date(value: object) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def column_of(rows: Rows, column: str) -> list[object]:
    place = rows[0].index(column)
    return [row[place] for row in rows[1:]]


def is_negative(rows: Rows, row: int, column: str) -> bool:
    return float(str(column_of(rows, column)[row - 2])) < 0


def is_missing(rows: Rows, row: int, column: str) -> bool:
    return column_of(rows, column)[row - 2] is None


def is_repeated(rows: Rows, row: int, column: str) -> bool:
    return rows[row - 1] in rows[: row - 1]


def is_alone_of_its_kind(rows: Rows, row: int, column: str) -> bool:
    values = column_of(rows, column)
    return values.count(values[row - 2]) == 1


def is_far_away(rows: Rows, row: int, column: str) -> bool:
    """At least twice the usual of its column, or at most half of it."""
    values = [float(str(value)) for value in column_of(rows, column) if value is not None]
    value = float(str(column_of(rows, column)[row - 2]))
    return not 0.5 < value / median(values) < 2


def is_no_date_of_the_operation(rows: Rows, row: int, column: str) -> bool:
    """No date at all, or none on which this could have happened (an expiry may lie ahead, never behind)."""
    value = as_date(column_of(rows, column)[row - 2])
    if value is None:
        return True
    if column == "Expiry":
        return value < datetime.date(2026, 9, 6)
    first = datetime.date(2026, 9, 20 if column == "Discharged" else 6)
    return not first <= value <= datetime.date(2026, 9, 26)


def is_out_of_order(rows: Rows, row: int, column: str) -> bool:
    before = {"arrived": "departed", "Discharged": "Admitted"}[column]
    return str(column_of(rows, column)[row - 2]) < str(column_of(rows, before)[row - 2])


CHECKS: dict[str, Callable[[Rows, int, str], bool]] = {
    "negative stock": is_negative,
    "negative quantity": is_negative,
    "missing value": is_missing,
    "duplicate row": is_repeated,
    "new category": is_alone_of_its_kind,
    "unit error": is_far_away,
    "outlier": is_far_away,
    "impossible date": is_no_date_of_the_operation,
    "impossible order": is_out_of_order,
}


@pytest.mark.parametrize("kind", sorted(CHECKS))
def test_planted_faults_can_be_seen_in_the_table(demo: Path, anomalies: Json, kind: str) -> None:
    planted = [anomaly for anomaly in anomalies if anomaly["kind"] == kind]
    assert planted
    for anomaly in planted:
        rows = rows_of(demo / anomaly["file"], anomaly["sheet"])
        assert CHECKS[kind](rows, anomaly["row"], anomaly["column"]), anomaly


def test_every_fault_says_why_and_holds_the_value_of_its_cell(demo: Path, anomalies: Json) -> None:
    assert len(anomalies) >= 30
    for anomaly in anomalies:
        assert anomaly["why"].endswith(".")
        if anomaly["column"] and anomaly["value"]:
            rows = rows_of(demo / anomaly["file"], anomaly["sheet"])
            value = rows[anomaly["row"] - 1][rows[0].index(anomaly["column"])]
            planted = number(anomaly["value"])
            same_text = str(value) == anomaly["value"]
            assert same_text or float(str(value)) == float(str(planted)), anomaly


def test_broken_sums_do_not_add_up_and_the_others_do(demo: Path, anomalies: Json) -> None:
    daily = rows_of(demo / "logistics/unclassified/daily-figures-september-2026.csv", "")
    faulty = {row["row"] for row in anomalies if "daily-figures" in row["file"]}
    for place, row in enumerate(daily[1:], 2):
        lipa, jasen, hrast, stated = (float(str(cell)) for cell in row[1:5])
        assert (lipa + jasen + hrast == stated) is (place not in faulty or place in (10, 19))
    stock = rows_of(demo / "logistics/cui/stock-on-hand-2026-09-20.xlsx", "Stock")
    summary = rows_of(demo / "logistics/cui/stock-on-hand-2026-09-20.xlsx", "Summary")
    counted: dict[object, int] = {}
    for line in stock[1:]:
        counted[line[2]] = counted.get(line[2], 0) + int(str(line[6]))
    wrong = [row[0] for row in summary[1:-1] if counted[row[0]] != row[2]]
    assert wrong == ["Camp Jasen"]


def test_a_convoy_on_a_closed_bridge_contradicts_the_reports(demo: Path, anomalies: Json) -> None:
    convoys = rows_of(demo / "logistics/unclassified/convoy-movements-september-2026.csv", "")
    too_early = [
        place
        for place, row in enumerate(convoys[1:], 2)
        if row[2] == "AMBER" and (as_date(row[1]) or datetime.date.max) < datetime.date(2026, 9, 24)
    ]
    assert too_early == [row["row"] for row in anomalies if row["kind"] == "contradiction"]


def test_the_ship_landed_four_containers_more_than_she_declared(demo: Path, anomalies: Json) -> None:
    ship = demo / "logistics/secret-noforn/cargo-corvina-star-2026-09-22.xlsx"
    declared = {row[0] for row in rows_of(ship, "Declared")[1:]}
    landed = {row[0] for row in rows_of(ship, "Tally")[1:]}
    assert (len(declared), len(landed)) == (212, 216)
    undeclared = {row["value"] for row in anomalies if row["kind"] == "not declared"}
    assert landed - declared == undeclared
