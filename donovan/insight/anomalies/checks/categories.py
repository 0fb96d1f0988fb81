"""Values that stand alone among a few that recur, and values that are nearly the same as a frequent one."""

from collections import Counter
from collections.abc import Iterator

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.duplicates import shape_of
from donovan.insight.anomalies.checks.phrases import quoted
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet, fold, is_blank

LEAST_ROWS = 20
LEAST_OF_THE_OTHERS = 3
MOST_CATEGORIES = 30
FREQUENT = 5
MOST_SIZES = 8


def check_categories(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    for column in sheet.columns:
        if column.title in settings.left_out or column.type in ("integer", "date", "datetime"):
            continue
        counts = Counter(
            column.raws[place].strip() for place in sheet.body if not is_blank(column.raws[place])
        )
        if sum(counts.values()) < LEAST_ROWS:
            continue
        if column.type == "text":
            yield from _misspelt(sheet, column, counts)
            yield from _shapes(sheet, column, counts)
        if not column.is_number or _are_sizes(counts):
            yield from _alone(sheet, column, counts, settings)


def _alone(sheet: Sheet, column: Column, counts: Counter[str], settings: Settings) -> Iterator[Detection]:
    """A value that occurs once while every other recurs.

    By Good and Turing (Biometrika 40, 1953) the chance that the next cell brings something new is about the
    share of values seen once. Where no other value was seen once, a new one is a surprise.
    """
    total = sum(counts.values())
    factor = settings.factor("new category", column.title)
    alone = [text for text, number in counts.items() if number == 1]
    others = [number for number in counts.values() if number > 1]
    if len(alone) != 1 or not others or len(others) > min(MOST_CATEGORIES, total / 6):
        return
    # The more values there are, the more of them are rare by nature.
    if min(others) < max(LEAST_OF_THE_OTHERS, len(others) / 2) * factor or total < LEAST_ROWS * factor:
        return
    place = next(place for place in sheet.body if column.raws[place].strip() == alone[0])
    usual = ", ".join(quoted(text, 30) for text, number in counts.most_common(4) if number > 1)
    yield Detection(
        "new category",
        sheet.key,
        (sheet.rows[place],),
        column.title,
        column.raws[place],
        f"{quoted(alone[0])} occurs only here; all {total - 1:,} other rows have one of {len(others)} "
        f"values: {usual}{' and others' if len(others) > 4 else ''}.",
        "values seen once (after Good and Turing)",
        "The column has few values and every other one recurs.",
        f"The rarest of the others occurs {min(others):,} times.",
        round(min(0.85, 0.6 + 0.05 * min(others) ** 0.5), 3),
    )


def _are_sizes(counts: Counter[str]) -> bool:
    """Whether numbers name sizes, such as a calibre: a handful of values with decimals, each frequent."""
    usual = [number for number in counts.values() if number > 1]
    return len(counts) <= MOST_SIZES and bool(usual) and min(usual) >= max(FREQUENT, sum(usual) / 10)


def _misspelt(sheet: Sheet, column: Column, counts: Counter[str]) -> Iterator[Detection]:
    frequent = [text for text, number in counts.items() if number >= FREQUENT]
    if not frequent or len(frequent) > 300:
        return
    rare = [text for text, number in counts.items() if number == 1]
    if len(rare) > max(3, 0.1 * sum(counts.values())):
        return
    for text in rare:
        near = [known for known in frequent if _is_slip_of(text, known)]
        if not near:
            continue
        known = max(near, key=lambda one: counts[one])
        place = next(place for place in sheet.body if column.raws[place].strip() == text)
        yield Detection(
            "misspelt value",
            sheet.key,
            (sheet.rows[place],),
            column.title,
            column.raws[place],
            f"{quoted(text)} is nearly {quoted(known)}, which occurs {counts[known]:,} times.",
            "distance of spelling (Damerau)",
            "A value that occurs once differs from a frequent one by a slip of the hand.",
            f"{len(counts):,} different values in {sum(counts.values()):,} cells.",
            0.88,
            expected=known,
        )


def _is_slip_of(text: str, known: str) -> bool:
    if fold(text) == fold(known):
        return True
    if min(len(text), len(known)) < 4 or abs(len(text) - len(known)) > 1:
        return False
    # Numbers and codes differ by one sign and mean different things.
    if any(sign.isdigit() for sign in text + known):
        return False
    return _one_slip(fold(text), fold(known))


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was left out, put in, changed, or swapped with its neighbour."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return one[start + 1 :] == other[start + 1 :] or (swapped and one[start + 2 :] == other[start + 2 :])


def _shapes(sheet: Sheet, column: Column, counts: Counter[str]) -> Iterator[Detection]:
    """A code that is not built like the others, in a column of codes."""
    if len(counts) < 0.6 * sum(counts.values()):
        return
    shapes = Counter(shape_of(text) for text in counts)
    shape, number = shapes.most_common(1)[0]
    if "9" not in shape or len(shape) > 24 or number < 0.97 * len(counts) or len(counts) - number > 2:
        return
    for place in sheet.body:
        text = column.raws[place].strip()
        if not is_blank(text) and shape_of(text) != shape:
            yield Detection(
                "type error",
                sheet.key,
                (sheet.rows[place],),
                column.title,
                column.raws[place],
                f"{quoted(text)} is not built like the other {number:,} codes of the column, such as "
                f"{quoted(counts.most_common(1)[0][0])}.",
                "shape of the codes of the column",
                "All other codes have the same pattern of letters and digits.",
                f"{number:,} codes are built as {shape}.",
                0.8,
            )
