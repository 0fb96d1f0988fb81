"""Tables of one workbook against each other: summaries, and lists that should hold the same things."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from donovan.insight.anomalies.checks.agreement import (
    LEAST_SHARED,
    check_agreement,
    naming_columns,
    texts_of,
)
from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.numbers import is_number_of_a_thing
from donovan.insight.anomalies.checks.phrases import figure, quoted
from donovan.insight.anomalies.checks.references import Elsewhere
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet, fold

LEAST_COVERED = 0.9
MOST_ABSENT = 25


def check_workbook(one: Sheet, other: Sheet, settings: Settings) -> Iterator[Detection]:
    """What is odd about the first sheet when it is held against the other."""
    yield from _summaries(one, other, settings)
    yield from _lists(one, other, settings)
    yield from check_agreement(one, other, settings)


def amounts_elsewhere(sheet: Sheet, sheets: Sequence[Sheet]) -> list[Elsewhere]:
    """Amounts that other sheets hold for the things that columns of this sheet name."""
    found = []
    for other in sheets:
        if other is sheet:
            continue
        for key in sheet.texts:
            theirs = next((column for column in other.texts if fold(column.title) == fold(key.title)), None)
            if theirs is None or len(key.counts) < 5:
                continue
            for measure in other.numeric:
                if is_number_of_a_thing(other, measure):
                    continue
                amounts: dict[str, float] = defaultdict(float)
                for place in other.body:
                    amounts[theirs.raws[place].strip()] += max(measure.numbers[place] or 0.0, 0.0)
                found.append(
                    Elsewhere(other.key, f"{measure.title} in {other.name}", key.name, dict(amounts))
                )
    return found


def _summaries(small: Sheet, large: Sheet, settings: Settings) -> Iterator[Detection]:
    """A small table that counts or sums up a large one by the values of a column."""
    if not 3 <= len(small.body) <= 200 or len(small.body) >= len(large.body):
        return
    for key in small.texts:
        names = dict(texts_of(small, key))
        if len(set(names.values())) < max(3, len(names)):
            continue
        for theirs in large.texts:
            groups: dict[str, list[int]] = defaultdict(list)
            for place, text in texts_of(large, theirs):
                groups[text].append(place)
            shared = [place for place, text in names.items() if text in groups]
            if len(shared) < 3 or len(shared) < 0.7 * len(names) or len(groups) < 3:
                continue
            for stated in small.numeric:
                if stated.title not in settings.left_out:
                    yield from _against(small, stated, key, shared=shared, large=large, groups=groups)


def _against(
    small: Sheet,
    stated: Column,
    key: Column,
    *,
    shared: Sequence[int],
    large: Sheet,
    groups: dict[str, list[int]],
) -> Iterator[Detection]:
    ways: list[tuple[str, dict[str, float]]] = [
        ("rows", {name: float(len(places)) for name, places in groups.items()})
    ]
    for measure in large.numeric:
        sums = {
            name: sum(measure.numbers[place] or 0.0 for place in places) for name, places in groups.items()
        }
        ways.append((measure.title, sums))
    for what, made in ways:
        cells = [
            (place, number, made[key.raws[place].strip()])
            for place in shared
            if (number := stated.numbers[place]) is not None
        ]
        wrong = [cell for cell in cells if abs(cell[1] - cell[2]) > 1e-6 * max(1, abs(cell[2]))]
        agree = len(cells) - len(wrong)
        telling = len({round(total, 6) for _, _, total in cells}) > 1
        if agree < 3 or not telling or not 0 < len(wrong) <= max(1, 0.25 * len(cells)):
            continue
        for place, number, total in wrong:
            name = key.raws[place].strip()
            how = (
                f"There are {figure(total)} rows" if what == "rows" else f"{what} adds up to {figure(total)}"
            )
            yield Detection(
                "broken sum",
                small.key,
                (small.rows[place],),
                stated.title,
                stated.raws[place],
                f"{how} for {quoted(name)} in {large.name}, and {figure(number)} is stated here.",
                f"sum over {large.name} by {key.title}",
                f"{stated.title} is the {'number of rows' if what == 'rows' else 'sum of ' + what} in "
                f"{large.name} for the other {agree:,}.",
                f"{agree:,} of {len(cells):,} figures agree.",
                0.95,
                expected=figure(total),
                meant=total,
                others=(large.key,),
            )
        return


def _lists(one: Sheet, other: Sheet, settings: Settings) -> Iterator[Detection]:
    """What stands in one list and not in the other, where the two otherwise hold the same."""
    for column in naming_columns(one, settings):
        for theirs in naming_columns(other, settings):
            own, known = texts_of(one, column), {text for _, text in texts_of(other, theirs)}
            distinct = {text for _, text in own}
            shared = distinct & known
            absent = distinct - known
            is_list = len(distinct) >= 0.9 * len(own)
            same_title = fold(column.title) == fold(theirs.title)
            if len(shared) < LEAST_SHARED or not 0 < len(absent) <= MOST_ABSENT or not same_title:
                continue
            # Both lists must hold nearly the same, or this one must draw nearly all from the other.
            covered = len(shared) / len(distinct)
            if covered < LEAST_COVERED or (is_list and len(shared) < LEAST_COVERED * len(known)):
                continue
            if not is_list and sum(text in absent for _, text in own) > max(2, 0.03 * len(own)):
                continue
            for place, text in own:
                if text in absent:
                    yield Detection(
                        "not in the other list",
                        one.key,
                        (one.rows[place],),
                        column.title,
                        column.raws[place],
                        f"{quoted(text)} is not among the {len(known):,} in {other.name}.",
                        f"comparison of {column.title} in {one.name} and {other.name}",
                        "The two lists hold the same things but for a few.",
                        f"{len(shared):,} of {len(distinct):,} stand in both.",
                        0.96,
                        others=(other.key,),
                    )
