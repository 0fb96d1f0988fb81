"""Columns that go together: where one value of a column always stands beside the same value of another."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from donovan.insight.anomalies.checks.detections import Detection
from donovan.insight.anomalies.checks.phrases import quoted
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Column, Sheet, is_blank

MOST_COLUMNS = 24
MOST_BREAKS = 2
LEAST_SUPPORT = 4
LARGEST_CHANCE = 1e-3


@dataclass(frozen=True)
class _Break:
    """A row in which `cause` does not bring its usual `effect`; `support` rows say what is usual."""

    place: int
    cause: Column
    effect: Column
    usual: str
    support: int
    count: int


def check_dependencies(sheet: Sheet, settings: Settings) -> Iterator[Detection]:
    columns = [column for column in sheet.columns if _is_discrete(sheet, column, settings)][:MOST_COLUMNS]
    strongest: dict[int, _Break] = {}
    for cause in columns:
        for effect in columns:
            if cause is effect:
                continue
            for found in _breaks(sheet, cause, effect, settings):
                known = strongest.get(found.place)
                if known is None or found.support > known.support:
                    strongest[found.place] = found
    for place, found in sorted(strongest.items()):
        yield _detection(sheet, place, found)


def _is_discrete(sheet: Sheet, column: Column, settings: Settings) -> bool:
    """Few values that recur."""
    if column.title in settings.left_out or column.is_moment:
        return False
    filled = [column.raws[place].strip() for place in sheet.body if not is_blank(column.raws[place])]
    return len(filled) >= 2 * settings.least_rows and 2 <= len(set(filled)) <= len(filled) / 3


def _breaks(sheet: Sheet, cause: Column, effect: Column, settings: Settings) -> list[_Break]:
    """The few rows that break the rule "the same cause, the same effect", where the rule is no accident."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    rows = []
    for place in sheet.body:
        one, other = cause.raws[place].strip(), effect.raws[place].strip()
        if not is_blank(one) and not is_blank(other):
            groups[one][other] += 1
            rows.append((place, one, other))
    usual = {one: counts.most_common(1)[0] for one, counts in groups.items()}
    broken = [(place, one, other) for place, one, other in rows if other != usual[one][0]]
    effects = Counter(other for _, _, other in rows)
    without_rule = len(rows) - effects.most_common(1)[0][1]
    if not 0 < len(broken) <= min(MOST_BREAKS, (1 - settings.rule_share) * len(rows)):
        return []
    if without_rule < 3 * len(broken) or len(effects) < 2:
        return []
    found = []
    for place, one, other in broken:
        value, support = usual[one]
        group = sum(groups[one].values())
        # Only a value that belongs to another cause contradicts; one that is new is a new category.
        if support < LEAST_SUPPORT or support < group - MOST_BREAKS or effects[other] < 3:
            continue
        if _chance(len(rows), effects[value], group, support) > LARGEST_CHANCE:
            continue
        found.append(_Break(place, cause, effect, value, support, group))
    return found


def _chance(total: int, of_value: int, group: int, support: int) -> float:
    """The chance that at least `support` of `group` rows have a value that `of_value` of `total` rows have
    (hypergeometric; Fisher's exact test).
    """
    return min(
        1.0,
        sum(
            math.exp(
                _choose(of_value, hits) + _choose(total - of_value, group - hits) - _choose(total, group)
            )
            for hits in range(support, min(group, of_value) + 1)
            if group - hits <= total - of_value
        ),
    )


def _choose(count: int, chosen: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(chosen + 1) - math.lgamma(count - chosen + 1)


def _detection(sheet: Sheet, place: int, found: _Break) -> Detection:
    cause, effect = found.cause, found.effect
    own, other = cause.raws[place].strip(), effect.raws[place].strip()
    return Detection(
        "contradiction",
        sheet.key,
        (sheet.rows[place],),
        effect.title,
        effect.raws[place],
        f"{cause.title} {quoted(own, 40)} otherwise goes with {effect.title} {quoted(found.usual, 40)} "
        f"({found.support:,} of {found.count:,} rows), here with {quoted(other, 40)}.",
        f"rule between {cause.title} and {effect.title}",
        f"The value of {cause.title} tells that of {effect.title} in nearly every row, which is no accident "
        "(Fisher's exact test).",
        f"{found.support:,} rows follow the rule for {quoted(own, 40)}.",
        0.78,
        expected=found.usual,
        involved=(cause.title, effect.title),
    )
