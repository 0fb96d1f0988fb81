"""A question in words to its answer: understood, checked, run, told, with the rows that it rests on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from donovan.insight.errors import InsightError
from donovan.insight.tables.questions.building import conditions_of, rows_sql, sql_of
from donovan.insight.tables.questions.facts import Asked, ColumnFacts, TableFacts
from donovan.insight.tables.questions.grammar import understand
from donovan.insight.tables.questions.heads import IMPOSSIBLE
from donovan.insight.tables.questions.readings import AGGREGATES, Reading
from donovan.insight.tables.questions.telling import Told, describe, name_of, tell
from donovan.insight.tables.shaping import Condition, identifier, where_sql

LONGEST_QUESTION = 600
MOST_ROWS = 5000
MOST_CITED = 200
_LEFT_HIDDEN = "Rows that are hidden in the file are left out; ask with “including hidden rows” for all."
_INCLUDING = re.compile(
    r",?\s*\b(?:including|with|and|counting)\s+(?:the\s+|all\s+)?hidden\s+(?:rows?|ones|lines)\b", re.I
)


@dataclass(frozen=True)
class Choice:
    """One of several ways to read a question, with the query that answers it that way."""

    words: str
    sql: str
    view: str


@dataclass(frozen=True)
class TableAnswer:
    """What a question gave. `refused` says why there is no answer; `choices` are ways to read it.

    `value` is the exact figure (int, Decimal, Fraction, date, text, or a list); `cited` are row numbers of
    the table `view`, `cited_column` the column of the cited cells; `rows_sql` opens every row that went in.
    """

    question: str
    kind: str = ""
    sql: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    total: int = 0
    sentence: str = ""
    notes: tuple[str, ...] = ()
    value: Any = None
    view: str = ""
    cited: tuple[int, ...] = ()
    cited_column: str = ""
    cited_total: int = 0
    rows_sql: str = ""
    refused: str = ""
    choices: tuple[Choice, ...] = ()
    reading: Reading | None = field(default=None, compare=False)


def answer_question(question: str, tables: Sequence[TableFacts], session: Asked) -> TableAnswer:
    """The answer to a question over the given tables, or the reason why there is none.

    `session` holds a view for each table. A question that only one of the tables explains is put to that one;
    one that several explain with different answers is offered as a choice.
    """
    question = " ".join(question.split())
    if not question:
        return TableAnswer(question, refused="Write a question, such as “how many rows are there”.")
    if len(question) > LONGEST_QUESTION:
        return TableAnswer(
            question, refused=f"A question has at most {LONGEST_QUESTION} characters. Shorten it."
        )
    tables, question = _with_hidden(question, tables)
    understood = [(table, understand(question, table)) for table in tables]
    ways = [(table, reading) for table, found in understood for reading in found.readings]
    if not ways:
        return TableAnswer(question, refused=_not_understood([found.unknown for _, found in understood]))
    possible = [(table, reading) for table, reading in ways if reading.kind != IMPOSSIBLE]
    if not possible:
        table, reading = ways[0]
        return TableAnswer(question, kind=IMPOSSIBLE, refused=_impossible(reading, table), reading=reading)
    ways = possible
    answers: list[TableAnswer] = []
    problems: list[str] = []
    for table, reading in ways:
        try:
            answers.append(_answered(question, reading, table, session))
        except InsightError as error:
            problems.append(error.sentence)
    return _agreed(question, ways, answers, problems)


def _with_hidden(question: str, tables: Sequence[TableFacts]) -> tuple[Sequence[TableFacts], str]:
    """The tables with their hidden rows where the question asks for these, and what is left of it."""
    if not _INCLUDING.search(question):
        return tables, question
    left = " ".join(_INCLUDING.sub(" ", question).split()).strip(" ,")
    return [replace(table, hidden_rows="") for table in tables], left


def _agreed(
    question: str, ways: Sequence[tuple[TableFacts, Reading]], answers: list[TableAnswer], problems: list[str]
) -> TableAnswer:
    refused = [answer for answer in answers if answer.refused]
    if problems or (refused and len(refused) == len(ways)):
        return TableAnswer(question, refused=(problems or [refused[0].refused])[0])
    values = {_comparable(answer) for answer in answers}
    if len(values) == 1 and not refused:
        return answers[0]
    choices = tuple(
        Choice(describe(reading, table), sql_of(reading, table), table.view) for table, reading in ways
    )
    return TableAnswer(
        question,
        refused="This can be read in several ways that give different answers. Choose one.",
        choices=choices,
    )


def _comparable(answer: TableAnswer) -> str:
    value = answer.value
    if isinstance(value, list):
        value = (
            [item[0] if isinstance(item, tuple) else item for item in value]
            if answer.kind == "rank"
            else value
        )
    if isinstance(value, Fraction) and value.denominator == 1:
        value = int(value)
    return repr(value)


def _impossible(reading: Reading, table: TableFacts) -> str:
    """Why a column has no such figure."""
    column = table.column(reading.measure.column)
    name = name_of(column)
    if column.mixed:
        return (
            f"“{name}” is in several units that do not go together ({column.mixed}). Figures over all of "
            "them would mix these up; look at the rows instead."
        )
    if column.is_number:
        return f"“{name}” names the rows; its numbers are not added up."
    held = {"boolean": "yes and no", "text": "text"}.get(column.type, "days and times")
    return f"“{name}” holds {held}, not numbers, so it has no {AGGREGATES[reading.measure.function]}."


def _not_understood(unknown: Sequence[tuple[str, ...]]) -> str:
    fewest = min(unknown, key=len, default=())
    if fewest:
        words = ", ".join(f"“{word}”" for word in dict.fromkeys(fewest))
        return (
            f"Nothing in the table explains {words}. Use the titles of its columns and the values as they "
            "are written there, or build the query below."
        )
    return (
        "The words are known, but not what is asked. Ask for one thing, such as “total litres by consumer”, "
        "or build the query below."
    )


def _answered(question: str, reading: Reading, table: TableFacts, session: Asked) -> TableAnswer:
    sql = sql_of(reading, table)
    result = session.query(sql, limit=MOST_ROWS)
    if result.total > MOST_ROWS and reading.kind not in ("rows", "cells"):
        raise InsightError(f"The answer would have {result.total:,} lines. Narrow it with a condition.")
    told = tell(reading, table, result.columns, result.rows)
    if told.problem:
        return TableAnswer(question, kind=reading.kind, refused=told.problem, reading=reading)
    cited, total = _cited(reading, table, session, told)
    return TableAnswer(
        question=question,
        kind=reading.kind,
        sql=sql,
        columns=tuple(result.columns),
        rows=tuple(tuple(row) for row in result.rows),
        total=result.total,
        sentence=told.sentence,
        notes=tuple(_notes(reading, table, session)),
        value=told.value,
        view=table.view,
        cited=cited,
        cited_column=reading.measure.column,
        cited_total=total,
        rows_sql=rows_sql(reading, table),
        reading=reading,
    )


def _cited(reading: Reading, table: TableFacts, session: Asked, told: Told) -> tuple[tuple[int, ...], int]:
    """The rows that the answer rests on: for an extreme the rows that have it, else those that went in."""
    sql = rows_sql(reading, table)
    is_end = (
        reading.kind == "measure" and reading.measure.function in ("min", "max") and told.value is not None
    )
    if is_end:
        column = table.column(reading.measure.column)
        at_end = Condition(column.name, "is", (told.value,), column.type)
        where = where_sql((*reading.conditions, at_end))
        sql = f"SELECT _row FROM {identifier(table.view)}{where} ORDER BY _row"
    found = session.query(f"SELECT _row FROM ({sql})", limit=MOST_CITED)
    return tuple(int(row[0]) for row in found.rows), found.total


def _notes(reading: Reading, table: TableFacts, session: Asked) -> list[str]:
    """What was left out, and what does not go together."""
    notes = []
    left_in = set(conditions_of(reading, table)) - set(reading.conditions)
    if table.hidden_rows in {condition.column for condition in left_in}:
        notes.append(_LEFT_HIDDEN)
    hidden = [table.column(name) for name in _measured(reading) if table.column(name).is_hidden]
    notes += [f"The column {name_of(column)} is hidden in the file." for column in hidden]
    if table.total_rows and reading.kind not in ("rows", "cells"):
        numbers = ", ".join(str(number) for number in table.total_rows[:5])
        notes.append(f"Row {numbers} only sums up other rows and is left out.")
    for name in _measured(reading):
        notes += _left_out(table.column(name), reading, table, session)
    return notes


def _measured(reading: Reading) -> list[str]:
    measures = [reading.measure, *(side.measure for side in reading.sides if side.measure)]
    return list(dict.fromkeys(measure.column for measure in measures if measure.column))


def _left_out(column: ColumnFacts, reading: Reading, table: TableFacts, session: Asked) -> list[str]:
    notes = []
    inner = f"({rows_sql(reading, table)})"
    name = identifier(column.name)
    if column.missing:
        misfits = (
            f"SELECT COUNT(*), COUNT(*) FILTER (WHERE trim(r.{name}) <> '') FROM {inner} AS t "
            f"JOIN {identifier(f'{table.view}_raw')} AS r ON t._row = r._row WHERE t.{name} IS NULL"
        )
        missing, other = session.query(misfits).rows[0]
        if missing - other:
            notes.append(f"Left out: {_rows(missing - other)} without {name_of(column)}.")
        if other:
            notes.append(f"Left out: {_rows(other)} whose {name_of(column)} is no {_kind(column)}.")
    units = [
        one for one in table.columns if one.title.lower() in ("unit", "units", "uom") and column.is_number
    ]
    if units and reading.measure.function in ("sum", "avg", "median", "min", "max", "range"):
        kinds = session.query(f"SELECT DISTINCT {identifier(units[0].name)} FROM {inner} LIMIT 6").rows
        if len(kinds) > 1 and reading.measure.column == column.name:
            listed = ", ".join(str(kind[0]) for kind in kinds)
            notes.append(f"These rows have different units ({listed}); a figure over all of them mixes them.")
    return notes


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")


def _kind(column: ColumnFacts) -> str:
    return {"integer": "whole number", "decimal": "number", "datetime": "date"}.get(column.type, column.type)


def as_plain(value: Any) -> Any:
    """A value of an answer for JSON: exact numbers as text where a float would change them."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else value.numerator
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
