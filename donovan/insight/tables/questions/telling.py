"""The rows of a reading as a sentence, with exact arithmetic, units, and what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.linking import unit_written
from donovan.insight.tables.questions.readings import AGGREGATES, Group, Measure, Reading
from donovan.insight.tables.shaping import OPERATORS, Condition

MOST_NAMED = 12
_DIGITS = 6


@dataclass(frozen=True)
class Told:
    """`value` is the figure itself: a number, a date, a name, a list of names, or (key, figure) pairs.

    `is_nothing` says that there were no rows to compute it from; `problem` that it may not be computed.
    """

    sentence: str
    value: Any
    is_nothing: bool = False
    problem: str = ""


def number_words(value: Any) -> str:
    """`12,340.5`, exact where it ends within six digits, otherwise "about" and rounded."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        plain = value.normalize() if value else Decimal(0)
        return f"{plain:,f}"
    if isinstance(value, Fraction):
        rounded = round(value, _DIGITS)
        shown = (Decimal(rounded.numerator) / Decimal(rounded.denominator)).normalize()
        return f"{shown:,f}" if rounded == value else f"about {shown:,f}"
    if isinstance(value, float):
        return f"about {value:,.6g}"
    return value_words(value)


def value_words(value: Any) -> str:
    if value is None:
        return "no value"
    if isinstance(value, datetime):
        has_hour = (value.hour, value.minute, value.second) != (0, 0, 0)
        return f"{value.day} {value:%B %Y}" + (f", {value:%H:%M}" if has_hour else "")
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return number_words(value) if isinstance(value, int | float | Decimal | Fraction) else str(value)


def name_of(column: ColumnFacts) -> str:
    return column.title.replace("_", " ").strip()


def condition_words(condition: Condition, table: TableFacts) -> str:
    title = name_of(table.column(condition.column))
    if condition.operator in ("missing", "present"):
        return f"{title} {OPERATORS[condition.operator]}"
    values = [value_words(value) for value in condition.values]
    if condition.operator == "between":
        return f"{title} lies between {values[0]} and {values[1]}"
    if condition.operator in ("in", "not in"):
        many = f"{', '.join(values[:MOST_NAMED])}" + (" …" if len(values) > MOST_NAMED else "")
        return f"{title} is {'none' if condition.operator == 'not in' else 'one'} of {many}"
    words = {"less": "is below", "more": "is above", "at most": "is at most", "at least": "is at least"}
    if condition.type in ("date", "datetime", "time"):
        words = {"less": "is before", "more": "is after", "at most": "is until", "at least": "is from"}
    return f"{title} {words.get(condition.operator, OPERATORS[condition.operator])} {values[0]}"


def where_words(conditions: Sequence[Condition], table: TableFacts) -> str:
    told = [condition_words(condition, table) for condition in conditions]
    return f" where {' and '.join(told)}" if told else ""


def measure_words(measure: Measure, table: TableFacts) -> str:
    if measure.function == "count":
        return "number of rows"
    title = name_of(table.column(measure.column))
    if measure.function == "value":
        return title
    joined = "of " if measure.function in ("distinct", "range", "stddev") else ""
    return f"{AGGREGATES[measure.function]} {joined}{title}"


def group_words(groups: Sequence[Group], table: TableFacts) -> str:
    told = [group.interval or name_of(table.column(group.column)) for group in groups]
    return " and ".join(told)


def describe(reading: Reading, table: TableFacts) -> str:
    """The reading in words, as one of several to choose from."""
    where = where_words(reading.conditions, table)
    measure = measure_words(reading.measure, table)
    groups = group_words(reading.groups, table)
    if reading.kind == "groups":
        return f"the {measure} by {groups}{where}"
    if reading.kind == "rank" and reading.groups:
        return f"{groups} by {measure}, {'highest' if reading.is_descending else 'lowest'} first{where}"
    if reading.kind == "rank":
        return f"single rows by {measure}, {'highest' if reading.is_descending else 'lowest'} first{where}"
    if reading.kind in ("having", "having count"):
        return f"each {groups} by its {measure}{where}"
    if reading.kind in ("rows", "cells"):
        return f"the rows{where}"
    if reading.kind == "values":
        return f"the different values of {name_of(table.column(reading.columns[0]))} in single rows{where}"
    return f"the {measure}{where}"


def figure(measure: Measure, values: dict[str, Any], suffix: str = "") -> Any:
    """The exact figure from the columns of its query: an average as a fraction, not as a rounded quotient."""
    if measure.function == "avg":
        total, counted = values.get(f"sum{suffix}"), values.get(f"rows counted{suffix}")
        return Fraction(total) / counted if total is not None and counted else None
    found = values.get(f"figure{suffix}")
    if measure.function == "stddev" and found is not None:
        return float(found)
    return found


def unit_words(measure: Measure, table: TableFacts) -> str:
    if measure.function in ("count", "distinct"):
        return ""
    column = table.column(measure.column)
    unit = unit_written(column)
    return f" {unit}" if unit and column.is_number else ""


def tell(reading: Reading, table: TableFacts, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Told:
    """The sentence and the value of an answer."""
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    teller = {
        "measure": _measure,
        "groups": _groups,
        "rank": _rank,
        "rows": _rows,
        "values": _values,
        "cells": _cells,
        "exists": _exists,
        "share": _share,
        "ratio": _sides,
        "difference": _sides,
        "having": _having,
        "having count": _having_count,
    }[reading.kind]
    return teller(reading, table, records)


Records = list[dict[str, Any]]


def _measure(reading: Reading, table: TableFacts, records: Records) -> Told:
    where = where_words(reading.conditions, table)
    value = figure(reading.measure, records[0])
    words = measure_words(reading.measure, table)
    if reading.measure.function == "count":
        rows = "row" if value == 1 else "rows"
        return Told(f"There {'is' if value == 1 else 'are'} {value:,} {rows}{where}.", value)
    if value is None:
        return Told(f"There is no value to compute the {words} from{where}.", None, is_nothing=True)
    counted = records[0]["rows counted"]
    told = f"{number_words(value)}{unit_words(reading.measure, table)}"
    return Told(f"The {words}{where} is {told}, from {counted:,} value{'' if counted == 1 else 's'}.", value)


def _key(record: dict[str, Any], groups: Sequence[Group]) -> Any:
    keys = tuple(record[group.column] for group in groups)
    return keys[0] if len(keys) == 1 else keys


def _key_words(key: Any) -> str:
    return ", ".join(value_words(one) for one in key) if isinstance(key, tuple) else value_words(key)


def _groups(reading: Reading, table: TableFacts, records: Records) -> Told:
    pairs = [(_key(record, reading.groups), figure(reading.measure, record)) for record in records]
    where = where_words(reading.conditions, table)
    head = f"The {measure_words(reading.measure, table)} by {group_words(reading.groups, table)}{where}"
    if not pairs:
        return Told(f"There are no rows{where}.", [], is_nothing=True)
    unit = unit_words(reading.measure, table)
    told = "; ".join(f"{_key_words(key)}: {number_words(value)}{unit}" for key, value in pairs[:MOST_NAMED])
    more = f"; and {len(pairs) - MOST_NAMED} more below" if len(pairs) > MOST_NAMED else ""
    return Told(f"{head} is {told}{more}.", pairs)


def _rank(reading: Reading, table: TableFacts, records: Records) -> Told:
    where = where_words(reading.conditions, table)
    measure = reading.measure
    if not records:
        return Told(f"There are no values to compare{where}.", [], is_nothing=True)
    unit = unit_words(measure, table)
    if reading.groups:
        pairs = [(_key(record, reading.groups), figure(measure, record)) for record in records]
        subject = group_words(reading.groups, table)
    else:
        names = reading.columns or ("_row",)
        pairs = [(record[names[0]], record[measure.column]) for record in records]
        subject = name_of(table.column(names[0])) if reading.columns else "row"
    end = "highest" if reading.is_descending else "lowest"
    told = "; ".join(f"{_key_words(key)}: {number_words(value)}{unit}" for key, value in pairs[:MOST_NAMED])
    words = measure_words(measure, table)
    words = words if measure.function != "value" else f"single {words}"
    if reading.rank:
        place = {1: ""}.get(reading.rank, f"number {reading.rank} among ")
        keys = list(dict.fromkeys(key for key, _ in pairs))
        tie = f" {len(pairs)} share this place." if len(pairs) > 1 else ""
        value: Any = keys[0] if len(keys) == 1 else keys
        return Told(f"The {subject} with {place}the {end} {words}{where} is {told}.{tie}", value)
    tie = " Some share the last place." if len(pairs) > reading.limit else ""
    return Told(f"The {len(pairs)} with the {end} {words} by {subject}{where}: {told}.{tie}", pairs)


def _rows(reading: Reading, table: TableFacts, records: Records) -> Told:
    where = where_words(reading.conditions, table)
    numbers = [record["_row"] for record in records]
    if not numbers:
        return Told(f"There are no rows{where}.", [], is_nothing=True)
    listed = ", ".join(str(number) for number in numbers[:MOST_NAMED])
    more = f" and {len(numbers) - MOST_NAMED:,} more" if len(numbers) > MOST_NAMED else ""
    rows = "Row" if len(numbers) == 1 else "Rows"
    return Told(f"{rows} {listed}{more}: these are the rows{where}.", numbers)


def _values(reading: Reading, table: TableFacts, records: Records) -> Told:
    where = where_words(reading.conditions, table)
    name = reading.columns[0]
    values = [record[name] for record in records]
    title = name_of(table.column(name))
    if not values:
        return Told(f"There is no {title}{where}.", [], is_nothing=True)
    listed = ", ".join(value_words(value) for value in values[:MOST_NAMED])
    more = f" and {len(values) - MOST_NAMED} more" if len(values) > MOST_NAMED else ""
    count = f"{len(values):,} different values" if len(values) > 1 else "one value"
    return Told(f"{title}{where} has {count}: {listed}{more}.", values)


def _cells(reading: Reading, table: TableFacts, records: Records) -> Told:
    where = where_words(reading.conditions, table)
    column = table.column(reading.measure.column)
    title, unit = name_of(column), unit_words(reading.measure, table)
    values = {record[column.name] for record in records}
    if not records:
        return Told(f"There are no rows{where}.", None, is_nothing=True)
    if len(values) > 1:
        problem = (
            f"There are {len(records):,} rows{where}, with different values of {title}. "
            "Ask for their total, average, lowest or highest, or add a condition."
        )
        return Told("", None, problem=problem)
    (value,) = values
    rows = ", ".join(str(record["_row"]) for record in records[:MOST_NAMED])
    if value is None:
        return Told(f"{title}{where} is missing (row {rows}).", None, is_nothing=True)
    row_words = "row" if len(records) == 1 else "rows"
    return Told(f"{title}{where} is {number_words(value)}{unit} ({row_words} {rows}).", value)


def _exists(reading: Reading, table: TableFacts, records: Records) -> Told:
    where, count = where_words(reading.conditions, table), records[0]["figure"]
    if not count:
        return Told(f"No, there are no rows{where}.", False)
    return Told(
        f"Yes, there {'is' if count == 1 else 'are'} {count:,} row{'' if count == 1 else 's'}{where}.", True
    )


def _share(reading: Reading, table: TableFacts, records: Records) -> Told:
    part, whole = records[0]["part"] or 0, records[0]["whole"] or 0
    words = measure_words(reading.measure, table)
    of = f"the {words}{where_words(reading.whole, table)}"
    if not whole:
        return Told(f"{of.capitalize()} is nothing, so there is no share of it.", None, is_nothing=True)
    share = Fraction(part) * 100 / Fraction(whole)
    unit = unit_words(reading.measure, table)
    which = where_words(reading.sides[0].conditions, table)
    told = f"{number_words(part)} of {number_words(whole)}{unit}"
    return Told(f"{number_words(share).capitalize()} % of {of} is{which}: {told}.", share)


def _sides(reading: Reading, table: TableFacts, records: Records) -> Told:
    where = where_words(reading.conditions, table)
    values, told = [], []
    for number, side in enumerate(reading.sides, 1):
        measure = side.measure or reading.measure
        suffix = f" {number}"
        value = figure(measure, records[0], suffix)
        rows = records[0].get(f"rows{suffix}", 1)
        if measure.function == "value" and rows != 1:
            problem = f"There are {rows:,} rows for {side.name}{where}. Ask for their total or average."
            return Told("", None, problem=problem)
        if value is None:
            return Told(f"There is no value for {side.name}{where}.", None, is_nothing=True)
        values.append(value)
        told.append(f"{side.name} {number_words(value)}{unit_words(measure, table)}")
    words = measure_words(reading.measure, table) if reading.sides[0].conditions else "figures"
    both = " and ".join(told)
    if any(isinstance(value, float) for value in values):
        return Told("", None, problem="A difference of these is not exact. Ask for each by itself.")
    if reading.kind == "ratio":
        if not values[1]:
            return Told(f"The ratio has no value, because {told[1]}.", None, is_nothing=True)
        ratio = Fraction(values[0]) / Fraction(values[1])
        return Told(f"The ratio of the {words}{where} is {number_words(ratio)} to 1: {both}.", ratio)
    difference = Fraction(values[0]) - Fraction(values[1])
    unit = unit_words(reading.sides[0].measure or reading.measure, table)
    if reading.note == "change":
        turn = "rose" if difference > 0 else "fell" if difference < 0 else "did not change"
        amount = f" by {number_words(abs(difference))}{unit}" if difference else ""
        return Told(f"The {words}{where} {turn}{amount}: {' after '.join(told)}.", difference)
    return Told(
        f"The difference of the {words}{where} is {number_words(abs(difference))}{unit}: {both}.",
        abs(difference),
    )


def _having(reading: Reading, table: TableFacts, records: Records) -> Told:
    pairs = [(_key(record, reading.groups), figure(reading.measure, record)) for record in records]
    where, subject = where_words(reading.conditions, table), group_words(reading.groups, table)
    limit = _limit_words(reading)
    words = measure_words(reading.measure, table)
    if not pairs:
        return Told(f"No {subject} has a {words} {limit}{where}.", [], is_nothing=True)
    told = "; ".join(f"{_key_words(key)}: {number_words(value)}" for key, value in pairs[:MOST_NAMED])
    more = f"; and {len(pairs) - MOST_NAMED} more" if len(pairs) > MOST_NAMED else ""
    return Told(
        f"{len(pairs):,} by {subject} with a {words} {limit}{where}: {told}{more}.", [key for key, _ in pairs]
    )


def _having_count(reading: Reading, table: TableFacts, records: Records) -> Told:
    where, subject = where_words(reading.conditions, table), group_words(reading.groups, table)
    value = records[0]["figure"]
    words = measure_words(reading.measure, table)
    return Told(
        f"{value:,} different values of {subject} have a {words} {_limit_words(reading)}{where}.", value
    )


def _limit_words(reading: Reading) -> str:
    if reading.having is None:
        return ""
    words = {"more": "above", "less": "below", "at least": "of at least", "at most": "of at most", "is": "of"}
    return f"{words[reading.having.operator]} {value_words(reading.having.values[0])}"
