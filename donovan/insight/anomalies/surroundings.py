"""The rows of a table around a finding, as they stand in the file."""

from dataclasses import dataclass

from donovan.insight.anomalies.material import as_text
from donovan.insight.anomalies.models import Finding
from donovan.insight.tables.engine import ROW, open_session, quoted

ROWS_AROUND = 4
MOST_COLUMNS = 14
MOST_ROWS = 8


@dataclass(frozen=True)
class Cell:
    text: str
    is_found: bool


@dataclass(frozen=True)
class Line:
    number: int
    is_found: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Surroundings:
    """Titles and lines. `left_out` counts columns that do not fit beside each other."""

    titles: list[str]
    lines: list[Line]
    left_out: int


def surroundings_of(finding: Finding) -> Surroundings | None:
    """The lines around the first rows of a finding; None where it is about no row. The caller has made sure
    that the table may be read. Raises InsightError when the table cannot be opened.
    """
    table = finding.table
    if table is None or not finding.rows:
        return None
    described = table.columns
    at = next((place for place, one in enumerate(described) if one["title"] == finding.column), 0)
    begin = max(0, min(at - MOST_COLUMNS // 2, len(described) - MOST_COLUMNS))
    chosen = described[begin : begin + MOST_COLUMNS]
    rows = finding.rows[:MOST_ROWS]
    around = ROWS_AROUND if len(rows) == 1 else 1
    near = " OR ".join(f"{ROW} BETWEEN {int(row) - around} AND {int(row) + around}" for row in rows)
    names = ", ".join([ROW, *(quoted(column["name"]) for column in chosen)])
    with open_session({"t": table}) as session:
        found = session.query(f"SELECT {names} FROM t_raw WHERE {near} ORDER BY {ROW}", limit=200).rows
    lines = []
    for row in found:
        number = int(str(row[0]))
        is_found = number in rows
        cells = [
            Cell(as_text(text), is_found and (not finding.column or column["title"] == finding.column))
            for column, text in zip(chosen, row[1:], strict=True)
        ]
        lines.append(Line(number, is_found, cells))
    return Surroundings([column["title"] for column in chosen], lines, len(described) - len(chosen))
