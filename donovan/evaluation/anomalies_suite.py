"""How well what is odd is found, beside each library's detector alone: series as in NAB, tables as in
ADBench.

Series. One rule turns scores into alarms, for all detectors alike: at most `BUDGET` alarms a series, each
above the detector's own threshold and a twentieth of the series away from the others, so that a false stretch
counts once; none in the first 15 % (at most 750 points), which NAB gives for learning and never labels. An
alarm inside a labelled window finds it, and further alarms in it count nothing; an alarm outside is false.
Precision, recall and F1 are over all windows together. "ours, budget alone" is ours without its threshold.

Tables. The mean over tables of the area under the ROC curve of the scores of all rows. A table of more than
`MOST_ROWS` is sampled once for all detectors, with a fixed seed, keeping the share of anomalies but at least
50 of them where there are. A detector that fails on a table gets 0.5 there, and on a series raises no alarm.

Labels stay in this file: the process that computes scores is never given any.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from ingest.work.subprocesses import run_subprocess

from .errors import UnusableData
from .scratch import Progress

BUDGET: Final = 3
MOST_ROWS: Final = 5000
_FEWEST_KEPT: Final = 50
_RULE: Final = {"budget": BUDGET, "separation": 0.05, "learning": 0.15, "most_learning": 750}
_SEED: Final = 0
_COMPARISON: Final = "donovan.insight.anomalies.detectors.comparison"
_AT_ONCE: Final = 4
_SECONDS: Final = 1800.0
_MEGABYTES: Final = 6000
_CHANCE: Final = 0.5

Matrix = npt.NDArray[np.float64]
Window = tuple[float, float]


@dataclass(frozen=True)
class LabelledSeries:
    """times in seconds since 1970; windows as their first and last moment."""

    name: str
    times: list[float]
    values: list[float]
    windows: list[Window]


@dataclass(frozen=True)
class LabelledTable:
    name: str
    rows: Matrix
    is_anomaly: npt.NDArray[np.bool_]


def run_anomalies_suite(folder: Path, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """{"nab": {NAME: {f1, precision, recall}}, "adbench": {NAME: {roc_auc}}}; the product's name is "ours".

    A folder that holds only one of nab/ and adbench/ gives only that. Raises UnusableData for a folder with
    neither, and for files that are not as they should be.
    """
    if not folder.is_dir():
        raise UnusableData(f"There is no folder {folder}.")
    series = read_series(folder / "nab") if (folder / "nab").is_dir() else []
    tables = read_tables(folder / "adbench") if (folder / "adbench").is_dir() else []
    if not series and not tables:
        raise UnusableData(f"{folder} holds neither a folder nab nor a folder adbench.")
    report: dict[str, Any] = {}
    if series:
        requests = [{"times": each.times, "values": each.values} for each in series]
        told = _compute("series", requests, {"rule": _RULE}, progress)
        report["nab"] = {name: window_figures(series, alarms) for name, alarms in _by_detector(told)}
    if tables:
        told = _compute("tables", [each.rows.tolist() for each in tables], {}, progress)
        report["adbench"] = {name: _mean_area(tables, scores) for name, scores in _by_detector(told)}
    return report


def read_series(folder: Path) -> list[LabelledSeries]:
    """The series that windows.json labels and the folder holds. Raises UnusableData."""
    labels = folder / "windows.json"
    try:
        windows = json.loads(labels.read_text(encoding="utf-8"))
        named = {str(name): [_window(*edges) for edges in each] for name, each in windows.items()}
    except OSError as error:
        raise UnusableData(f"{labels} cannot be read.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise UnusableData(
            f'{labels} must be a JSON object: {{"folder/file.csv": [["first moment", "last moment"], …]}}.'
        ) from error
    present = [name for name in sorted(named) if (folder / name).is_file()]
    if not present:
        raise UnusableData(f"{folder} holds none of the series that windows.json names.")
    return [_read_one_series(folder / name, name, named[name]) for name in present]


def _window(first: str, last: str) -> Window:
    return _moment(first), _moment(last)


def _moment(text: str) -> float:
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _read_one_series(path: Path, name: str, windows: list[Window]) -> LabelledSeries:
    times, values, line = [], [], 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                line += 1
                times.append(_moment(row["timestamp"]))
                values.append(float(row["value"]))
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise UnusableData(
            f"{path}, line {line}: a series must be CSV with the columns timestamp and value."
        ) from error
    if len(values) < 100 or not np.isfinite(values).all():
        raise UnusableData(f"{path} must hold at least 100 numbers, and no infinite ones.")
    return LabelledSeries(name, times, values, windows)


def read_tables(folder: Path) -> list[LabelledTable]:
    """The tables of every .npz in the folder. Raises UnusableData."""
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise UnusableData(f"{folder} holds no .npz file.")
    return [_read_one_table(path) for path in paths]


def _read_one_table(path: Path) -> LabelledTable:
    try:
        with np.load(path, allow_pickle=False) as held:
            rows = np.asarray(held["X"], dtype=np.float64)
            is_anomaly = np.asarray(held["y"], dtype=np.float64).ravel() > 0
    except (OSError, KeyError, ValueError, TypeError, EOFError, BadZipFile) as error:
        raise UnusableData(f"{path} must hold a table of numbers X and its labels y.") from error
    if rows.ndim != 2 or len(rows) != len(is_anomaly) or is_anomaly.all() or not is_anomaly.any():
        raise UnusableData(f"{path} must have a label in y for each row of X, of both kinds.")
    if not np.isfinite(rows).all():
        raise UnusableData(
            f"{path} holds missing or infinite numbers, with which not every detector can work."
        )
    if len(rows) > MOST_ROWS:
        random = np.random.default_rng(_SEED)
        odd, plain = np.flatnonzero(is_anomaly), np.flatnonzero(~is_anomaly)
        wanted = max(round(MOST_ROWS * len(odd) / len(rows)), _FEWEST_KEPT)
        kept = random.choice(odd, min(wanted, len(odd)), replace=False)
        rest = random.choice(plain, min(MOST_ROWS - len(kept), len(plain)), replace=False)
        chosen = np.sort(np.concatenate([kept, rest]))
        rows, is_anomaly = rows[chosen], is_anomaly[chosen]
    return LabelledTable(path.stem, rows, is_anomaly)


def _compute(
    kind: str, items: Sequence[Any], also: Mapping[str, Any], progress: Progress
) -> list[dict[str, Any]]:
    """What every detector says of every item, a few items in each process, two processes at a time."""
    batches = [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]

    def run(batch: Sequence[Any]) -> list[dict[str, Any]]:
        request = {kind: list(batch), "seed": _SEED, **also}
        answers: list[dict[str, Any]] = run_subprocess(
            _COMPARISON, request, seconds=_SECONDS, megabytes=_MEGABYTES
        )[kind]
        return answers

    told: list[dict[str, Any]] = []
    with ThreadPoolExecutor(2) as pool:
        for answers in pool.map(run, batches):
            told += answers
            progress(f"{len(told)} of {len(items)} {kind} examined")
    return told


def _by_detector(told: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, list[Any]]]:
    return ((name, [each[name] for each in told]) for name in told[0])


def window_figures(
    series: Sequence[LabelledSeries], alarms: Sequence[Sequence[int] | None]
) -> dict[str, float]:
    """F1, precision and recall by windows; `alarms` are positions, None where the detector failed."""
    found = false = windows = 0
    for each, positions in zip(series, alarms, strict=True):
        moments = [each.times[position] for position in positions or ()]
        windows += len(each.windows)
        found += sum(any(first <= moment <= last for moment in moments) for first, last in each.windows)
        false += sum(not any(first <= moment <= last for first, last in each.windows) for moment in moments)
    return {
        "f1": round(2 * found / max(found + false + windows, 1), 4),
        "precision": round(found / max(found + false, 1), 4),
        "recall": round(found / max(windows, 1), 4),
    }


def area_under_roc(scores: Matrix, is_anomaly: npt.NDArray[np.bool_]) -> float:
    """The chance that an anomaly scores higher than a plain row, ties counting half (Mann-Whitney)."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    odd = int(is_anomaly.sum())
    return float((ranks[is_anomaly].sum() - odd * (odd + 1) / 2) / (odd * (len(scores) - odd)))


def _mean_area(tables: Sequence[LabelledTable], scores: Sequence[list[float] | None]) -> dict[str, float]:
    areas = [
        _CHANCE if told is None else area_under_roc(np.array(told), table.is_anomaly)
        for table, told in zip(tables, scores, strict=True)
    ]
    return {"roc_auc": round(sum(areas) / len(areas), 4)}


def readable(report: Mapping[str, Any]) -> str:
    """Side by side, the best first."""
    lines = []
    orders: list[tuple[str, str, Callable[[Any], float]]] = [
        ("nab", f"series, at most {BUDGET} alarms each", lambda figures: -figures["f1"]),
        ("adbench", "tables", lambda figures: -figures["roc_auc"]),
    ]
    for kind, title, order in orders:
        if kind in report:
            lines.append(f"{title}:")
            for name, figures in sorted(report[kind].items(), key=lambda item: order(item[1])):
                told = "  ".join(
                    f"{figure.replace('_', ' ')} {value:.3f}" for figure, value in figures.items()
                )
                lines.append(f"  {name:26} {told}")
    return "\n".join(lines)
