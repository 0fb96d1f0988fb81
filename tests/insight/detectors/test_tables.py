"""Rows unlike the others are found, with the columns that make them so, whatever the table is like."""

from typing import Any

import numpy as np

from donovan.insight.subprocesses import run_subprocess

CHILD = "donovan.insight.anomalies.detectors.child"


def _examine(*tables: dict[str, Any]) -> list[dict[str, Any]]:
    return list(run_subprocess(CHILD, {"tables": list(tables)}, seconds=300, megabytes=4000)["tables"])


def _table(rows: int = 300) -> dict[str, Any]:
    random = np.random.default_rng(0)
    x = random.normal(size=rows)
    matrix = np.column_stack([x, 2 * x + random.normal(scale=0.1, size=rows), random.integers(0, 3, rows)])
    return {"names": ["length", "weight", "type"], "matrix": matrix.tolist()}


def test_a_value_far_out_is_found_with_its_column() -> None:
    table = _table()
    table["matrix"][17][0] = 40.0
    first = _examine(table)[0]["rows"][0]
    assert (first["row"], first["columns"][0]["name"]) == (17, "length")
    assert "length is 40" in first["why"]


def test_values_usual_alone_but_not_together_are_found() -> None:
    table = _table()
    table["matrix"][17][:2] = [1.5, -3.0]
    scores = _examine(table)[0]["scores"]
    assert int(np.argmax(scores)) == 17


def test_constant_empty_and_missing_do_no_harm_and_are_told() -> None:
    table = _table()
    table["names"] += ["same", "nothing"]
    table["matrix"] = [[*row, 7.0, None] for row in table["matrix"]]
    table["matrix"][17][0] = 40.0
    table["matrix"][18][1] = None
    told = _examine(table)[0]
    assert told["rows"][0]["row"] == 17
    assert [each["name"] for each in told["columns_left_out"]] == ["same", "nothing"]
    assert len(told["scores"]) == 300


def test_few_rows_are_looked_at_column_by_column() -> None:
    few = {"names": ["a"], "matrix": [[float(value)] for value in (1, 2, 3, 2, 1, 2, 3, 2, 90)]}
    told = _examine(few)[0]
    assert [each["name"] for each in told["used"]] == ["columns"]
    assert int(np.argmax(told["scores"])) == 8


def test_many_rows_are_learnt_from_a_sample_and_all_scored_the_same_each_time() -> None:
    table = {**_table(900), "specification": {"fit_rows": 300}}
    one, two = _examine(table, table)
    assert len(one["scores"]) == 900
    assert one == two


def test_a_table_without_information_is_refused_in_a_sentence() -> None:
    told = _examine({"names": ["a"], "matrix": [[1.0]] * 50}, {"names": ["a", "b"], "matrix": [[1.0]]})
    assert "No column holds different numbers" in told[0]["refused"]
    assert "each of 2 columns" in told[1]["refused"]
