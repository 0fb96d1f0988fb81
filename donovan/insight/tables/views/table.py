"""One table: its rows as a grid, and its profile."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.insight.errors import InsightError
from donovan.insight.tables.filtering import COLUMNS_ON_A_PAGE, Place, filter_address, filter_query
from donovan.insight.tables.grid import grid_of
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.reading import Opened, note, opened, session_for
from donovan.insight.tables.services import profile_of
from donovan.insight.tables.shaping import OPERATORS, WITHOUT_VALUE, Condition
from donovan.library.callers import Caller

BLANK_FILTERS = 2
HISTOGRAM_HEIGHT = 32


def frame(tables: Opened, here: str) -> dict[str, Any]:
    """What every page of one table shows around its own part."""
    table = tables.first
    return {
        "page_marking": marking_of(tables.labels).canonical,
        "table": table,
        "document": table.document,
        "table_marking": marking_of([table.document.label]).canonical,
        "here": here,
        "view_name": next(iter(tables.views)),
    }


@entry()
@require_GET
def table(request: SignedInRequest, table_id: UUID) -> HttpResponse:
    """Rows as the address asks for them, with the cited cell marked."""
    caller = Caller.of(request)
    tables = opened(caller, [table_id])
    place = Place.from_address(request.GET, tables.first.columns)
    context = frame(tables, "rows") | {
        "place": place,
        "filters": _filters(place),
        "operators": OPERATORS.items(),
    }
    context |= {"columns": tables.first.columns[:400], "without_value": WITHOUT_VALUE}
    try:
        with session_for(caller, tables, row=place.row, filters=len(place.conditions)) as session:
            context["grid"] = grid_of(session, next(iter(tables.views)), tables.first, place)
    except InsightError as error:
        context["problem"] = error.sentence
    context["sorted_addresses"] = _sorted_addresses(place, tables.first)
    context["columns_shown"] = COLUMNS_ON_A_PAGE
    context["unsorted_address"] = filter_address(place.conditions)
    return render(request, "tables/table.html", context)


def _filters(place: Place) -> list[dict[str, str]]:
    """The filters as the form shows them, and some blank ones."""
    asked = [
        {"column": condition.column, "operator": condition.operator, "value": _value(condition)}
        for condition in place.conditions
    ]
    return asked + [{"column": "", "operator": "is", "value": ""}] * BLANK_FILTERS


def _value(condition: Condition) -> str:
    return filter_query((condition,)).get("v", "")


def _sorted_addresses(place: Place, shown: DataTable) -> dict[str, str]:
    """Where a click on the title of a column leads: sorted by it, and the other way round the second time."""
    filters = filter_address(place.conditions)
    addresses = {}
    for column in shown.columns:
        name = column["name"]
        turn = "desc" if place.sort == name and not place.is_descending else ""
        parts = [filters, f"sort={name}", f"turn={turn}" if turn else ""]
        if place.first_column:
            parts.append(f"cols={place.first_column}")
        addresses[name] = "&".join(part for part in parts if part)
    return addresses


@entry()
@require_GET
def profile(request: SignedInRequest, table_id: UUID) -> HttpResponse:
    """What is in each column, over all rows."""
    caller = Caller.of(request)
    tables = opened(caller, [table_id])
    note(caller, "view", tables, profile=True)
    context = frame(tables, "profile")
    try:
        found = profile_of(tables.first)
    except InsightError as error:
        context["problem"] = error.sentence
    else:
        context["profile"] = found
        context["columns"] = [_profiled(column) for column in found["columns"]]
    return render(request, "tables/profile.html", context)


def _profiled(column: dict[str, Any]) -> dict[str, Any]:
    """A column with its histogram as bars of a small picture, and where its misfits and gaps can be seen."""
    highest = max((item["count"] for item in column["histogram"]), default=0)
    bars = [
        {
            "x": 6 * place,
            "height": round(HISTOGRAM_HEIGHT * item["count"] / highest, 1),
            "y": round(HISTOGRAM_HEIGHT - HISTOGRAM_HEIGHT * item["count"] / highest, 1),
            "words": f"{item['low']} to {item['high']}: {item['count']}",
        }
        for place, item in enumerate(column["histogram"])
        if highest
    ]
    top = [
        {
            **item,
            "address": filter_address((Condition(column["name"], "is", (item["value"],), column["type"]),)),
        }
        for item in column["top"][:5]
    ]
    missing = filter_address((Condition(column["name"], "missing", (), column["type"]),))
    return {**column, "bars": bars, "top": top, "missing_address": missing, "width": 6 * len(bars)}
