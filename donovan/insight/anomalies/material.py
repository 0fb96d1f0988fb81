"""The tables of a document as the checks see them, read through the engine."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from donovan.insight.anomalies.checks.sheets import Column, Sheet
from donovan.insight.tables.engine import ROW, Session, open_session, quoted
from donovan.insight.tables.models import DataTable

MOST_CELLS = 400_000
MOST_COLUMNS = 120
EXTREMES = 25
LONGEST_TEXT = 400
_VIEW = "t"


def sheets_of(document_id: UUID) -> list[Sheet]:
    """The tables of a document, in their order. Raises InsightError when one cannot be opened."""
    tables = DataTable.objects.filter(document_id=document_id).select_related("document").order_by("ordinal")
    return [sheet_of(table) for table in tables]


def sheet_of(table: DataTable) -> Sheet:
    """One table. Of a very large one every so manieth row, with the smallest and largest values of each
    column and every cell that does not fit; what was left out stands in the notes.
    """
    described = table.columns[:MOST_COLUMNS]
    notes = []
    if len(described) < len(table.columns):
        notes.append(f"Of {len(table.columns):,} columns the first {MOST_COLUMNS} were examined.")
    most_rows = max(1, MOST_CELLS // max(1, len(described)))
    with open_session({_VIEW: table}) as session:
        condition = ""
        if table.row_count > most_rows:
            condition, share = _chosen_rows(session, table, described, most_rows)
            notes.append(
                f"Of {table.row_count:,} rows every {share} was examined, with the {EXTREMES} smallest and "
                "largest values of each column. Repeated rows and sums are looked for among these alone."
            )
        names = ", ".join([ROW, *(quoted(column["name"]) for column in described)])
        limit = 2 * most_rows
        typed = session.query(f"SELECT {names} FROM {_VIEW} {condition} ORDER BY {ROW}", limit=limit).rows
        raw = session.query(f"SELECT {names} FROM {_VIEW}_raw {condition} ORDER BY {ROW}", limit=limit).rows
    return Sheet(
        key=str(table.pk),
        name=table.name,
        columns=[_column(described[at], at + 1, typed, raw) for at in range(len(described))],
        rows=[int(str(row[0])) for row in typed],
        dated=table.document.document_date,
        summed=frozenset(table.total_rows),
        notes=notes,
    )


def _chosen_rows(
    session: Session, table: DataTable, described: Sequence[dict[str, Any]], most_rows: int
) -> tuple[str, str]:
    step = -(-table.row_count // max(1, most_rows // 2))
    extremes: set[int] = set()
    for column in described[:40]:
        if column["type"] == "text":
            continue
        name = quoted(column["name"])
        for direction in ("ASC", "DESC"):
            found = session.query(
                f"SELECT {ROW} FROM {_VIEW} WHERE {name} IS NOT NULL ORDER BY {name} {direction} "
                f"LIMIT {EXTREMES}"
            )
            extremes.update(int(str(row[0])) for row in found.rows)
        if column.get("misfits"):
            found = session.query(
                f"SELECT v.{ROW} FROM {_VIEW} v JOIN {_VIEW}_raw r ON v.{ROW} = r.{ROW} "
                f"WHERE v.{name} IS NULL AND r.{name} IS NOT NULL AND CAST(r.{name} AS VARCHAR) <> ''",
                limit=EXTREMES,
            )
            extremes.update(int(str(row[0])) for row in found.rows)
    listed = ", ".join(str(row) for row in sorted(extremes)) or "0"
    return f"WHERE {ROW} % {step} = 0 OR {ROW} IN ({listed})", f"{step}th"


def _column(
    described: dict[str, Any], at: int, typed: Sequence[Sequence[object]], raw: Sequence[Sequence[object]]
) -> Column:
    return Column(
        name=described["name"],
        title=str(described["title"]) or described["name"],
        type=described["type"],
        unit=str(described.get("unit") or ""),
        values=[row[at] for row in typed],
        raws=[as_text(row[at]) for row in raw],
    )


def as_text(value: object) -> str:
    """A cell as its text: what stands in the file, or for stored values their plainest form."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, Decimal):
        return format(value, "f").rstrip("0").rstrip(".") if "." in format(value, "f") else format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes" if not value.second else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    return str(value)[:LONGEST_TEXT]
