"""Asking a table: in words, by forms, or in SQL; the query is always shown, and always only reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.insight.charts.drawing import inline_svg
from donovan.insight.errors import InsightError
from donovan.insight.tables import summarising
from donovan.insight.tables.engine import QueryResult
from donovan.insight.tables.filtering import Place, filter_address
from donovan.insight.tables.grid import cell_text
from donovan.insight.tables.picturing import KINDS, Picture, chart_of
from donovan.insight.tables.questions import TableAnswer
from donovan.insight.tables.questions.readings import Group
from donovan.insight.tables.reading import ROWS_SHOWN, Opened, ask, opened, run_query
from donovan.insight.tables.selectors import readable_tables
from donovan.insight.tables.shaping import OPERATORS, Condition
from donovan.insight.tables.views.table import frame
from donovan.library.callers import Caller

MOST_OFFERED = 200
LONGEST_QUESTION = 600


@dataclass
class Work:
    """What one request has come to: the query, its rows, where each line leads, what went wrong."""

    sql: str = ""
    result: QueryResult | None = None
    lines: list[str] = field(default_factory=list)
    answer: TableAnswer | None = None
    behind: str = ""
    chart: object = None
    chart_words: str = ""
    problem: str = ""


@entry()
@require_http_methods(["GET", "POST"])
def asking(request: SignedInRequest, table_id: UUID) -> HttpResponse:
    """The forms, and below them the answer to the one that was sent."""
    caller = Caller.of(request)
    asked = request.POST if request.method == "POST" else request.GET
    tables = opened(caller, [table_id, *_others(asked)])
    work = Work()
    if request.method == "POST":
        try:
            _act(caller, tables, asked, work)
        except InsightError as error:
            work.problem = error.sentence
    context = frame(tables, "ask") | _offered(caller, tables, asked) | {"work": work}
    context["result"] = _shown(tables, work)
    return render(request, "tables/ask.html", context, status=400 if work.problem else 200)


def _others(asked: QueryDict) -> list[str]:
    return [value for value in asked.getlist("with") if value][:2]


def _act(caller: Caller, tables: Opened, asked: QueryDict, work: Work) -> None:
    action = asked.get("action", "")
    if action == "question":
        _ask(caller, tables, asked, work)
        return
    if action == "summary":
        _summarise(caller, tables, asked, work)
    elif action == "join":
        work.sql = _join(tables, asked)
    else:
        work.sql = asked.get("sql", "")
    if work.result is None:
        work.result = run_query(caller, tables, work.sql)
    if asked.get("chart"):
        _draw(asked, work)


def _ask(caller: Caller, tables: Opened, asked: QueryDict, work: Work) -> None:
    work.answer = ask(caller, tables, asked.get("question", "")[: LONGEST_QUESTION + 1])
    work.sql = work.answer.sql
    reading = work.answer.reading
    if reading is None or work.answer.refused:
        return
    work.behind = filter_address(reading.conditions)
    if reading.groups:
        kinds = _kinds(tables, work.answer.view)
        work.lines = [
            filter_address([*reading.conditions, *_of_group(reading.groups, row, kinds)])
            for row in work.answer.rows
        ]


def _of_group(groups: Sequence[Group], row: Sequence[Any], kinds: dict[str, str]) -> list[Condition]:
    made: list[Condition] = []
    for group, value in zip(groups, row, strict=False):
        made += summarising.group_conditions(group.column, value, kinds[group.column], group.interval)
    return made


def _kinds(tables: Opened, view: str) -> dict[str, str]:
    return {str(column["name"]): str(column["type"]) for column in tables.views[view].columns}


def _summarise(caller: Caller, tables: Opened, asked: QueryDict, work: Work) -> None:
    view, table = next(iter(tables.views.items()))
    place = Place.from_address(asked, table.columns)
    if place.problems:
        raise InsightError(" ".join(place.problems))
    summary = summarising.summary_of(asked, table.columns, place.conditions)
    across: list[Any] = []
    if summary.across:
        across = [row[0] for row in run_query(caller, tables, summarising.across_sql(summary, view)).rows]
    work.sql = summarising.summary_sql(summary, view, across)
    work.result = run_query(caller, tables, work.sql)
    kinds = _kinds(tables, view)
    work.lines = [summarising.rows_behind(summary, row, kinds) for row in work.result.rows]
    work.behind = filter_address(summary.conditions)


def _join(tables: Opened, asked: QueryDict) -> str:
    if len(tables.views) < 2:
        raise InsightError("Choose the table to join with.")
    (view, table), (other, second) = list(tables.views.items())[:2]
    return summarising.join_sql(
        (view, table.columns, asked.get("on", "")),
        (other, second.columns, asked.get("equal", "")),
        keeps_all=asked.get("keep") == "all",
    )


def _draw(asked: QueryDict, work: Work) -> None:
    if work.result is None:
        return
    picture = Picture(asked.get("chart", ""), asked.get("x", ""), asked.get("y", ""), asked.get("by", ""))
    made = chart_of(picture, work.result.columns, work.result.rows, "")
    work.chart, work.chart_words = inline_svg(made), str(made["description"])


def _shown(tables: Opened, work: Work) -> dict[str, Any] | None:
    """The rows as a table, each with the address of the rows behind it."""
    if work.answer is not None and not work.answer.refused:
        columns, rows, total = list(work.answer.columns), list(work.answer.rows), work.answer.total
    elif work.result is not None:
        columns, rows, total = work.result.columns, list(work.result.rows), work.result.total
    else:
        return None
    address = reverse("tables:table", args=[tables.first.pk])
    addresses = (
        [f"{address}?{line}" for line in work.lines if line] if work.lines else _by_row(tables, columns, rows)
    )
    shown: list[dict[str, Any]] = [
        {
            "cells": [{"text": cell_text(value), "is_number": _is_number(value)} for value in row],
            "address": addresses[index] if index < len(addresses) else "",
        }
        for index, row in enumerate(rows[:ROWS_SHOWN])
    ]
    numbers = [name for at, name in enumerate(columns) if any(row["cells"][at]["is_number"] for row in shown)]
    return {
        "columns": columns,
        "numbers": numbers,
        "rows": shown,
        "total": total,
        "is_cut": total > len(shown),
    }


def _by_row(tables: Opened, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Where a line carries the number of its row, it leads to it."""
    view = next(iter(tables.views))
    named = next((name for name in ("_row", f"row in {view}") if name in columns), None)
    if named is None:
        return []
    at = list(columns).index(named)
    address = reverse("tables:table", args=[tables.first.pk])
    return [f"{address}?row={row[at]}" for row in rows]


def _is_number(value: Any) -> bool:
    return (
        not isinstance(value, str | bool)
        and value is not None
        and cell_text(value)[-1:].isdigit()
        and not hasattr(value, "isoformat")
    )


def _offered(caller: Caller, tables: Opened, asked: QueryDict) -> dict[str, Any]:
    """What the forms offer, with what was chosen before."""
    first = tables.first
    others = (
        readable_tables(caller.scope)
        .exclude(pk=first.pk)
        .defer("profile")
        .order_by("document__title", "ordinal")
    )
    second = list(tables.views.values())[1] if len(tables.views) > 1 else None
    columns = first.columns[:400]
    return {
        "asked": {name: asked.get(name, "") for name in asked},
        "columns": columns,
        "numbers": [column for column in columns if column["type"] in ("integer", "decimal")],
        "dates": [column for column in columns if column["type"] in ("date", "datetime")],
        "functions": summarising.FUNCTIONS.items(),
        "intervals": summarising.INTERVALS.items(),
        "operators": OPERATORS.items(),
        "others": others[:MOST_OFFERED],
        "second": second,
        "views": list(tables.views.items()),
        "charts": KINDS.items(),
        "example": _example(columns),
    }


def _example(columns: Sequence[dict[str, Any]]) -> str:
    """A question that this table can answer."""
    number = next((column["title"] for column in columns if column["type"] in ("integer", "decimal")), "")
    text = next((column["title"] for column in columns if column["type"] == "text"), "")
    return f"total {number} by {text}" if number and text else "how many rows are there"
