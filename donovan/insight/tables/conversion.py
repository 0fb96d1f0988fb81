"""From raw cells to a typed Parquet: types decided on a sample, applied to every row, what does not fit
counted.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from donovan.insight.tables.engine import ROW, Workshop, literal, quoted, raw_name
from donovan.insight.tables.headers import Header, names_of
from donovan.insight.tables.leaving_aside import left_aside
from donovan.insight.tables.raw_grids import HIDDEN, Grid, side_by_side
from donovan.insight.tables.totals import total_rows
from donovan.insight.tables.typing_columns import plan_for
from donovan.insight.tables.typing_dates import FUNCTIONS
from donovan.insight.tables.typing_plans import FIT, MISSING, TEXT, Plan

_SAMPLE_ROWS = 50_000
_SAMPLE_CELLS = 3_000_000
_LONGEST_SAMPLED = 200
_COLUMNS_AT_ONCE = 100
HIDDEN_TITLE = "Hidden row"
HIDDEN_ROWS = "hidden rows"
"""The `mark` of the column that says which rows the file does not show."""
_BLANKS = " \t\r\n\u00a0\u202f\u2009\u3000"


@dataclass(frozen=True)
class Converted:
    """`columns` and the counts as `DataTable` keeps them."""

    columns: list[dict[str, Any]]
    row_count: int
    total_rows: list[int]
    notices: list[str] = field(default_factory=list)


def convert(workshop: Workshop, grid: Grid, header: Header, target: Path, near: date) -> Converted:
    """Write the typed Parquet of a grid to `target`.

    For each column it holds the values, and beside them the raw texts where these say more; years of two
    digits are those near `near`. Raises
    InsightError when time or memory runs out.
    """
    files = ", ".join(literal(str(path)) for path in grid.files)
    workshop.run(
        "CREATE OR REPLACE VIEW grid AS SELECT * FROM "
        f"read_parquet([{files}], union_by_name = true) WHERE {ROW} > {header.before_data}"
    )
    aside = left_aside(workshop, grid, header)
    workshop.run(
        "CREATE OR REPLACE VIEW grid AS SELECT * FROM "
        f"read_parquet([{files}], union_by_name = true) WHERE {ROW} > {header.before_data}{aside.condition}"
    )
    names, titles = names_of([*header.titles, HIDDEN_TITLE] if grid.hidden_rows else header.titles)
    hidden = names.pop() if grid.hidden_rows else ""
    titles = titles[: grid.width]
    for name, (function, arguments, returned) in FUNCTIONS.items():
        workshop.teach(name, function, arguments, returned)
    plans = _plans(workshop, grid, titles, near)
    while True:
        _write(workshop, names, plans, target, hidden)
        columns, rows = _counted(workshop, names, titles, plans, target)
        wrong = [
            index
            for index, column in enumerate(columns)
            if column["type"] != "text" and column["filled"] - column["misfits"] < FIT * column["filled"]
        ]
        if not wrong:
            break
        # The sample promised more than the whole column holds.
        for index in wrong:
            plans[index] = TEXT
    totals = total_rows(workshop, columns, target)
    for index in grid.hidden_columns & set(range(len(columns))):
        columns[index] |= {"hidden": True}
    if hidden:
        columns.append(_hidden_column(hidden, rows))
    said = [*_repeated(header.titles), *aside.notices, *_notices(columns, totals.rows), *totals.notices]
    return Converted(columns, rows, totals.rows, [*_told_hidden(grid, columns), *said])


def _hidden_column(name: str, rows: int) -> dict[str, Any]:
    """Which rows the file does not show, as a column of its own."""
    return {
        "name": name, "title": HIDDEN_TITLE, "type": "boolean", "unit": "", "filled": rows, "missing": 0,
        "misfits": 0, "raw": True, "note": "", "mark": HIDDEN_ROWS,
    }  # fmt: skip


def _told_hidden(grid: Grid, columns: list[dict[str, Any]]) -> list[str]:
    said = []
    if grid.hidden_rows:
        said.append(
            f"Rows that are hidden in the file: {grid.hidden_rows:,}. The column “{HIDDEN_TITLE}” marks "
            "them; answers leave them out unless they are asked for."
        )
    named = [str(column["title"]) for column in columns if column.get("hidden")]
    if named:
        more = f" and {len(named) - 20} more" if len(named) > 20 else ""
        said.append(f"Columns that are hidden in the file: {', '.join(named[:20])}{more}.")
    return said


def _repeated(titles: list[str]) -> list[str]:
    again = [title for title, count in Counter(title for title in titles if title).items() if count > 1]
    if not again:
        return []
    named = ", ".join(again[:5])
    return [
        f"Titles that stand over more than one column: {named}. Their columns are told apart by a number."
    ]


def _trimmed(index: int) -> str:
    return f"trim(c{index}, {literal(_BLANKS)})"


def _plans(workshop: Workshop, grid: Grid, titles: list[str], near: date) -> list[Plan]:
    most = max(200, min(_SAMPLE_ROWS, _SAMPLE_CELLS // max(1, grid.width)))
    step = max(1, grid.row_count // most)
    plans = []
    for index in range(grid.width):
        if index % _COLUMNS_AT_ONCE == 0:
            chosen = ", ".join(
                f"c{place}" for place in range(index, min(index + _COLUMNS_AT_ONCE, grid.width))
            )
            workshop.run(
                f"CREATE OR REPLACE TEMP TABLE sample AS SELECT {chosen} FROM grid WHERE {ROW} % {step} = 0 "
                f"OR {ROW} <= 1000 LIMIT {2 * most}"
            )
        text = f"left({_trimmed(index)}, {_LONGEST_SAMPLED})"
        counted = workshop.rows(
            f"SELECT {text}, count(*) FROM sample WHERE {text} <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        values = Counter({str(value): int(str(count)) for value, count in counted})
        plans.append(plan_for(values, titles[index], near))
    workshop.run("DROP TABLE sample")
    return plans


def _write(workshop: Workshop, names: list[str], plans: list[Plan], target: Path, hidden: str) -> None:
    parts = []
    for batch in _batches(len(plans)):
        part = target.with_suffix(f".part{batch[0]}")
        _write_columns(workshop, batch, names, plans, part, hidden if batch[-1] == len(plans) - 1 else "")
        parts.append(part)
    if len(parts) == 1:
        parts[0].replace(target)
        return
    side_by_side(parts, target)
    for part in parts:
        part.unlink()


def _write_columns(  # noqa: PLR0917 - private, and each is of another type
    workshop: Workshop, batch: range, names: list[str], plans: list[Plan], target: Path, hidden: str
) -> None:
    decimals = _decimal_types(workshop, batch, plans)
    keeps_raw = _raw_texts(workshop, batch, plans)
    selected = [ROW] if batch[0] == 0 else []
    for index in batch:
        value = _value(index, plans[index], decimals.get(index, "BIGINT"))
        selected.append(f"{value} AS {quoted(names[index])}")
        if keeps_raw[index]:
            selected.append(f"c{index} AS {quoted(raw_name(names[index]))}")
    if hidden:
        selected.append(f"coalesce({HIDDEN}, false) AS {quoted(hidden)}")
        selected.append(f"CASE WHEN {HIDDEN} THEN 'yes' ELSE 'no' END AS {quoted(raw_name(hidden))}")
    workshop.run(
        f"COPY (SELECT {', '.join(selected)} FROM grid) TO {literal(str(target))} "
        "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
    )


def _batches(width: int) -> list[range]:
    """The columns in groups small enough that what is held of each at once fits the memory."""
    return [range(start, min(start + _COLUMNS_AT_ONCE, width)) for start in range(0, width, _COLUMNS_AT_ONCE)]


def _value(index: int, plan: Plan, number_type: str) -> str:
    text = _trimmed(index)
    if plan.type == "text":
        return f"nullif({text}, '')"
    value = plan.sql(text)
    return f"TRY_CAST(({value}) AS {number_type})" if plan.is_number else value


def _decimal_types(workshop: Workshop, batch: range, plans: list[Plan]) -> dict[int, str]:
    """The exact type each column of numbers needs; a column read as whole numbers may turn out to have
    places.
    """
    numbers = {index: plans[index] for index in batch if plans[index].is_number and not plans[index].is_float}
    found: dict[int, str] = {index: "DOUBLE" for index in batch if plans[index].is_float}
    if not numbers:
        return found
    asked = []
    for index, plan in numbers.items():
        number = f"({plan.sql(_trimmed(index))})"
        asked.append(f"max(length(regexp_extract(ltrim({number}, '+-0'), '^[0-9]*')))")
        asked.append(
            f"max(length(rtrim(split_part({number}, '.', 2), '0')))" if plan.type == "decimal" else "0"
        )
    sizes = [int(str(size or 0)) for size in workshop.rows(f"SELECT {', '.join(asked)} FROM grid")[0]]
    for place, (index, plan) in enumerate(numbers.items()):
        whole, places = sizes[2 * place], sizes[2 * place + 1]
        if plan.type == "integer":
            found[index] = "BIGINT"
        elif whole + places <= 18:
            found[index] = f"DECIMAL(18, {places})"
        elif whole + places <= 38:
            found[index] = f"DECIMAL(38, {places})"
        else:
            found[index] = "DOUBLE"
    return found


def _raw_texts(workshop: Workshop, batch: range, plans: list[Plan]) -> dict[int, bool]:
    """For each column, whether its raw texts are needed beside the values: not where text stands as it is."""
    texts = [index for index in batch if plans[index].type == "text"]
    keeps = {index: plans[index].type != "text" for index in batch}
    if texts:
        asked = ", ".join(f"coalesce(bool_or(c{index} <> {_trimmed(index)}), false)" for index in texts)
        for index, differs in zip(texts, workshop.rows(f"SELECT {asked} FROM grid")[0], strict=True):
            keeps[index] = bool(differs)
    return keeps


def _counted(
    workshop: Workshop, names: list[str], titles: list[str], plans: list[Plan], target: Path
) -> tuple[list[dict[str, Any]], int]:
    """The columns with how many cells are filled, missing and misfits."""
    source = f"read_parquet({literal(str(target))})"
    present = set(pq.read_schema(target).names)
    missing = ", ".join(literal(word) for word in MISSING)
    rows = int(pq.read_metadata(target).num_rows)
    counts: list[int] = []
    for batch in _batches(len(plans)):
        asked = []
        for index in batch:
            name = quoted(names[index])
            asked.append(f"count({name})")
            if plans[index].type == "text":
                asked.append("0")
                continue
            raw = f"trim({quoted(raw_name(names[index]))}, {literal(_BLANKS)})"
            is_misfit = f"{raw} <> '' AND lower({raw}) NOT IN ({missing}) AND {name} IS NULL"
            asked.append(f"count(*) FILTER ({is_misfit})")
        found = workshop.rows(f"SELECT {', '.join(asked)} FROM {source}")[0]
        counts.extend(int(str(count)) for count in found)
    columns = []
    for index, (name, title, plan) in enumerate(zip(names, titles, plans, strict=True)):
        values, misfits = counts[2 * index], counts[2 * index + 1]
        columns.append(
            {
                "name": name,
                "title": title,
                "type": plan.type,
                "unit": plan.unit,
                "filled": values + misfits,
                "missing": rows - values - misfits,
                "misfits": misfits,
                "raw": raw_name(name) in present,
                "note": plan.note,
                **({"mixed": plan.mixed} if plan.mixed and plan.type == "text" else {}),
            }
        )
    return columns, rows


def _notices(columns: list[dict[str, Any]], totals: list[int]) -> list[str]:
    said = []
    misfits = [column for column in columns if column["misfits"]]
    if misfits:
        count = sum(column["misfits"] for column in misfits)
        named = ", ".join(column["title"] for column in misfits[:5])
        more = f" and {len(misfits) - 5} more" if len(misfits) > 5 else ""
        said.append(
            f"Cells that do not fit the type of their column: {count:,} (in {named}{more}). They are "
            f"shown as they "
            "stand in the file and left out of sums."
        )
    if totals:
        listed = ", ".join(str(row) for row in totals[:5])
        said.append(
            f"Rows that look like totals of the rows above: {len(totals)} (row {listed}). "
            "Leave them out when you add up a column."
        )
    said.extend(f"{column['title']}: {column['note']}" for column in columns[:50] if column["note"])
    return said
