"""A report as JSON: complete, untouched and versioned, so that `content_from` makes the same report again.

{"schema": "donovan.report/1", "marking": …, "status": …, "report": {fields of ReportContent}}

Values that JSON has no word for stand as {"type": …, "value": …}: date, datetime, time, decimal, float (NaN
and the infinities). Each block names its kind. A field that a later release adds is left out of an
older reader's sight, never an error.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from donovan.reports.content import (
    Block,
    Declassification,
    FigureBlock,
    MapBlock,
    MapPlace,
    Paragraph,
    ReportContent,
    SectionContent,
    Source,
    Statement,
    TableBlock,
)
from donovan.reports.errors import ReportError

SCHEMA = "donovan.report/1"
_KINDS: dict[str, type[Any]] = {
    "paragraph": Paragraph,
    "table": TableBlock,
    "figure": FigureBlock,
    "map": MapBlock,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_READERS = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
    "float": float,
}


def write(content: ReportContent) -> bytes:
    """The bytes of the .json file, UTF-8."""
    said = {
        "schema": SCHEMA,
        "marking": content.banner,
        "status": content.status_line,
        "report": _plain(content),
    }
    text = json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)
    # Half of a surrogate pair is no letter: it is written as an escape, which JSON allows.
    return text.encode("utf-8", "backslashreplace")


def read(data: bytes) -> ReportContent:
    """The report behind the bytes that `write` made. Raises ReportError for anything else."""
    try:
        said = json.loads(data)
        if said["schema"] != SCHEMA:
            raise ReportError(f"This file is of the form “{str(said['schema'])[:60]}”, not {SCHEMA}.")
        return _report(said["report"])
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        raise ReportError(f"This file is not a report in the form {SCHEMA}.") from None


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        told = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        kind = _NAMES.get(type(value))
        return {"kind": kind, **told} if kind else told
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"type": "float", "value": repr(value)}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, date | time):
        return {"type": type(value).__name__, "value": value.isoformat()}
    if isinstance(value, Decimal):
        return {"type": "decimal", "value": str(value)}
    return str(value)


def _value(told: Any) -> Any:
    if isinstance(told, dict) and set(told) == {"type", "value"} and told["type"] in _READERS:
        return _READERS[told["type"]](told["value"])
    return told


def _known(kind: type[Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that this release knows, simple values read and lists made tuples."""
    names = {each.name for each in fields(kind)}
    return {
        name: tuple(value) if isinstance(value, list) else _value(value)
        for name, value in told.items()
        if name in names
    }


def _report(told: Mapping[str, Any]) -> ReportContent:
    values = _known(ReportContent, told)
    values["sections"] = tuple(_section(each) for each in told["sections"])
    values["sources"] = tuple(Source(**_known(Source, each)) for each in told["sources"])
    values["declassification"] = Declassification(**_known(Declassification, told["declassification"]))
    return ReportContent(**values)


def _section(told: Mapping[str, Any]) -> SectionContent:
    values = _known(SectionContent, told)
    values["blocks"] = tuple(_block(each) for each in told["blocks"])
    return SectionContent(**values)


def _block(told: Mapping[str, Any]) -> Block:
    kind = _KINDS[told["kind"]]
    values = _known(kind, told)
    if kind is Paragraph:
        values["statements"] = tuple(Statement(**_known(Statement, each)) for each in told["statements"])
    elif kind is TableBlock:
        values["rows"] = tuple(tuple(_value(cell) for cell in row) for row in told["rows"])
    elif kind is MapBlock:
        values["places"] = tuple(MapPlace(**_known(MapPlace, each)) for each in told["places"])
    block: Block = kind(**values)
    return block
