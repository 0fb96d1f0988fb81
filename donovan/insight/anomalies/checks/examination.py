"""Every check of a specification over the sheets of one document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations

from donovan.insight.anomalies.checks.benford import check_benford
from donovan.insight.anomalies.checks.categories import check_categories
from donovan.insight.anomalies.checks.dependencies import check_dependencies
from donovan.insight.anomalies.checks.detections import Detection, merged
from donovan.insight.anomalies.checks.duplicates import check_duplicates
from donovan.insight.anomalies.checks.misfits import check_misfits
from donovan.insight.anomalies.checks.missing import check_missing
from donovan.insight.anomalies.checks.moments import check_moments
from donovan.insight.anomalies.checks.numbers import check_numbers
from donovan.insight.anomalies.checks.orders import check_orders
from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Sheet
from donovan.insight.anomalies.checks.signs import check_signs
from donovan.insight.anomalies.checks.sums import check_sums
from donovan.insight.anomalies.checks.workbook import amounts_elsewhere, check_workbook

_OF_ONE_SHEET: Mapping[str, Callable[[Sheet, Settings], Iterator[Detection]]] = {
    "misfits": check_misfits,
    "moments": check_moments,
    "orders": check_orders,
    "signs": check_signs,
    "missing": check_missing,
    "duplicates": check_duplicates,
    "categories": check_categories,
    "dependencies": check_dependencies,
    "sums": check_sums,
    "benford": check_benford,
}


def examine(
    sheets: Sequence[Sheet],
    settings_of: Mapping[str, Settings],
    *,
    more: Sequence[Detection] = (),
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> list[Detection]:
    """Detections about the sheets of one document, merged and ranked.

    `settings_of` are those of each sheet by key; where there are none, the defaults. `more` are detections
    from elsewhere (engines, earlier versions), merged with the rest. `on_step` is told how many of the sheets
    are done.
    """
    found = list(more)
    for number, sheet in enumerate(sheets):
        on_step(number, len(sheets))
        settings = settings_of.get(sheet.key, Settings())
        for name, check in _OF_ONE_SHEET.items():
            if name in settings.checks:
                found += check(sheet, settings)
        if "numbers" in settings.checks:
            found += check_numbers(sheet, settings, amounts_elsewhere(sheet, sheets))
    together = [sheet for sheet in sheets if "workbook" in settings_of.get(sheet.key, Settings()).checks]
    for one, other in permutations(together, 2):
        found += check_workbook(one, other, settings_of.get(one.key, Settings()))
    return merged(found)
