"""Rows that are taken along: a CSV under its marking, in which nothing runs when it is opened."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.insight.errors import InsightError
from donovan.insight.tables.reading import MOST_EXPORTED, opened, run_query
from donovan.insight.tables.views.table import frame
from donovan.library.callers import Caller
from donovan.library.inert import inert
from donovan.library.originals import outgoing_name


@entry()
@require_POST
def export(request: SignedInRequest, table_id: UUID) -> HttpResponseBase:
    """The rows of the query as CSV; the marking stands in its first and last line and in its name."""
    caller = Caller.of(request)
    tables = opened(caller, [table_id, *[value for value in request.POST.getlist("with") if value][:2]])
    try:
        result = run_query(caller, tables, request.POST.get("sql", ""), action="export", limit=MOST_EXPORTED)
    except InsightError as error:
        context = frame(tables, "ask") | {"problem": error.sentence}
        return render(request, "tables/problem.html", context, status=400)
    marking = marking_of(tables.labels)
    response = StreamingHttpResponse(
        csv_lines(result.columns, result.rows, marking.canonical, total=result.total),
        content_type="text/csv; charset=utf-8",
    )
    name = outgoing_name(f"{tables.first.name}.csv", marking.portion)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Marking"] = marking.canonical
    return response


def csv_lines(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], marking: str, *, total: int
) -> Iterator[str]:
    """The file line by line: the marking, the titles, the rows, what was left out, the marking."""
    yield _line([marking])
    yield _line([inert(column) for column in columns])
    for row in rows:
        yield _line([_plain(value) for value in row])
    if total > len(rows):
        yield _line([f"{total - len(rows)} further rows are not in this file."])
    yield _line([marking])


def _line(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()


def _plain(value: Any) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | time):
        return value.isoformat()
    return inert(value)
