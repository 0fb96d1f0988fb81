"""What counts as odd, rule by rule, and what does not."""

import datetime
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insight.anomalies.sheets import column, found, places, sheet

CHANCE = random.Random(11)
COUNT = 40
DAYS = [str(datetime.date(2025, 5, 1) + datetime.timedelta(days=at)) for at in range(COUNT)]


def steady(middle: float, *, seed: int = 1, count: int = COUNT) -> list[float]:
    chance = random.Random(seed)
    return [round(middle * chance.uniform(0.92, 1.08), 1) for _ in range(count)]


def with_cell(cells: Sequence[object], place: int, value: object) -> list[object]:
    changed = list(cells)
    changed[place] = value
    return changed


@pytest.mark.parametrize(
    ("title", "usual", "wrong", "kind", "said"),
    [
        ("litres", 850.0, 224.6, "unit error", "US gallons"),
        ("weight kg", 62.0, 136.7, "unit error", "pounds"),
        ("distance km", 140.0, 87.0, "unit error", "miles"),
        ("tonnes", 31.5, 31500.0, "unit error", "kilograms"),
        ("pieces", 1200.0, 120000.0, "unit error", "times 100"),
        ("persons", 1870.0, 18700.0, "outlier", "times 10"),
    ],
)
def test_a_value_off_by_a_factor_is_named_with_its_unit(
    title: str, usual: float, wrong: float, kind: str, said: str
) -> None:
    cells = with_cell(steady(usual), 17, wrong)
    detections = found(sheet(column(title, "decimal", cells)))
    assert places(detections) == [(kind, (19,), title)]
    assert said in detections[0].why
    assert detections[0].method and detections[0].choice and detections[0].baseline


def test_groups_explain_values_that_the_whole_column_would_hide() -> None:
    sizes = {"large": 9000.0, "middle": 500.0, "small": 40.0}
    names = [list(sizes)[at % 3] for at in range(60)]
    cells = [round(sizes[name] * random.Random(at).uniform(0.9, 1.1), 1) for at, name in enumerate(names)]
    cells[29] = 470.0  # a small one with a value that is usual for a middle one
    assert names[29] == "small"
    detections = found(sheet(column("class", "text", names), column("load", "decimal", cells)))
    assert places(detections) == [("outlier", (31,), "load")]
    assert "class" in detections[0].method


def test_a_lasting_change_of_level_is_no_outlier_and_a_spike_within_it_is() -> None:
    level = steady(100, seed=3)[:20] + steady(10, seed=4)[:20]
    assert found(sheet(column("level", "decimal", level))) == []
    assert places(found(sheet(column("level", "decimal", with_cell(level, 30, 1000))))) in (
        [("outlier", (32,), "level")],
        [("unit error", (32,), "level")],
    )


def test_days_and_times_that_do_not_exist_are_said_so() -> None:
    days = column("day", "date", with_cell(DAYS, 12, "2025-02-31"))
    times = column("at", "time", with_cell([f"{6 + at % 12:02d}:30" for at in range(COUNT)], 20, "26:00"))
    detections = found(sheet(days, times))
    assert places(detections) == [("impossible date", (14,), "day"), ("impossible date", (22,), "at")]
    assert {
        "February 2025 has 28 days" in one.why or "a day has 24 hours" in one.why for one in detections
    } == {True}


def test_a_date_far_outside_its_period_is_odd_and_the_ends_of_the_period_are_not() -> None:
    assert found(sheet(column("day", "date", DAYS))) == []
    detections = found(sheet(column("day", "date", with_cell(DAYS, 5, "2052-05-06"))))
    assert places(detections) == [("impossible date", (7,), "day")]


def test_which_moment_comes_first_is_learnt_from_the_table() -> None:
    left = [f"{7 + at % 9:02d}:10" for at in range(COUNT)]
    came = [f"{9 + at % 9:02d}:{at % 50:02d}" for at in range(COUNT)]
    came[11] = "03:15"
    detections = found(sheet(column("out", "time", left), column("back", "time", came)))
    assert places(detections) == [("impossible order", (13,), "back")]


def test_a_journey_over_midnight_is_no_error() -> None:
    left = [f"{7 + at % 9:02d}:10" for at in range(COUNT)]
    came = [f"{9 + at % 9:02d}:40" for at in range(COUNT)]
    left[11], came[11] = "23:00", "01:30"
    assert found(sheet(column("out", "time", left), column("back", "time", came))) == []


def test_a_lone_negative_is_odd_and_a_column_that_passes_through_zero_is_not() -> None:
    counts = with_cell([float(at * 7 % 90 + 20) for at in range(COUNT)], 9, -64.0)
    assert places(found(sheet(column("on hand", "decimal", counts)))) == [
        ("negative quantity", (11,), "on hand")
    ]
    cold = [round(random.Random(at).gauss(4, 3), 1) for at in range(COUNT)]
    assert any(value < 0 for value in cold)
    assert found(sheet(column("degrees", "decimal", cold))) == []


def test_an_empty_cell_is_missing_only_where_the_column_is_filled() -> None:
    full = with_cell(steady(10), 9, None)
    half = [value if at % 2 else None for at, value in enumerate(steady(10, seed=2))]
    detections = found(sheet(column("a", "decimal", full), column("b", "decimal", half)))
    assert places(detections) == [("missing value", (11,), "a")]


def test_a_repeated_row_is_odd_only_where_rows_tell_things_apart() -> None:
    telling = sheet(
        column("day", "date", [*DAYS, DAYS[4]]),
        column("reading", "decimal", [*steady(10), steady(10)[4]]),
        column("by", "text", ["Ito"] * (COUNT + 1)),
    )
    assert places(found(telling)) == [("duplicate row", (42,), "")]
    dice = sheet(
        column("one", "integer", [CHANCE.randrange(1, 7) for _ in range(COUNT)]),
        column("two", "integer", [CHANCE.randrange(1, 7) for _ in range(COUNT)]),
    )
    assert found(dice) == []


def test_a_value_alone_among_recurring_ones_is_new_and_rare_values_among_rare_ones_are_not() -> None:
    states = with_cell(["open", "shut"] * 20, 13, "melted")
    assert places(found(sheet(column("state", "text", states)))) == [("new category", (15,), "state")]
    names = [f"name {chr(97 + at % 23)}" for at in range(COUNT)]
    assert found(sheet(column("name", "text", names))) == []


def test_a_slip_of_the_hand_is_named_with_what_was_meant() -> None:
    detections = found(
        sheet(column("port", "text", with_cell(["Rotterdam", "Antwerp"] * 20, 21, "Roterdam")))
    )
    assert [(one.kind, one.expected) for one in detections] == [("misspelt value", "Rotterdam")]


def test_columns_that_go_together_show_the_row_that_breaks_the_rule() -> None:
    routes = ["coast", "coast", "hill"] * 20
    lengths = [71 if route == "coast" else 38 for route in routes]
    routes[30] = "hill"
    detections = found(sheet(column("route", "text", routes), column("km", "integer", lengths)))
    assert places(detections) == [("contradiction", (32,), "route")]


def test_sums_are_learnt_and_the_cell_that_does_not_fit_is_the_wrong_one() -> None:
    one, two = [float(at + 50) for at in range(COUNT)], [float(900 - 3 * at) for at in range(COUNT)]
    both = [a + b for a, b in zip(one, two, strict=True)]
    good = sheet(column("a", "decimal", one), column("b", "decimal", two), column("all", "decimal", both))
    assert found(good) == []
    wrong = with_cell(both, 6, both[6] + 90)
    bad = sheet(column("a", "decimal", one), column("b", "decimal", two), column("all", "decimal", wrong))
    assert places(found(bad)) == [("broken sum", (8,), "all")]


def test_a_summary_is_held_against_the_table_it_sums_up() -> None:
    names = ["east", "west", "mid", "far"]
    loads = {at: float(10 + at) for at in range(COUNT)}
    large = sheet(
        column("place", "text", [names[at % 4] for at in loads]),
        column("load", "decimal", list(loads.values())),
        name="loads",
    )
    sums = [sum(load for at, load in loads.items() if at % 4 == name) for name in range(4)]

    def summary(stated: Sequence[object]) -> list[tuple[str, tuple[int, ...], str]]:
        small = sheet(column("place", "text", names), column("load", "decimal", stated), name="sums")
        return places([one for one in found(small, large) if one.sheet == "sums"])

    assert summary(sums) == []
    assert summary(with_cell(sums, 2, sums[2] + 30)) == [("broken sum", (4,), "load")]
    # Where only half of the figures agree, they are no sums.
    assert summary([sums[0], sums[1], 3.0, 4.0]) == []


def test_lists_of_the_same_things_show_what_only_one_of_them_has() -> None:
    names = [f"BX {1000 + 7 * at}" for at in range(30)]
    one = sheet(column("box", "text", names), name="sent")
    other = sheet(column("box", "text", [*names, "QZ 5"]), name="landed")
    assert ("not in the other list", (32,), "box") in places(found(one, other))


@pytest.mark.parametrize("seed", range(12))
def test_clean_tables_give_no_alarm(seed: int) -> None:
    chance = random.Random(seed)
    rows = chance.choice([15, 40, 200])
    clean = sheet(
        column("flow", "decimal", [round(chance.gauss(300, 25), 1) for _ in range(rows)]),
        column("dust", "decimal", [round(2.718 ** chance.gauss(3, 0.8), 2) for _ in range(rows)]),
        column("calls", "integer", [sum(chance.random() < 0.1 for _ in range(50)) for _ in range(rows)]),
        column("area", "text", [chance.choice(["n", "s", "e", "w"]) for _ in range(rows)]),
    )
    assert [one for one in found(clean) if one.score >= 0.8] == []


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=6), st.integers(), st.floats()), min_size=1, max_size=30)
)
def test_no_content_of_a_table_breaks_an_examination(cells: list[object]) -> None:
    for kind in ("text", "integer", "decimal", "date", "time"):
        one = column("a", kind, cells)
        for detection in found(sheet(one, column("b", kind, list(reversed(cells))))):
            assert detection.why and 0 < detection.score <= 1
