"""What a profile says is what the cells hold, exact where it does not say otherwise."""

from donovan.insight.tables import profile, services
from donovan.insight.tables.models import DataTable
from tests.insight.tables.conftest import TableFrom, Tables

CELLS = "place;litres;day;ok\n" + "\n".join(
    f"{'Lipa' if number % 3 else 'Jasen'};{number};2026-09-{number % 10 + 1:02d};"
    f"{'yes' if number % 2 else 'no'}"
    for number in range(100)
)


def column(told: dict[str, list[dict[str, object]]], name: str) -> dict[str, object]:
    return next(item for item in told["columns"] if item["name"] == name)


def test_numbers_dates_texts_and_truth_values_are_described(table_from: TableFrom) -> None:
    told = profile.compute_profile(table_from(CELLS + "\nLipa;x;;"))
    litres = column(told, "litres")
    assert (litres["filled"], litres["missing"], litres["misfits"], litres["distinct"]) == (101, 0, 1, 100)
    assert (litres["min"], litres["max"], litres["mean"]) == (0, 99, 49.5)
    assert litres["quartiles"] == [24.75, 49.5, 74.25]
    assert sum(item["count"] for item in litres["histogram"]) == 100  # type: ignore[attr-defined]
    place = column(told, "place")
    assert place["top"] == [{"value": "Lipa", "count": 67}, {"value": "Jasen", "count": 34}]
    day = column(told, "day")
    assert (day["min"], day["max"], day["missing"], day["distinct"]) == ("2026-09-01", "2026-09-10", 1, 10)
    assert column(told, "ok")["top"] == [{"value": False, "count": 50}, {"value": True, "count": 50}]
    assert not told["is_estimated"]


def test_a_column_of_one_value_has_one_bin(table_from: TableFrom) -> None:
    told = profile.compute_profile(table_from("a;b\nx;5\ny;5\nz;5"))
    assert column(told, "b")["histogram"] == [{"low": 5, "high": 5, "count": 3}]


def test_a_column_without_values_is_described_too(table_from: TableFrom) -> None:
    told = profile.compute_profile(table_from("a;b\nx;\ny;\nz;"))
    empty = column(told, "b")
    assert (empty["filled"], empty["missing"], empty["distinct"], empty["top"]) == (0, 3, 0, [])


def test_a_profile_is_computed_once_for_each_making(tables_of: Tables) -> None:
    [table] = tables_of(CELLS.replace(";", ","), "litres.csv")
    first = services.profile_of(table)
    kept = DataTable.objects.get(pk=table.pk)
    assert kept.profile == first and services.profile_of(kept) == first
    services.extract_tables(table.document_id)
    assert DataTable.objects.get(pk=table.pk).profile is None
