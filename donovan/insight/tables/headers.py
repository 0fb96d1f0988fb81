"""Which of the first rows of a table name its columns, and what these are then called."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from donovan.insight.tables.raw_grids import Row
from ingest.table_heads import filled, find_head

_NOT_WORD = re.compile(r"[^0-9a-z]+")
# Words that SQL reads as its own where a column could stand.
_RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "at",
        "both",
        "by",
        "case",
        "cast",
        "check",
        "collate",
        "column",
        "constraint",
        "create",
        "cross",
        "default",
        "deferrable",
        "desc",
        "describe",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "exists",
        "false",
        "fetch",
        "for",
        "foreign",
        "from",
        "full",
        "group",
        "having",
        "in",
        "initially",
        "inner",
        "intersect",
        "interval",
        "into",
        "is",
        "join",
        "lambda",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "natural",
        "not",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "pivot",
        "placing",
        "primary",
        "qualify",
        "references",
        "returning",
        "right",
        "select",
        "show",
        "some",
        "summarize",
        "symmetric",
        "table",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "unpivot",
        "using",
        "values",
        "variadic",
        "when",
        "where",
        "window",
        "with",
    ]
)


@dataclass(frozen=True)
class Header:
    """`last_row` is the number of the last row that holds titles (0 for none); the rows up to `before_data`
    are no data. `caption` is what stands above the titles, `rows` are the rows that hold them.
    """

    titles: list[str]
    last_row: int
    before_data: int
    caption: str = ""
    notices: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def find_header(head: Sequence[Row], width: int, header_rows: int = -1) -> Header:
    """Titles from the first rows of a table `width` columns wide, as `ingest.table_heads` finds them."""
    found = find_head(head, width, header_rows)
    if found.start < 0:
        return _without(width, head)
    above = head[: found.start]
    caption = "\n".join(" ".join(dict.fromkeys(filled(row))) for row in above if filled(row))
    notices = []
    if caption:
        notices.append(f"Above the titles of the columns stands: {caption[:300]}")
    if found.count > 1:
        notices.append(f"The titles of the columns stand in {found.count} rows, which were joined.")
    rows = head[found.start : found.start + found.count]
    last_row = rows[-1][0] if rows else 0
    return Header(
        found.titles, last_row, last_row, caption, tuple(notices), tuple(tuple(cells) for _, cells in rows)
    )


def _without(width: int, head: Sequence[Row]) -> Header:
    before = head[0][0] - 1 if head else 0
    return Header([""] * width, 0, max(0, before), notices=("No row names the columns; they are numbered.",))


def names_of(titles: Sequence[str]) -> tuple[list[str], list[str]]:
    """Unique identifiers for SQL, and titles for people, a numbered one where there was none."""
    names: list[str] = []
    shown: list[str] = []
    used: set[str] = set()
    for number, title in enumerate(titles, 1):
        plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
        name = _NOT_WORD.sub("_", plain).strip("_")[:60] or f"column_{number}"
        if name[0].isdigit():
            name = f"n{name}"
        if name in _RESERVED:
            name = f"{name}_"
        unique, again = name, 2
        while unique in used:
            unique, again = f"{name}_{again}", again + 1
        used.add(unique)
        names.append(unique)
        shown.append(title or f"Column {number}")
    return names, shown
