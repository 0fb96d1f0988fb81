"""Unusual rows and events in time, by the real detectors in a process of their own."""

import datetime
import random

from donovan.insight.anomalies.engines import found_by_engines
from tests.insight.anomalies.sheets import column, sheet

DAYS = [str(datetime.date(2025, 1, 1) + datetime.timedelta(days=at)) for at in range(160)]


def test_a_lasting_change_of_level_is_found_with_its_row_method_and_baseline() -> None:
    chance = random.Random(5)
    level = [round((40 if at < 90 else 90) + chance.gauss(0, 2), 1) for at in range(160)]
    steady = [round(200 + chance.gauss(0, 6), 1) for _ in range(160)]
    one = sheet(
        column("day", "date", DAYS), column("level", "decimal", level), column("flow", "decimal", steady)
    )
    (found,) = found_by_engines([one], {})
    assert (found.kind, found.rows, found.column) == ("level shift", (92,), "level")
    assert found.method and found.choice and found.baseline and 0 < found.score < 1


def test_rows_that_are_each_about_another_thing_are_no_series_and_that_is_said() -> None:
    names = [f"C-{1000 + at}" for at in range(160)]
    level = [40.0 if at < 90 else 90.0 for at in range(160)]
    one = sheet(column("day", "date", DAYS), column("crate", "text", names), column("tons", "decimal", level))
    assert list(found_by_engines([one], {})) == []
    assert one.notes == ["Events in time were not looked for: each row is about another crate."]


def test_small_tables_ask_no_engine() -> None:
    one = sheet(column("day", "date", DAYS[:20]), column("level", "decimal", [1.0] * 20))
    assert list(found_by_engines([one], {})) == []
