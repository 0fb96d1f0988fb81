"""Rows of a table unlike the others: several PyOD detectors vote, without labels."""

import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np

from donovan.insight.anomalies.detectors.columns import Columns, read_columns
from donovan.insight.anomalies.detectors.findings import Method, RowOutlier, TableOutliers
from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.anomalies.detectors.members import MEMBERS, member_scores
from donovan.insight.anomalies.detectors.reasons import column_surprise, in_words, row_reasons
from donovan.insight.anomalies.detectors.robust import standardised
from donovan.insight.anomalies.detectors.specification import TableSpecification
from donovan.insight.anomalies.detectors.versions import versions

FEWEST_ROWS: Final = 20
_MOST_OUTLIERS: Final = 200
_WHY = {
    "IForest": "random cuts set a rare combination of values apart early",
    "COPOD": "it looks at how far out each value lies in its column, with the columns' dependence",
    "HBOS": "it looks at how seldom each value occurs in its column",
    "KNN": "it looks at the distance to the most similar rows",
    "LOF": "it compares how close a row's neighbours are with how close theirs are",
    "MCD": "it looks at rows that break the way columns go together",
    "KNN wide": "it looks at the distance to a tenth of all rows, so that outliers that lie together count",
    "LOF wide": "it compares densities among a tenth of all rows, so that outliers that lie together count",
    "INNE": "it looks at rows that no sampled neighbourhood covers",
    "GMM": "it looks at rows far from every cluster",
}


def table_outliers(
    matrix: Sequence[Sequence[float | None]] | Floats,
    names: Sequence[str],
    specification: TableSpecification | None = None,
) -> TableOutliers:
    """Score every row and name the most unusual with the columns that make them so.

    Each detector's scores are standardised and averaged. Below 20 rows only the columns by themselves are
    looked at. Raises InsightError for a table without usable columns.
    """
    asked = specification or TableSpecification()
    columns = read_columns(matrix, names)
    surprise = column_surprise(columns)
    left_out: list[Method] = []
    notices: list[str] = []
    if len(columns.raw) < FEWEST_ROWS:
        raw_scores = surprise.max(axis=1)
        used = [
            Method("columns", "There are too few rows to compare rows, so each column is looked at alone.")
        ]
        notices.append(
            f"The table has only {len(columns.raw)} rows; combinations of values were not looked at."
        )
    else:
        raw_scores, used, left_out = _vote(columns, asked, notices)
    scores = standardised(raw_scores)
    limit = asked.budget or min(max(len(scores) // 100, 1), _MOST_OUTLIERS)
    top = [int(row) for row in np.argsort(-scores, kind="stable")[:limit] if scores[row] > asked.threshold]
    rows = []
    for row in top:
        reasons = row_reasons(columns, surprise, row)
        method = ", ".join(each.name for each in used)
        rows.append(RowOutlier(row, round(float(scores[row]), 3), reasons, in_words(reasons), method))
    return TableOutliers(
        rows=rows,
        scores=[round(float(score), 4) for score in scores],
        used=used,
        left_out=left_out,
        columns_used=columns.names,
        columns_left_out=columns.left_out,
        notices=notices,
        specification=asked.to_json(),
        versions=versions(),
    )


def _vote(
    columns: Columns, asked: TableSpecification, notices: list[str]
) -> tuple[Floats, list[Method], list[Method]]:
    rows = columns.scaled
    learnt_from = rows
    if len(rows) > asked.fit_rows:
        chosen = np.random.default_rng(asked.seed).choice(len(rows), asked.fit_rows, replace=False)
        learnt_from = rows[np.sort(chosen)]
        notices.append(f"The detectors learnt from {asked.fit_rows} rows and scored all {len(rows)}.")
    total = np.zeros(len(rows))
    used: list[Method] = []
    left_out: list[Method] = []
    for name in asked.methods or MEMBERS:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                scores = member_scores(name, rows, learnt_from, asked.seed)
        except (ValueError, np.linalg.LinAlgError) as error:
            left_out.append(Method(name, f"It could not be computed ({error})."))
            continue
        if scores.max() > scores.min():
            total += _on_one_scale(scores)
            used.append(Method(name, f"{_WHY[name][0].upper()}{_WHY[name][1:]}."))
        else:
            left_out.append(Method(name, "It finds all rows alike."))
    return total / max(len(used), 1), used, left_out


def _on_one_scale(scores: Floats) -> Floats:
    """Interquartile ranges from the median, from -5 to 20: one huge score must not outvote the others,
    and yet an extreme must count more than a rank.
    """
    low, middle, high = np.percentile(scores, [25, 50, 75])
    width = high - low if high > low else max(float(scores.std()), 1e-12)
    scaled: Floats = np.clip((scores - middle) / width, -5.0, 20.0)
    return scaled
