"""Rows that sum up the rows above them: found by their label and by their figures, and held against these."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from donovan.insight.tables.engine import ROW, Workshop, literal, quoted

_TOTAL = re.compile(
    r"(grand |sub-?|sub "
    r")?totals?\b.*|.*\btotals?|sums?|summe|gesamt(summe)?|insgesamt|totaal|totale|somme|suma|total general"
    r"|zwischensumme|sous-total|subtotaal|итого|всего|ukupno|svega|zbroj|all .+|together",
    re.IGNORECASE,
)
_SURELY = re.compile(
    r"(grand |sub-?|sub )?totals?:?|sous-total|zwischensumme|gesamt(summe)?|итого|всего|ukupno|summe"
)
MOST_TOTALS = 200
_LABEL_COLUMNS = 4
_MOST_TOLD = 5
_NOT_SUMMED = frozenset({"%", "‰", "°C", "°F"})


@dataclass
class Totals:
    """The numbers of the rows, and sentences about those that do not agree with what they sum up."""

    rows: list[int] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def total_rows(workshop: Workshop, columns: Sequence[dict[str, Any]], target: Path) -> Totals:
    """Rows that are called a total, or whose numbers are the sums of the rows above them back to the last
    total.

    A name such as "all camps" alone proves nothing; at least one sum must agree then. The label is the first
    filled cell of the row, among the first columns of the view `grid`.
    """
    numbers = [column for column in columns if column["type"] in ("integer", "decimal")]
    found = Totals()
    if not numbers:
        return found
    cells = ", ".join(f"nullif(trim(c{index}), '')" for index in range(min(_LABEL_COLUMNS, len(columns))))
    pattern = literal(f"^(?:{_TOTAL.pattern})$")
    candidates = workshop.rows(
        f"SELECT {ROW}, label FROM (SELECT {ROW}, lower(coalesce({cells}, '')) AS label FROM grid) "
        f"WHERE regexp_matches(label, {pattern}) ORDER BY {ROW} LIMIT {MOST_TOTALS + 1}"
    )
    if len(candidates) > MOST_TOTALS:
        found.notices.append(
            f"More than {MOST_TOTALS} rows are called totals. They are not told apart from the others; leave "
            "them out by a condition when you add up a column."
        )
        return found
    sums = _Sums(workshop, f"read_parquet({literal(str(target))})", numbers)
    for number, named in candidates:
        row = int(str(number))
        since = sums.between(found.rows[-1] if found.rows else 0, row)
        overall = sums.between(0, row, tuple(found.rows)) if found.rows else since
        stated = sums.of(row)
        agree = [
            s is not None and s != 0 and s in (a, b)
            for s, a, b in zip(stated, since.sums, overall.sums, strict=True)
        ]
        is_proven = any(agree) and max(since.rows, overall.rows) >= 2
        if not is_proven and not _SURELY.fullmatch(str(named).strip()):
            continue
        found.rows.append(row)
        found.notices += _contradictions(row, numbers, stated, since, overall)
    del found.notices[_MOST_TOLD:]
    return found


@dataclass(frozen=True)
class _Sum:
    rows: int
    sums: tuple[Any, ...]


class _Sums:
    """Sums of the columns of numbers over stretches of rows."""

    def __init__(self, workshop: Workshop, source: str, numbers: Sequence[dict[str, Any]]) -> None:
        self._workshop = workshop
        self._source = source
        self._names = [quoted(column["name"]) for column in numbers]

    def between(self, after: int, before: int, but: tuple[int, ...] = ()) -> _Sum:
        left_out = f"AND {ROW} NOT IN ({', '.join(map(str, but))})" if but else ""
        sums = ", ".join(f"sum({name})" for name in self._names)
        (row,) = self._workshop.rows(
            f"SELECT count(*), {sums} FROM {self._source} "
            f"WHERE {ROW} > {after} AND {ROW} < {before} {left_out}"
        )
        return _Sum(int(str(row[0])), tuple(row[1:]))

    def of(self, row: int) -> tuple[Any, ...]:
        return tuple(
            self._workshop.rows(f"SELECT {', '.join(self._names)} FROM {self._source} WHERE {ROW} = {row}")[0]
        )


def _contradictions(
    row: int, numbers: Sequence[dict[str, Any]], stated: Sequence[Any], since: _Sum, overall: _Sum
) -> list[str]:
    """What a row that is called a total says otherwise than the rows that it sums up; figures that are no
    exact decimals are left alone.
    """
    said = []
    for column, s, a, b in zip(numbers, stated, since.sums, overall.sums, strict=True):
        if s is None or b is None or isinstance(s, float) or column["unit"] in _NOT_SUMMED:
            continue
        if s not in (a, b):
            said.append(
                f"Row {row} is called a total, but says {s:,} under {column['title']}, where its rows add up "
                f"to {b:,}."
            )
    return said
