"""Questions that a table answers, asked where all questions are asked.

A question is put to the tables whose titles or columns it speaks of. It is taken only where every word of it
was understood and one answer came of it; the rows behind the figure are cited where they stand on the page.
"""

from collections.abc import Sequence
from dataclasses import replace

from donovan.assistant.kinds import Asked, QuestionKind, Statement, Taken, register
from donovan.assistant.models import Claim
from donovan.assistant.terms import stems_in
from donovan.insight.errors import InsightError
from donovan.insight.tables.citing import spans_of_rows
from donovan.insight.tables.crosstabs.in_ask import RECKONED_FIGURE
from donovan.insight.tables.engine import ROW, Session, open_session
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.questions import TableAnswer, answer_question
from donovan.insight.tables.questions.heads import IMPOSSIBLE
from donovan.insight.tables.questions.readings import Reading
from donovan.insight.tables.reading import facts_of_table, view_name
from donovan.insight.tables.selectors import HIDDEN_SHEET, readable_tables

NAME = "table"
MOST_TABLES = 4
MOST_CITED = 30
LEAST_SHARED = 2
TAKES = frozenset({"table", "list", "count", "fact", "role", "yes-no", "compare"})


def answer(asked: Asked) -> Taken | None:
    """The figure or the rows that the tables in reach give, or None where none explains the question."""
    for table in _spoken_of(asked):
        views = {view_name(table, ()): table}
        try:
            with open_session(views) as session:
                view = next(iter(views))
                told = answer_question(asked.text, [facts_of_table(session, view, table)], session)
                if told.kind == IMPOSSIBLE and told.reading is not None and _is_mixed(table, told.reading):
                    return _refused(table, told, session, view)
                if told.refused or not told.sentence:
                    continue
                return _taken(table, told, _rows(session, view, told.cited[:MOST_CITED]))
        except InsightError:
            continue
    return None


def _refused(table: DataTable, told: TableAnswer, session: Session, view: str) -> Taken:
    """The reason why a table that was understood has no such figure, with its first rows."""
    shown = session.query(f'SELECT {ROW} FROM "{view}" ORDER BY {ROW}', limit=MOST_CITED)
    numbers = tuple(int(str(row[0])) for row in shown.rows)
    reason = replace(told, sentence=told.refused, cited=numbers, cited_total=shown.total)
    return _taken(table, reason, _rows(session, view, numbers))


def _is_mixed(table: DataTable, reading: Reading) -> bool:
    """Whether the column that a reading measures is in units that do not go together."""
    column = table.column(reading.measure.column)
    return bool(column and column.get("mixed"))


def _spoken_of(asked: Asked) -> list[DataTable]:
    """The readable tables that share most words with the question, in title, name and columns."""
    wanted = stems_in(asked.text, asked.language)
    found = []
    for table in readable_tables(asked.scope):
        if (asked.filters.documents and table.document_id not in asked.filters.documents) or (
            table.document_id in asked.left_out
        ):
            continue
        titles = " ".join(str(column["title"]) for column in table.columns)
        shared = len(wanted & stems_in(f"{table.name} {table.document} {titles}", asked.language))
        if shared >= min(LEAST_SHARED, len(wanted)):
            # What is shown in a workbook goes before what is hidden there.
            is_hidden = HIDDEN_SHEET in table.name
            found.append((is_hidden, -shared, str(table.document), table.ordinal, str(table.pk), table))
    return [item[-1] for item in sorted(found)[:MOST_TABLES]]


def _rows(session: Session, view: str, numbers: Sequence[int]) -> list[tuple[str, ...]]:
    """The cells of these rows as text."""
    if not numbers:
        return []
    listed = ", ".join(str(int(number)) for number in numbers)
    result = session.query(
        f'SELECT * FROM "{view}" WHERE {ROW} IN ({listed}) ORDER BY {ROW}', limit=MOST_CITED
    )
    skip = result.columns.index(ROW)
    return [
        tuple(
            str(cell)
            for place, cell in enumerate(row)
            # Yes and no are written in many ways.
            if place != skip and cell is not None and not isinstance(cell, bool)
        )
        for row in result.rows
    ]


def _taken(table: DataTable, told: TableAnswer, rows: Sequence[tuple[str, ...]]) -> Taken:
    spans = spans_of_rows(table, rows)
    more = told.cited_total - len(rows)
    notices = [
        f"Computed over the {table.row_count:,} rows of the table “{table.name}”; every word of the question "
        "was understood, and no model had a part in it.",
        *told.notes,
    ]
    if more > 0:
        notices.append(f"{more:,} more rows that it rests on are not listed here; open the table to see all.")
    return Taken(
        kind=NAME,
        form="table",
        statements=(Statement(told.sentence, Claim.Origin.COMPUTED, tuple(spans)),),
        notices=tuple(notices),
        facts={"table": str(table.pk), "sql": told.sql, "rows": list(told.cited[:MOST_CITED])},
        labels=frozenset({table.document.label}),
    )


TABLE_QUESTION = QuestionKind(NAME, TAKES, answer, order=15)


def register_kinds() -> None:
    """Let the assistant put questions to the tables."""
    register(TABLE_QUESTION)
    register(RECKONED_FIGURE)
