"""Cells that are empty in a column that is nearly always filled."""

from collections.abc import Iterator

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Sheet, is_blank

MOST_ALONE = 3
MOST_ROWS = 200


def check_missing(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    count = len(sheet.body)
    if count < settings.least_rows:
        return
    for column in sheet.columns:
        if column.title in settings.left_out:
            continue
        empty = [place for place in sheet.body if is_blank(column.raws[place])]
        limit = max(1, settings.missing_share / settings.factor("missing value", column.title) * count)
        # A sign such as "-" that occurs often says something of its own.
        signs = {column.raws[place].strip() for place in empty} - {""}
        if not 0 < len(empty) <= limit or (signs and len(empty) > MOST_ALONE):
            continue
        groups = [[place] for place in empty] if len(empty) <= MOST_ALONE else [empty]
        for places in groups:
            rows = tuple(sheet.rows[place] for place in places)
            alone = len(rows) == 1
            yield Detection(
                "missing value",
                sheet.key,
                rows[:MOST_ROWS],
                column.title,
                column.raws[places[0]],
                f"{column.title} is empty, and {count - len(empty):,} of {count:,} rows have it."
                if alone
                else f"{column.title} is empty in {len(rows):,} of {count:,} rows.",
                "share of filled cells",
                "A column that nearly every row fills is meant to be filled.",
                f"{(count - len(empty)) / count:.1%} of the rows are filled.",
                round(0.8 - 0.4 * min(len(empty) / count / 0.05, 1) * (not alone), 3),
            )
