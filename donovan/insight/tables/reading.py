"""Opening tables, asking them and taking their rows along: within the scope of the caller, and on record.

The record keeps the tables, their documents and a digest of the query, never its text. If it cannot be
written,
nothing is shown.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from donovan.audit import services as audit
from donovan.insight.errors import InsightError
from donovan.insight.tables.engine import QueryResult, Session, open_session
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.questions import TableAnswer, TableFacts, answer_question, facts_of
from donovan.insight.tables.questions.checking import check
from donovan.insight.tables.selectors import readable_table
from donovan.library.callers import Caller

MOST_TABLES = 3
MOST_EXPORTED = 200_000
ROWS_SHOWN = 500
_ENDING = re.compile(r"\.(csv|tsv|txt|json|jsonl|xlsx|ods)$")
_FIRST_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Opened:
    """Tables that the caller may read, each under the name of its view."""

    views: dict[str, DataTable]

    @property
    def first(self) -> DataTable:
        return next(iter(self.views.values()))

    @property
    def labels(self) -> set[str]:
        return {table.document.label for table in self.views.values()}

    @property
    def columns(self) -> dict[str, list[str]]:
        """The columns that a query may use, by view; the raw texts have the same."""
        named = {view: [column["name"] for column in table.columns] for view, table in self.views.items()}
        return named | {f"{view}_raw": columns for view, columns in named.items()}


def view_name(table: DataTable, taken: Sequence[str] = ()) -> str:
    """A short name of a table for SQL: the words of its name, or of its file."""
    words = _FIRST_WORDS.sub("_", _ENDING.sub("", table.name.lower())).strip("_")[:40].strip("_")
    name = words if words and not words[0].isdigit() else f"table_{words}".rstrip("_")
    number, made = 2, name
    while made in taken or f"{made}_raw" in taken:
        made, number = f"{name}_{number}", number + 1
    return made


def opened(caller: Caller, table_ids: Sequence[UUID | str]) -> Opened:
    """The tables by their ids, the first one first. Raises NotFoundHere when one may not be read."""
    views: dict[str, DataTable] = {}
    for table_id in list(dict.fromkeys(str(table_id) for table_id in table_ids))[:MOST_TABLES]:
        table = readable_table(caller.scope, table_id)
        views[view_name(table, tuple(views))] = table
    return Opened(views)


def note(caller: Caller, action: str, tables: Opened, **detail: object) -> None:
    """Put on record what is about to be shown. Raises AuditUnavailable, and then it is not."""
    audit.record(
        caller.name,
        action,
        source=caller.source,
        labels=tables.labels,
        documents=list(dict.fromkeys(str(table.document_id) for table in tables.views.values())),
        detail={"tables": [str(table.pk) for table in tables.views.values()], **detail},
    )


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def run_query(
    caller: Caller, tables: Opened, sql: str, *, action: str = "query", limit: int = ROWS_SHOWN
) -> QueryResult:
    """The rows of a checked query. Raises InsightError with a sentence; a refusal is on record too."""
    try:
        checked = check(sql, tables.columns, limit=MOST_EXPORTED)
        with open_session(tables.views) as session:
            result = session.query(checked.sql, limit=limit)
    except InsightError:
        note(caller, action, tables, outcome="refused", query_sha256=digest_of(sql))
        raise
    note(caller, action, tables, query_sha256=digest_of(sql), rows=result.total)
    return result


def ask(caller: Caller, tables: Opened, question: str) -> TableAnswer:
    """The answer to a question in words over the first table, or over all where it names columns of them."""
    with open_session(tables.views) as session:
        facts = [facts_of_table(session, view, table) for view, table in tables.views.items()]
        answer = answer_question(question, facts, session)
    note(
        caller,
        "query",
        tables,
        question_sha256=digest_of(question),
        kind=answer.kind,
        refused=bool(answer.refused),
    )
    return answer


def facts_of_table(session: Session, view: str, table: DataTable) -> TableFacts:
    """What is known of one table, for questions."""
    return facts_of(
        session,
        view,
        table.columns,
        title=table.name,
        names=(str(table.document),),
        total_rows=tuple(table.total_rows),
    )


@contextmanager
def session_for(caller: Caller, tables: Opened, **detail: object) -> Iterator[Session]:
    """A session over tables whose opening is on record first."""
    note(caller, "view", tables, **detail)
    with open_session(tables.views) as session:
        yield session


def raw_texts(
    session: Session, view: str, rows: Sequence[int], columns: Sequence[str]
) -> Mapping[int, tuple[Any, ...]]:
    """The cells of some rows as they stand in the file, by row number."""
    if not rows or not columns:
        return {}
    names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
    listed = ", ".join(str(int(row)) for row in rows)
    found = session.query(
        f'SELECT _row, {names} FROM "{view}_raw" WHERE _row BETWEEN {min(rows)} AND {max(rows)} '
        f"AND _row IN ({listed})",
        limit=len(rows),
    )
    return {int(str(row[0])): tuple(row[1:]) for row in found.rows}
