"""What differs between a table and its earlier version: columns, and values of columns that have few."""

from collections.abc import Iterator

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import quoted
from donovan.insight.anomalies.checks.sheets import Column, Sheet, fold, is_blank

LEAST_ROWS = 20
MOST_VALUES = 30
MOST_NEW = 3


def changed_columns(sheet: Sheet, before: Sheet, name: str, document: str) -> Iterator[Detection]:
    """Columns that are new, gone, of another type or unit. `name` and `document` are those of the earlier."""
    own = {fold(column.title): column for column in sheet.columns}
    known = {fold(column.title): column for column in before.columns}
    if not own.keys() & known.keys():
        return
    for title in sorted(own.keys() - known.keys()):
        yield _changed(
            sheet, own[title].title, f"The column is new; {quoted(name)} did not have it.", document
        )
    for title in sorted(known.keys() - own.keys()):
        gone = known[title].title
        yield _changed(sheet, gone, f"{quoted(name)} had a column {quoted(gone)}, which is gone.", document)
    for title in sorted(own.keys() & known.keys()):
        one, other = own[title], known[title]
        if _differ(one, other):
            why = f"The column holds {_shown(one)}; in {quoted(name)} it held {_shown(other)}."
            yield _changed(sheet, one.title, why, document)


def _differ(one: Column, other: Column) -> bool:
    if not one.counts or not other.counts:
        return False
    both_numbers = one.is_number and other.is_number
    return (one.type != other.type and not both_numbers) or bool(
        one.unit and other.unit and fold(one.unit) != fold(other.unit)
    )


def _shown(column: Column) -> str:
    return column.type + (f" in {column.unit}" if column.unit else "")


def _changed(sheet: Sheet, column: str, why: str, document: str) -> Detection:
    return Detection(
        "changed columns",
        sheet.key,
        (),
        column,
        "",
        why,
        "comparison with the earlier version",
        "There is an earlier table of the same name.",
        "The columns of the newest earlier version.",
        0.74,
        others=(document,),
    )


def new_values(sheet: Sheet, before: Sheet, name: str, document: str) -> Iterator[Detection]:
    """Values of a column with few values that its earlier version never had."""
    for column in sheet.texts:
        match = next((one for one in before.texts if fold(one.title) == fold(column.title)), None)
        if match is None or sum(match.counts.values()) < LEAST_ROWS or len(match.counts) > MOST_VALUES:
            continue
        # Where earlier values were hardly ever repeated, a new one is no news.
        known = {fold(text) for text in match.counts}
        once = sum(number == 1 for number in match.counts.values())
        fresh = [text for text in column.counts if fold(text) not in known]
        if once > 1 or not 0 < len(fresh) <= MOST_NEW:
            continue
        for text in sorted(fresh):
            places = [place for place in sheet.body if column.raws[place] == text and not is_blank(text)]
            if places:
                yield Detection(
                    "new category",
                    sheet.key,
                    tuple(sheet.rows[place] for place in places[:50]),
                    column.title,
                    text,
                    f"{quoted(text)} does not occur in the {sum(match.counts.values()):,} rows of "
                    f"{quoted(name)}.",
                    "comparison with the earlier version",
                    "The column has few values, and in the earlier version nearly all of them recur.",
                    f"{len(match.counts)} values in the earlier version.",
                    0.72,
                    others=(document,),
                )
