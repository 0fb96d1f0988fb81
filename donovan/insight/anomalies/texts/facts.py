"""What tables say, as facts that a sentence can be held against: for this row and column, this value."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from donovan.assistant.terms import carrier_stems, stems_in
from donovan.insight.entities.identity import folded
from donovan.insight.tables.engine import ROW, open_session, quoted
from donovan.insight.tables.models import DataTable

MOST_ROWS = 5000
MOST_COLUMNS = 60
SHORTEST_KEY = 3
LEAST_VALUE = 10


@dataclass(frozen=True)
class Fact:
    """One number of a table. `keys` are the words that name its row (folded), `day` its date where the table
    has one; `about` are the stems of the title of its column.
    """

    table_id: UUID
    document_id: UUID
    row: int
    column: str
    title: str
    value: Decimal
    keys: frozenset[str]
    day: date | None
    about: frozenset[str]


def facts_of(tables: Iterable[DataTable]) -> list[Fact]:
    """The facts of tables small enough to be read whole."""
    found: list[Fact] = []
    for table in tables:
        if table.row_count <= MOST_ROWS:
            found += _facts(table.pk, table.digest)
    return found


@lru_cache(maxsize=64)
def _facts(table_id: UUID, digest: str) -> tuple[Fact, ...]:
    """Kept by the digest of the table, because every document of a collection is held against it."""
    table = DataTable.objects.get(pk=table_id)
    columns = table.columns[:MOST_COLUMNS]
    with open_session({"t": table}) as session:
        names = ", ".join([ROW, *(quoted(column["name"]) for column in columns)])
        rows = session.query(f"SELECT {names} FROM t ORDER BY {ROW}", limit=MOST_ROWS).rows
    texts = [at for at, column in enumerate(columns, 1) if column["type"] == "text"]
    days = [at for at, column in enumerate(columns, 1) if column["type"] in ("date", "datetime")]
    numbers = [at for at, column in enumerate(columns, 1) if column["type"] in ("integer", "decimal")]
    if len(days) > 1 or not (texts or days):
        return ()
    unique = {at: _singles(row[at] for row in rows) for at in texts}
    found = []
    for row in rows:
        if int(str(row[0])) in table.total_rows:
            continue
        keys = frozenset(key for at in texts if (key := folded(str(row[at] or ""))) in unique[at])
        day = _day(row[days[0]]) if days else None
        if not (keys or not texts) or (days and day is None):
            continue
        for at in numbers:
            about = _about(columns[at - 1]["title"])
            value = row[at]
            if about and isinstance(value, int | float | Decimal) and abs(Decimal(value)) >= LEAST_VALUE:
                column = columns[at - 1]
                found.append(
                    Fact(
                        table.pk,
                        table.document_id,
                        int(str(row[0])),
                        column["name"],
                        str(column["title"]),
                        Decimal(str(value)),
                        keys,
                        day,
                        about,
                    )
                )
    return tuple(found)


def _singles(values: Iterable[object]) -> frozenset[str]:
    """The texts that name one row and no other."""
    counts = Counter(folded(str(value or "")) for value in values)
    return frozenset(
        key
        for key, count in counts.items()
        if count == 1 and len(key) >= SHORTEST_KEY and any(letter.isalpha() for letter in key)
    )


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _about(title: str) -> frozenset[str]:
    words = title.partition("(")[0].replace("_", " ")
    return stems_in(words, "en") - carrier_stems("en")
