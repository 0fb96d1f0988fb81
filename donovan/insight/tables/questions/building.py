"""A reading as SQL: one SELECT for its figures, and one for the rows that they rest on.

Figures are exact: decimals that the file holds in another form are cast to DECIMAL before they are added,
and of an
average the sum and the number are selected too, so that it can be told to the last digit.
"""

from collections.abc import Sequence

from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.readings import Group, Measure, Reading
from donovan.insight.tables.shaping import Condition, identifier, where_sql

ROW = "_row"
_LOOSE_SCALE = 10
FIGURE = "figure"
COUNTED = "rows counted"


def exact(column: ColumnFacts, *, digits: int = 0) -> str:
    """The column as numbers that add up exactly, with room for more digits after the point."""
    name = identifier(column.name)
    if not column.is_number:
        return name
    if column.type == "integer":
        return f"CAST({name} AS DECIMAL(38, {digits}))" if digits else name
    if column.scale is None:
        return f"CAST({name} AS DECIMAL(38, {_LOOSE_SCALE}))"
    return f"CAST({name} AS DECIMAL(38, {column.scale + digits}))" if digits else name


def measure_sql(measure: Measure, table: TableFacts, only: str = "") -> list[tuple[str, str]]:
    """The columns of a figure as (expression, name); `only` is a FILTER clause. The first is the figure."""
    if measure.function == "count":
        return [(f"COUNT(*){only}", FIGURE)]
    column = table.column(measure.column)
    name = identifier(column.name)
    counted = (f"COUNT({name}){only}", COUNTED)
    if measure.function == "distinct":
        return [(f"COUNT(DISTINCT {name}){only}", FIGURE), counted]
    if measure.function == "sum":
        return [(f"SUM({exact(column)}){only}", FIGURE), counted]
    if measure.function == "avg":
        total = f"SUM({exact(column)}){only}"
        return [(f"{total} / COUNT({name}){only}", FIGURE), (total, "sum"), counted]
    if measure.function == "median":
        return [(f"MEDIAN({exact(column, digits=1)}){only}", FIGURE), counted]
    if measure.function == "stddev":
        return [(f"STDDEV_SAMP(CAST({name} AS DOUBLE)){only}", FIGURE), counted]
    if measure.function == "range":
        low, high = f"MIN({exact(column)}){only}", f"MAX({exact(column)}){only}"
        return [(f"{high} - {low}", FIGURE), (low, "lowest"), (high, "highest"), counted]
    function = "MIN" if measure.function == "min" else "MAX"
    return [(f"{function}({exact(column)}){only}", FIGURE), counted]


def group_sql(group: Group) -> str:
    name = identifier(group.column)
    if not group.interval:
        return name
    return f"CAST(date_trunc('{group.interval}', {name}) AS DATE)"


def rows_left_in(table: TableFacts) -> tuple[Condition, ...]:
    """Rows that only sum up others are not counted with them, and hidden ones not unasked."""
    made: list[Condition] = []
    if table.total_rows:
        made.append(Condition(ROW, "not in", table.total_rows, "integer"))
    if table.hidden_rows:
        made.append(Condition(table.hidden_rows, "is", (False,), "boolean"))
    return tuple(made)


def conditions_of(reading: Reading, table: TableFacts) -> tuple[Condition, ...]:
    is_listing = reading.kind in ("rows", "cells")
    # Whoever speaks of hidden rows asks for them.
    named = {condition.column for condition in reading.conditions}
    left_in = tuple(condition for condition in rows_left_in(table) if condition.column not in named)
    return reading.conditions if is_listing else (*reading.conditions, *left_in)


def sql_of(reading: Reading, table: TableFacts) -> str:
    """The query that is run and shown."""
    where = where_sql(conditions_of(reading, table))
    source = f"FROM {identifier(table.view)}"
    figures = reading.measure
    if reading.kind == "measure":
        return f"SELECT {_listed(measure_sql(figures, table))} {source}{where}"
    if reading.kind in ("groups", "having", "having count"):
        return _grouped(reading, table, source, where)
    if reading.kind == "rank":
        return _ranked(reading, table, source, where)
    if reading.kind == "rows":
        columns = reading.columns or tuple(column.name for column in table.columns)
        return f"SELECT {_names((ROW, *columns))} {source}{where} ORDER BY {ROW}"
    if reading.kind == "values":
        name = identifier(reading.columns[0])
        known = where_sql((*conditions_of(reading, table), Condition(reading.columns[0], "present")))
        return f'SELECT {name}, COUNT(*) AS "rows" {source}{known} GROUP BY {name} ORDER BY {name}'
    if reading.kind == "cells":
        name = identifier(figures.column)
        return f"SELECT {ROW}, {exact(table.column(figures.column))} AS {name} {source}{where} ORDER BY {ROW}"
    if reading.kind == "exists":
        return f"SELECT {_listed(measure_sql(Measure('count'), table))} {source}{where}"
    if reading.kind == "share":
        return _share(reading, table, source)
    return _sides(reading, table, source, where)


def _listed(columns: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{made} AS {identifier(name)}" for made, name in columns)


def _names(names: Sequence[str]) -> str:
    return ", ".join(ROW if name == ROW else identifier(name) for name in names)


def _grouped(reading: Reading, table: TableFacts, source: str, where: str) -> str:
    keys = [(group_sql(group), group.column) for group in reading.groups]
    figures = measure_sql(reading.measure, table)
    places = ", ".join(str(number) for number in range(1, len(keys) + 1))
    made = f"SELECT {_listed([*keys, *figures])} {source}{where} GROUP BY {places}"
    if reading.having is not None:
        of_figure = reading.having.sql.replace(identifier(reading.having.column), figures[0][0], 1)
        known = " AND ".join(f"{key} IS NOT NULL" for key, _ in keys)
        made += f" HAVING {known} AND {of_figure}"
    if reading.kind == "having count":
        return f"SELECT COUNT(*) AS {FIGURE} FROM ({made})"
    return f"{made} ORDER BY {places}"


def _ranked(reading: Reading, table: TableFacts, source: str, where: str) -> str:
    direction = "DESC" if reading.is_descending else "ASC"
    kept = f"DENSE_RANK() OVER (ORDER BY {{0}} {direction}) = {reading.rank}"
    if reading.rank == 0:
        kept = f"RANK() OVER (ORDER BY {{0}} {direction}) <= {reading.limit}"
    if not reading.groups:
        known = where_sql((*conditions_of(reading, table), Condition(reading.measure.column, "present")))
        name = identifier(reading.measure.column)
        shown = [column for column in (reading.columns or _all(table)) if column != reading.measure.column]
        measured = exact(table.column(reading.measure.column))
        columns = f"{_names((ROW, *shown))}, {measured} AS {name}"
        return (
            f"SELECT {columns} {source}{known} QUALIFY {kept.format(name)} ORDER BY {name} {direction}, {ROW}"
        )
    keys = [(group_sql(group), group.column) for group in reading.groups]
    figures = measure_sql(reading.measure, table)
    known = where_sql((*conditions_of(reading, table), Condition(reading.groups[0].column, "present")))
    figure = figures[0][0]
    return (
        f"SELECT {_listed([*keys, *figures])} {source}{known} GROUP BY 1 HAVING {figure} IS NOT NULL "
        f"QUALIFY {kept.format(figure)} ORDER BY {FIGURE} {direction}, 1"
    )


def _all(table: TableFacts) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _joined(conditions: Sequence[Condition]) -> str:
    return " AND ".join(condition.sql for condition in conditions)


def _share(reading: Reading, table: TableFacts, source: str) -> str:
    whole = where_sql((*reading.whole, *rows_left_in(table)))
    part = measure_sql(reading.measure, table, f" FILTER (WHERE {_joined(reading.sides[0].conditions)})")[0][
        0
    ]
    every = measure_sql(reading.measure, table)[0][0]
    return f"SELECT {part} AS part, {every} AS whole {source}{whole}"


def _sides(reading: Reading, table: TableFacts, source: str, where: str) -> str:
    columns: list[tuple[str, str]] = []
    for number, side in enumerate(reading.sides, 1):
        only = f" FILTER (WHERE {_joined(side.conditions)})" if side.conditions else ""
        measure = side.measure or reading.measure
        used = Measure("max", measure.column) if measure.function == "value" else measure
        figures = measure_sql(used, table, only)
        extra = [] if measure.function == "count" else [(f"COUNT(*){only}", "rows")]
        columns += [(made, f"{name} {number}") for made, name in (*figures, *extra)]
    return f"SELECT {_listed(columns)} {source}{where}"


def rows_sql(reading: Reading, table: TableFacts) -> str:
    """The rows that went into the figures, as a query that opens them."""
    conditions = reading.whole if reading.kind == "share" else conditions_of(reading, table)
    made = where_sql(conditions)
    if reading.sides and reading.kind != "share" and all(side.conditions for side in reading.sides):
        either = " OR ".join(f"({_joined(side.conditions)})" for side in reading.sides)
        made += f"{' AND' if made else ' WHERE'} ({either})"
    columns = _names((ROW, *_all(table)))
    return f"SELECT {columns} FROM {identifier(table.view)}{made} ORDER BY {ROW}"
