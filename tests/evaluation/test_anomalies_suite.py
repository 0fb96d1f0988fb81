"""The figures of `evaluate anomalies` on inputs worked out by hand, and the sentences for unusable
folders.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from donovan.evaluation.anomalies_suite import (
    LabelledSeries,
    area_under_roc,
    read_series,
    read_tables,
    run_anomalies_suite,
    window_figures,
)
from donovan.evaluation.errors import UnusableData


def test_windows_are_found_once_and_alarms_outside_are_false() -> None:
    series = [LabelledSeries("a", [float(t) for t in range(100)], [0.0] * 100, [(10, 20), (50, 60)])]
    assert window_figures(series, [[12, 15, 80]]) == {"f1": 0.5, "precision": 0.5, "recall": 0.5}
    assert window_figures(series, [None]) == {"f1": 0.0, "precision": 0.0, "recall": 0.0}


def test_the_area_counts_ties_half() -> None:
    labels = np.array([True, True, False, False])
    assert area_under_roc(np.array([4.0, 2.0, 2.0, 1.0]), labels) == 0.875
    assert area_under_roc(np.ones(4), labels) == 0.5


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("windows.json", "[]", "must be a JSON object"),
        ("a.csv", "timestamp,value\nnever,1\n", "line 2"),
        ("a.csv", "timestamp,value\n2020-01-01 00:00:00,1\n", "at least 100"),
    ],
)
def test_a_malformed_series_is_named(tmp_path: Path, name: str, content: str, sentence: str) -> None:
    (tmp_path / "windows.json").write_text('{"a.csv": []}')
    (tmp_path / name).write_text(content)
    with pytest.raises(UnusableData, match=name) as raised:
        read_series(tmp_path)
    assert sentence in raised.value.sentence


def test_a_malformed_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"no archive")
    with pytest.raises(UnusableData, match=r"a\.npz"):
        read_tables(tmp_path)
    np.savez(tmp_path / "a.npz", X=np.ones((5, 2)), y=np.zeros(5))
    with pytest.raises(UnusableData, match="both kinds"):
        read_tables(tmp_path)


def test_a_folder_with_neither_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableData, match="neither"):
        run_anomalies_suite(tmp_path)
    with pytest.raises(UnusableData, match="no folder"):
        run_anomalies_suite(tmp_path / "nowhere")


def test_a_small_real_part_is_measured(tmp_path: Path) -> None:
    base = os.environ.get("DONOVAN_EVAL_DATA")
    if not base:
        pytest.skip("DONOVAN_EVAL_DATA is not set; it names the folder of the evaluation data.")
    (tmp_path / "adbench").mkdir()
    for name in ("45_wine.npz", "43_WDBC.npz"):
        (tmp_path / "adbench" / name).symlink_to(Path(base) / "anomalies" / "adbench" / name)
    figures = run_anomalies_suite(tmp_path)["adbench"]
    assert figures["ours"]["roc_auc"] > figures["KNN"]["roc_auc"] > 0.5
