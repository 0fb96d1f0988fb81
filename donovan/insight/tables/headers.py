"""Which of the first rows of a table name its columns, and what these are then called."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from donovan.insight.tables.raw_grids import Row

SEARCHED_ROWS = 25
LONGEST_TITLE = 80
_MOST_HEADER_ROWS = 4
_VALUE = re.compile(
    r"[-+(]?\s*[$€£¥]?\s*\d[\d\s.,'’]*\s*(%|[A-Za-z°µ]{1,3}\d?)?\)?"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T "
    r"]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2})?|\d{6}[A-Z]\s?[A-Z]{3}\s?\d{2,4}"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|true|false|yes|no|n/?a|null|-"
)
_YEAR = re.compile(r"(19|20)\d\d([/-]\d\d(\d\d)?)?|q[1-4]", re.IGNORECASE)
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
    are no data. `caption` is what stands above the titles.
    """

    titles: list[str]
    last_row: int
    before_data: int
    caption: str = ""
    notices: tuple[str, ...] = ()


def find_header(head: Sequence[Row], width: int, header_rows: int = -1) -> Header:
    """Titles from the first rows of a table `width` columns wide.

    A row of titles has short cells without values, fills most of the width, and stands above rows that hold
    values or at least differ from it. Rows directly above it that group its columns are joined to it.
    """
    if header_rows == 0 or not head:
        return _without(width, head)
    if header_rows > 0:
        return _joined(head, header_rows, 0, width)
    place = _place(head[:SEARCHED_ROWS])
    if place < 0:
        return _without(width, head)
    start = place
    while start > 0 and place - start < _MOST_HEADER_ROWS - 1 and _groups(head, start - 1, start):
        start -= 1
    end = place
    while end + 2 < len(head) and end - start < _MOST_HEADER_ROWS - 1 and _continues(head, end, end + 1):
        end += 1
    return _joined(head[start:], end - start + 1, start, width, above=head[:start])


def _filled(row: Row) -> list[str]:
    return [cell.strip() for cell in row[1] if cell.strip()]


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, date, time or truth value and so is hardly a title."""
    return bool(_VALUE.fullmatch(cell.strip().lower())) or bool(_VALUE.fullmatch(cell.strip()))


def _place(head: Sequence[Row]) -> int:
    width = _common_width(head)
    for index, row in enumerate(head):
        filled = _filled(row)
        if len(filled) < 2 and width > 1:
            continue
        if not filled or len(filled) < 0.6 * width or (len(set(filled)) == 1 and len(filled) > 1):
            continue
        titles = [cell for cell in filled if not is_value(cell) or _YEAR.fullmatch(cell)]
        words = [cell for cell in titles if not _YEAR.fullmatch(cell)]
        if len(titles) < len(filled) or not words or any(len(cell) > LONGEST_TITLE for cell in filled):
            # The first row as wide as the table holds values: there are no titles.
            return -1
        return index if _differs(row, head[index + 1 :]) else -1
    return -1


def _common_width(head: Sequence[Row]) -> int:
    widths = sorted(len(_filled(row)) for row in head)
    return widths[len(widths) * 3 // 4] if widths else 0


def _differs(row: Row, below: Sequence[Row]) -> bool:
    """Whether the rows below hold values, or no row below looks like another of the same texts."""
    if not below:
        return False
    if any(is_value(cell) for other in below for cell in _filled(other)):
        return True
    own = set(_filled(row))
    return not any(own & set(_filled(other)) for other in below)


def _groups(head: Sequence[Row], upper: int, lower: int) -> bool:
    """Whether row `upper` holds titles that span columns of row `lower`: some of them repeated by a merged
    cell, or followed by empty cells.
    """
    if head[lower][0] - head[upper][0] != 1:
        return False
    filled = _filled(head[upper])
    if len(filled) < 2 or any(is_value(cell) and not _YEAR.fullmatch(cell) for cell in filled):
        return False
    if any(len(cell) > LONGEST_TITLE for cell in filled):
        return False
    below = head[lower][1]
    merged = [a for a, b in zip(head[upper][1], head[upper][1][1:], strict=False) if a.strip() and a == b]
    blank = [
        i for i, cell in enumerate(head[upper][1][: len(below)]) if not cell.strip() and below[i].strip()
    ]
    return len(set(filled)) > 1 and bool(merged or (blank and len(set(filled)) >= 2))


def _continues(head: Sequence[Row], upper: int, lower: int) -> bool:
    """Whether row `lower` still holds titles: units in brackets, or the parts of a merged cell above."""
    if head[lower][0] - head[upper][0] != 1:
        return False
    filled = _filled(head[lower])
    if not filled or any(is_value(cell) and not _YEAR.fullmatch(cell) for cell in filled):
        return False
    if all(cell.startswith(("(", "[")) and cell.endswith((")", "]")) for cell in filled):
        return True
    pairs = list(zip(head[upper][1], head[upper][1][1:], strict=False))
    spans = any(a.strip() and (a == b or not b.strip()) for a, b in pairs)
    after = head[lower + 1][1]
    values_follow = any(is_value(cell) for cell in after if cell.strip())
    repeats = any(a.strip() and a == b for a, b in pairs)
    return spans and values_follow and (repeats or len(filled) < len(_filled(head[lower + 1])))


def _joined(rows: Sequence[Row], count: int, start: int, width: int, above: Sequence[Row] = ()) -> Header:
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, (_, cells) in enumerate(rows[:count]):
        last = ""
        for index in range(width):
            text = " ".join(cells[index].split()) if index < len(cells) else ""
            # A title above others holds for the empty cells to its right as well.
            if not text and depth < count - 1 and last and _is_under(rows, depth, count, index):
                text = last
            last = text or last
            if text and text not in parts[index]:
                parts[index].append(text)
    titles = [" / ".join(words)[: 2 * LONGEST_TITLE] for words in parts]
    caption = "\n".join(" ".join(dict.fromkeys(_filled(row))) for row in above if _filled(row))
    notices = []
    if caption:
        notices.append(f"Above the titles of the columns stands: {caption[:300]}")
    if count > 1:
        notices.append(f"The titles of the columns stand in {count} rows, which were joined.")
    last_row = rows[count - 1][0] if count else 0
    return Header(titles, last_row, last_row, caption, tuple(notices))


def _is_under(rows: Sequence[Row], depth: int, count: int, index: int) -> bool:
    return any(index < len(cells) and cells[index].strip() for _, cells in rows[depth + 1 : count])


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
