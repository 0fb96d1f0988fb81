"""Which of the first rows of a table name its columns: banners, titles and units, one below the other.

The text of a table and its typed columns are named by the same rules.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.values.units import spellings_in_cells

Row = tuple[int, Sequence[str]]
"""The number of a row in its source, and its cells."""

SEARCHED_ROWS = 25
LONGEST_TITLE = 80
JOINT = " · "
"""Stands between the titles of one column, the upper one first."""

_MOST_HEADER_ROWS = 4
_LONGEST_UNIT = 20
_VALUE = re.compile(
    r"[-+(]?\s*+(?:[$€£¥]\s*+)?\d[\d\s.,'’]*+(%|[A-Za-z°µ]{1,3}\d?)?\)?"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T "
    r"]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2})?|\d{6}[A-Z]\s?[A-Z]{3}\s?\d{2,4}"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|true|false|yes|no|n/?a|null|-"
)
_YEAR = re.compile(r"(fy ?)?(19|20)\d\d([/-]\d\d(\d\d)?)?|q[1-4]|h[12]", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}")
_SCALE = re.compile(
    r"(?:in\s+)?(?:(?:1[ ,.]?000(?:[ ,.]?000)?|'?000s?|thousands?|millions?|mio|mn|bn|tsd)\.?\s*(?:of\s+)?)?",
    re.IGNORECASE,
)
_COUNTS = frozenset(
    {"no.", "nr.", "number", "count", "sacks", "bags", "boxes", "crates", "units", "pieces", "households"}
)
# Spellings of units that are as often a plain title: in and out, min and max.
_DOUBTFUL = frozenset({"in", "a", "st", "min", "no", "k", "as", "d"})
_UNIT_LABELS = frozenset({"unit", "units", "unit of measure", "uom", "einheit", "unité", "unidad", "единица"})
_NOTE = re.compile(
    r"(?:sources?|notes?|n\.b\.|nb|remarks?|explanations?|legend|key|quelle|anmerkung(?:en)?|hinweis|fuente|"
    r"nota|nota bene|fonte|izvor|napomena|источник|примечание|المصدر|ملاحظة)"
    r"\s*+(?:(?:\d++|[*†‡])\s*+)?[:.)].*"
    r"|[*†‡§].*|\(?\d\)\s.*|[¹²³⁴-⁹].*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Head:
    """`titles` of each column, "" where it has none; the rows with them begin at index `start` of those
    looked at (-1 for none) and are `count`.
    """

    titles: list[str]
    start: int = -1
    count: int = 0


def find_head(head: Sequence[Row], width: int, header_rows: int = -1) -> Head:
    """The titles of a table `width` columns wide, from its first rows.

    A row of titles has short cells without values, fills most of the width, and stands above rows that hold
    values or at least differ from it. Rows directly above it that group its columns are joined to it, and so
    are rows below with the parts of a title or with units. `header_rows` is how many rows at the top hold
    titles, -1 where that has to be found out.
    """
    if header_rows == 0 or not head:
        return Head([""] * width)
    if header_rows > 0:
        has_units = header_rows + 1 < len(head) and _is_unit_row(head, header_rows)
        return _joined(head, 0, header_rows + has_units, width)
    place = _place(head[:SEARCHED_ROWS])
    if place < 0:
        return Head([""] * width)
    start = place
    while start > 0 and place - start < _MOST_HEADER_ROWS - 1 and _groups(head, start - 1, start):
        start -= 1
    end = place
    while end + 2 < len(head) and end - start < _MOST_HEADER_ROWS - 1 and _continues(head, end, end + 1):
        end += 1
    return _joined(head, start, end - start + 1, width)


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, date, time or truth value and so is hardly a title."""
    return bool(_VALUE.fullmatch(cell.strip().lower())) or bool(_VALUE.fullmatch(cell.strip()))


def is_note(cell: str) -> bool:
    """Whether a text begins as a remark below a table does: "Source: …", "* estimate"."""
    return bool(_NOTE.fullmatch(cell.strip()))


def filled(row: Row) -> list[str]:
    """The cells of a row that hold anything."""
    return [cell.strip() for cell in row[1] if cell.strip()]


def is_unit(cell: str) -> bool:
    """Whether a cell holds nothing but a unit: "kL", "(t)", "thousand m3", "pallets/day"."""
    text = cell.strip()
    if len(text) > _LONGEST_UNIT or not text:
        return False
    bare = _SCALE.sub("", text.strip("()[] "), count=1).strip().lower()
    if not bare:
        return text.lower() != bare
    known = spellings_in_cells()
    if bare in _DOUBTFUL and bare == text.lower():
        return False
    if bare in known or bare in _COUNTS:
        return True
    first, per, second = bare.partition("/")
    return bool(per and second) and (first.strip() in known or first.strip() in _COUNTS)


def _place(head: Sequence[Row]) -> int:
    width = _common_width(head)
    for index, row in enumerate(head):
        cells = filled(row)
        if len(cells) < 2 and width > 1:
            continue
        if not cells or len(cells) < 0.6 * width or (len(set(cells)) == 1 and len(cells) > 1):
            continue
        titles = [cell for cell in cells if not is_value(cell) or _YEAR.fullmatch(cell)]
        words = [cell for cell in titles if not _YEAR.fullmatch(cell)]
        if not words and len(titles) == len(cells):
            # Years or quarters alone stand above the titles.
            continue
        days = sum(_is_titled_value(head, index, place) for place in range(len(row[1])))
        if len(titles) + days < len(cells) or not words or any(len(cell) > LONGEST_TITLE for cell in cells):
            # The first row as wide as the table holds values: there are no titles.
            return -1
        return index if _differs(row, head[index + 1 :]) else -1
    return -1


def _is_titled_value(head: Sequence[Row], index: int, place: int) -> bool:
    """Whether a day, or "No" for "number", stands over a column of other values, as a title does."""
    cell = head[index][1][place].strip()
    is_number = cell.lower() == "no"
    if not is_value(cell) or not (is_number or _DAY.fullmatch(cell)):
        return False
    below = list(_below(head, index, place))
    if is_number:
        return bool(below) and not any(other.lower() in ("yes", "no") for other in below)
    return bool(below) and not any(_DAY.fullmatch(other) for other in below)


def _below(head: Sequence[Row], index: int, place: int) -> Iterator[str]:
    for _, cells in head[index + 1 :]:
        if place < len(cells) and cells[place].strip():
            yield cells[place].strip()


def _common_width(head: Sequence[Row]) -> int:
    widths = sorted(len(filled(row)) for row in head)
    return widths[len(widths) * 3 // 4] if widths else 0


def _differs(row: Row, below: Sequence[Row]) -> bool:
    """Whether the rows below hold values, or no row below looks like another of the same texts."""
    if not below:
        return False
    if any(is_value(cell) for other in below for cell in filled(other)):
        return True
    own = set(filled(row))
    return not any(own & set(filled(other)) for other in below)


def _groups(head: Sequence[Row], upper: int, lower: int) -> bool:
    """Whether row `upper` holds titles that span columns of row `lower`: some of them repeated by a merged
    cell, or followed by empty cells.
    """
    if head[lower][0] - head[upper][0] != 1:
        return False
    cells = filled(head[upper])
    if not _could_be_titles(cells):
        return False
    row, below = head[upper][1], head[lower][1]
    merged = any(a.strip() and a == b for a, b in pairwise(row))
    is_first_free = not row[0].strip() or not below[0].strip() or row[0] == below[0]
    if len(set(cells)) == 1:
        # One banner over some of the columns; over all of them, or alone, it is the name of the table.
        return merged and is_first_free and len(cells) < sum(bool(cell.strip()) for cell in below)
    if not is_first_free and not merged and _has_lone_group(row, below):
        return False
    blank = any(not cell.strip() and below[at].strip() for at, cell in enumerate(row[: len(below)]))
    return merged or blank


def _has_lone_group(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a text stands above one titled column alone, as in a line with the name and the week of a
    report.
    """
    starts = [at for at, cell in enumerate(row) if cell.strip()]
    ends = [*starts[1:], len(below)]
    return any(
        end - start == 1 and start < len(below) and below[start].strip() and not _YEAR.fullmatch(row[start])
        for start, end in zip(starts, ends, strict=True)
    )


def _could_be_titles(cells: Sequence[str]) -> bool:
    return bool(cells) and not any(
        len(cell) > LONGEST_TITLE or (is_value(cell) and not _YEAR.fullmatch(cell)) for cell in cells
    )


def _continues(head: Sequence[Row], upper: int, lower: int) -> bool:
    """Whether row `lower` still holds titles: units, or the parts of a title above."""
    if head[lower][0] - head[upper][0] != 1:
        return False
    cells = filled(head[lower])
    if _is_unit_row(head, lower):
        return True
    if not _could_be_titles(cells):
        return False
    row, above = head[lower][1], head[upper][1]
    is_first_free = not row[0].strip() or row[0] == above[0]
    # A title that is merged with the one above it says nothing of its own.
    places = [
        at for at, cell in enumerate(row) if cell.strip() and not (at < len(above) and cell == above[at])
    ]
    if is_first_free and places and all(_is_over_values(head, lower, at) for at in places):
        return True
    pairs = list(pairwise(above))
    spans = any(a.strip() and (a == b or not b.strip()) for a, b in pairs)
    after = head[lower + 1][1]
    values_follow = any(is_value(cell) for cell in after if cell.strip())
    repeats = any(a.strip() and a == b for a, b in pairs)
    return spans and values_follow and (repeats or len(cells) < len(filled(head[lower + 1])))


def _is_over_values(head: Sequence[Row], index: int, place: int) -> bool:
    below = list(_below(head, index, place))
    return bool(below) and 2 * sum(map(is_value, below)) >= len(below)


def _is_unit_row(head: Sequence[Row], index: int) -> bool:
    """Whether a row holds the units of the columns, over values; its first cell may say so."""
    row = head[index][1]
    cells = filled(head[index])
    if cells and all(cell.startswith(("(", "[")) and cell.endswith((")", "]")) for cell in cells):
        return True
    above = head[index - 1][1] if index else ()
    places = [
        at
        for at, cell in enumerate(row)
        if cell.strip()
        and not (at == 0 and cell.strip().lower().rstrip(":") in _UNIT_LABELS)
        # A title that is merged with the one above it is no unit.
        and not (at < len(above) and cell == above[at])
    ]
    units = [at for at in places if is_unit(row[at])]
    if not units or len(units) < 0.5 * len(places):
        return False
    others = [row[at].strip() for at in places if at not in units]
    if any(len(cell) > _LONGEST_UNIT or cell[0].isdigit() for cell in others):
        return False
    return sum(_is_over_values(head, index, at) for at in places) >= max(1, 0.5 * len(places))


def _joined(head: Sequence[Row], start: int, count: int, width: int) -> Head:
    rows = head[start : start + count]
    parts: list[list[str]] = [[] for _ in range(width)]
    units = [""] * width
    for depth, (_, cells) in enumerate(rows):
        if depth > 0 and _is_unit_row(head, start + depth):
            units = [_unit(cells[at]) if at < len(cells) else "" for at in range(width)]
            continue
        is_merged = any(a.strip() and a == b for a, b in pairwise(cells))
        last = ""
        for index in range(width):
            text = " ".join(cells[index].split()) if index < len(cells) else ""
            # A title above others holds for the empty cells to its right as well, unless merged cells say
            # how far it reaches.
            if not text and not is_merged and depth < count - 1 and last and _is_under(rows, depth, index):
                text = last
            last = text or last
            if text and text not in parts[index]:
                parts[index].append(text)
    titles = [JOINT.join(words)[: 2 * LONGEST_TITLE] for words in parts]
    return Head([_with_unit(*pair) for pair in zip(titles, units, strict=True)], start, count)


def _unit(cell: str) -> str:
    text = " ".join(cell.split()).strip("()[] ")
    return "" if text.lower().rstrip(":") in _UNIT_LABELS else text


def _with_unit(title: str, unit: str) -> str:
    if not unit or title.endswith(f"({unit})") or title.rsplit(JOINT, maxsplit=1)[-1] == unit:
        return title
    return f"{title} ({unit})" if title else unit


def _is_under(rows: Sequence[Row], depth: int, index: int) -> bool:
    """Whether a row of titles further down names this column."""
    return any(index < len(cells) and cells[index].strip() for _, cells in rows[depth + 1 :])
