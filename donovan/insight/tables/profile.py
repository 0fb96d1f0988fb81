"""What is in each column of a table, by SQL over all its rows.

Quantiles of long tables are estimated by t-digests (Dunning and Ertl, 2019), numbers of different values by
HyperLogLog (Flajolet and others, 2007); both are DuckDB's, and the profile says where it estimates.
"""

import datetime
import math
import time
from decimal import Decimal
from typing import Any

from donovan.insight.tables.engine import Session, open_session, quoted
from donovan.insight.tables.models import DataTable

EXACT_ROWS = 200_000
TOP_VALUES = 10
BINS = 20
COLUMNS = 300
# Above this many different values a list of the most frequent ones says nothing and costs much.
MOST_DISTINCT = 100_000
SECONDS = 60.0
_NUMBERS = ("integer", "decimal")
_MOMENTS = ("date", "datetime")


def compute_profile(table: DataTable) -> dict[str, Any]:
    """The profile of a table, ready for JSON.

    {"row_count", "is_estimated", "left_out", "seconds", "columns": [{"name", "title", "type", "unit",
    "filled", "missing", "misfits", "distinct", "is_distinct_estimated", "min", "max", "mean", "deviation",
    "quartiles": [lower, median, upper], "top": [{"value", "count"}], "histogram": [{"low", "high",
    "count"}]}]}. Values are numbers, texts, or dates and times in ISO form; None where a column has none.
    `missing` counts empty cells, `misfits` cells whose text is no value of the type. Raises InsightError when
    it takes too long.
    """
    began = time.monotonic()
    is_large = table.row_count > EXACT_ROWS
    columns = table.columns[:COLUMNS]
    with open_session({"t": table}, seconds=SECONDS) as session:
        told = [_column(session, column, is_large) for column in columns]
    return {
        "row_count": table.row_count,
        "is_estimated": is_large,
        "left_out": len(table.columns) - len(columns),
        "seconds": round(time.monotonic() - began, 3),
        "columns": told,
    }


def _column(session: Session, column: dict[str, Any], is_large: bool) -> dict[str, Any]:
    name, kind = quoted(column["name"]), column["type"]
    kept = ("name", "title", "type", "unit", "filled", "missing", "misfits")
    told: dict[str, Any] = {key: column[key] for key in kept}
    asked = [f"approx_count_distinct({name})" if is_large else f"count(DISTINCT {name})"]
    if kind != "boolean":
        asked += [f"min({name})", f"max({name})"]
    if kind in _NUMBERS:
        asked += [f"avg({name})", f"stddev_samp({name})"]
    shares = "[0.25, 0.5, 0.75]"
    if kind in _NUMBERS:
        asked.append(
            f"approx_quantile(CAST({name} AS DOUBLE), {shares})"
            if is_large
            else f"quantile_cont({name}, {shares})"
        )
    elif kind in _MOMENTS:
        asked.append(f"approx_quantile({name}, {shares})" if is_large else f"quantile_disc({name}, {shares})")
    values = list(session.query(f"SELECT {', '.join(asked)} FROM t").rows[0])
    distinct = int(str(values[0]))
    is_estimated = is_large and distinct > MOST_DISTINCT
    if is_large and not is_estimated:
        distinct = int(str(session.query(f"SELECT count(DISTINCT {name}) FROM t").rows[0][0]))
    told["distinct"] = min(distinct, max(0, told["filled"] - told["misfits"]))
    told["is_distinct_estimated"] = is_estimated
    told["min"], told["max"] = (plain(values[1]), plain(values[2])) if kind != "boolean" else (None, None)
    told["mean"], told["deviation"] = (
        (plain(values[3]), plain(values[4])) if kind in _NUMBERS else (None, None)
    )
    quartiles = values[-1] if kind in (*_NUMBERS, *_MOMENTS) else None
    told["quartiles"] = [plain(value) for value in quartiles] if isinstance(quartiles, list) else None
    told["top"] = _top(session, name) if 0 < distinct <= MOST_DISTINCT else []
    told["histogram"] = _histogram(session, name, kind, values[1], values[2]) if quartiles is not None else []
    return told


def _top(session: Session, name: str) -> list[dict[str, Any]]:
    found = session.query(
        f"SELECT {name}, count(*) FROM t WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT "
        f"{TOP_VALUES}"
    )
    return [{"value": plain(value), "count": count} for value, count in found.rows]


def _histogram(
    session: Session, name: str, kind: str, lowest: object, highest: object
) -> list[dict[str, Any]]:
    """Counts in bins of equal width from the lowest to the highest value."""
    number = f"CAST({name} AS DOUBLE)" if kind in _NUMBERS else f"epoch({name})"
    bounds = session.query(f"SELECT min({number}), max({number}) FROM t").rows[0]
    low, high = float(str(bounds[0])), float(str(bounds[1]))
    if not math.isfinite(low) or not math.isfinite(high):
        return []
    width = (high - low) / BINS
    if width <= 0:
        count = session.query(f"SELECT count({name}) FROM t").rows[0][0]
        return [{"low": plain(lowest), "high": plain(highest), "count": count}]
    place = f"least(CAST(floor(({number} - ?) / ?) AS INTEGER), {BINS - 1})"
    found = session.query(
        f"SELECT {place}, count(*) FROM t WHERE {name} IS NOT NULL GROUP BY 1", [low, width], limit=BINS + 1
    )
    counts = {int(str(place)): count for place, count in found.rows}
    edges = [low + width * edge for edge in range(BINS)] + [high]
    shown = edges if kind in _NUMBERS else [_moment(edge, kind) for edge in edges]
    return [
        {"low": shown[place], "high": shown[place + 1], "count": counts.get(place, 0)}
        for place in range(BINS)
    ]


def _moment(seconds: float, kind: str) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return moment.date().isoformat() if kind == "date" else moment.isoformat(timespec="seconds")


def plain(value: object) -> Any:
    """A value as JSON has it: decimals as numbers, dates and times as ISO texts."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
