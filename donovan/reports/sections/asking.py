"""A question in words, or a query, put to one table: exact figures with the rows that they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from donovan.insight.errors import InsightError
from donovan.insight.tables.engine import ROW, open_session
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.questions.answering import answer_question
from donovan.insight.tables.questions.facts import facts_of
from donovan.reports.errors import ReportError
from donovan.reports.sections.choosing import table_named
from donovan.reports.sections.contract import Field
from retrieval.scope import AccessScope

VIEW = "t"
MOST_ROWS = 500
FIELDS = (
    Field("table", "Table", kind="table", is_required=True, help="The id or the exact name of a table."),
    Field(
        "question",
        "Question",
        help="In words, such as “total quantity by depot”. Empty: the rows as they are.",
    ),
    Field("sql", "Query", kind="lines", help="Instead of a question: one SELECT over the table named t."),
    Field("most", "Rows at most", kind="number", default="30", most=MOST_ROWS),
)


@dataclass(frozen=True)
class Asked:
    """What came of it: `sentence` is empty for rows as they are; `cited` are row numbers of the source."""

    table: DataTable
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int
    sentence: str
    notes: tuple[str, ...]
    cited: tuple[int, ...]
    sql: str
    units: Mapping[str, str]


def ask(settings: Mapping[str, str], scope: AccessScope) -> Asked:
    """The rows that the settings ask for. Raises ReportError with the sentence when they cannot be had."""
    table = table_named(scope, settings["table"])
    most = int(settings.get("most") or 30)
    try:
        with open_session({VIEW: table}) as session:
            if settings.get("question") and not settings.get("sql"):
                return _answered(table, settings["question"], session, most)
            sql = settings.get("sql") or f"SELECT * FROM {VIEW} ORDER BY {ROW}"
            result = session.query(sql, limit=most)
    except InsightError as error:
        raise ReportError(error.sentence) from error
    place = result.columns.index(ROW) if ROW in result.columns else None
    return Asked(
        table=table,
        columns=_titled(table, result.columns),
        rows=tuple(result.rows),
        total=result.total,
        sentence="",
        notes=(),
        cited=tuple(int(str(row[place])) for row in result.rows) if place is not None else (),
        sql=sql,
        units=_units(table),
    )


def _answered(table: DataTable, question: str, session: Any, most: int) -> Asked:
    facts = facts_of(
        session,
        VIEW,
        table.columns,
        title=str(table),
        names=(str(table.document), table.document.name),
        total_rows=tuple(table.total_rows),
    )
    answer = answer_question(question, [facts], session)
    if answer.refused:
        raise ReportError(answer.refused)
    return Asked(
        table=table,
        columns=_titled(table, answer.columns),
        rows=answer.rows[:most],
        total=answer.total,
        sentence=answer.sentence,
        notes=answer.notes,
        cited=answer.cited,
        sql=answer.sql,
        units=_units(table),
    )


def _titled(table: DataTable, names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Columns by their titles in the file; a name that the query made stays."""
    titles = []
    for name in names:
        column = table.column(name)
        titles.append("Row" if name == ROW else str(column["title"]) if column and column["title"] else name)
    return tuple(titles)


def _units(table: DataTable) -> dict[str, str]:
    return {column["title"]: column["unit"] for column in table.columns if column.get("unit")}
