"""Figures reckoned from the cells of a table, where all questions are asked.

The tables are those of the documents that were found for the question. A figure is given where the documents
that have one agree; the rows that it rests on are cited where they stand.
"""

import re
from collections.abc import Iterator

from donovan.assistant.kinds import Asked, QuestionKind, Statement, Taken
from donovan.assistant.models import Claim
from donovan.insight.errors import InsightError
from donovan.insight.tables.citing import spans_of_rows
from donovan.insight.tables.crosstabs.cells import Cell, cells_of
from donovan.insight.tables.crosstabs.operations import Wanted, wanted
from donovan.insight.tables.crosstabs.reckoning import Reckoned, reckon
from donovan.insight.tables.engine import open_session
from donovan.insight.tables.models import DataTable
from donovan.insight.tables.reading import view_name
from donovan.insight.tables.selectors import HIDDEN_SHEET, readable_tables

NAME = "reckoned figure"
TAKES = frozenset(
    {"table", "list", "count", "fact", "role", "yes-no", "compare", "change", "why-how", "timeline"}
)
MOST_DOCUMENTS = 12
MOST_TABLES = 24
_OF_SCALE = re.compile(r"\bin \w+s\b|[($€£]|'000", re.IGNORECASE)


def answer(asked: Asked) -> Taken | None:
    """The figure that a question wants reckoned, or None where it wants none or the tables do not give it."""
    if asked.language != "en" or (what := wanted(asked.text)) is None:
        return None
    found = [(table, figure) for table in _in_reach(asked) if (figure := _figure(what, table)) is not None]
    if not found or len({figure.values for _, figure in found}) > 1:
        return None
    table, figure = found[0]
    return _taken(table, figure)


def _figure(what: Wanted, table: DataTable) -> Reckoned | None:
    view = view_name(table, ())
    about = f"{table.document} {table.name}"
    try:
        with open_session({view: table}) as session:
            return reckon(what, cells_of(session, view, table), about)
    except InsightError:
        return None


def _in_reach(asked: Asked) -> Iterator[DataTable]:
    """The readable tables of the documents that were found, nearest document first."""
    found = dict.fromkeys(each.span.document_id for each in asked.seek(asked.text))
    nearest = {document: place for place, document in enumerate([*found][:MOST_DOCUMENTS])}
    tables = readable_tables(asked.scope).filter(document_id__in=nearest)
    ordered = sorted(tables, key=lambda table: (nearest[table.document_id], table.ordinal))
    yield from [table for table in ordered if HIDDEN_SHEET not in table.name][:MOST_TABLES]


def _taken(table: DataTable, figure: Reckoned) -> Taken:
    rows = [
        tuple(dict.fromkeys((cell.label, *(other.text for other in figure.cells if other.row == cell.row))))
        for cell in dict.fromkeys(figure.cells)
    ]
    return Taken(
        kind=NAME,
        form="table",
        statements=(
            Statement(figure.sentence, Claim.Origin.COMPUTED, tuple(spans_of_rows(table, _once(rows)))),
        ),
        notices=(
            f"Reckoned from {len(figure.cells)} cells of the table “{table.name}” of {table.document}; no "
            "model had a part in it.",
            *_scale(table, figure.cells),
        ),
        facts={"table": str(table.pk), "rows": sorted({cell.row for cell in figure.cells})},
        labels=frozenset({table.document.label}),
    )


def _scale(table: DataTable, cells: tuple[Cell, ...]) -> list[str]:
    """What the table says of its figures as a whole: "(In millions)"."""
    title = str(table.columns[0]["title"]) if table.columns else ""
    titles = (title, *(part for cell in cells for part in (cell.column, cell.section, cell.label)))
    said = dict.fromkeys(text for text in titles if _OF_SCALE.search(text))
    return [f"Over the cells stands: {'; '.join(said)[:300]}."] if said else []


def _once(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(rows))


RECKONED_FIGURE = QuestionKind(NAME, TAKES, answer, order=14)
