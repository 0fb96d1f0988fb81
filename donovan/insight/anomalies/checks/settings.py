"""The figures that the checks go by: what a specification holds, and what an analyst may change."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

VERSION = 1
CHECKS = (
    "misfits",
    "moments",
    "orders",
    "signs",
    "missing",
    "duplicates",
    "categories",
    "dependencies",
    "numbers",
    "sums",
    "workbook",
    "benford",
    "versions",
    "many_columns",
    "over_time",
)


@dataclass(frozen=True)
class Settings:
    """`factors` stretch the threshold of a kind in a column: keys "kind/column title", values above 0.

    Distances are in robust standard deviations; shares lie between 0 and 1.
    """

    checks: tuple[str, ...] = CHECKS
    distance: float = 5.0
    least_rows: int = 8
    rare_share: float = 0.03
    missing_share: float = 0.05
    rule_share: float = 0.95
    left_out: tuple[str, ...] = ()
    factors: Mapping[str, float] = field(default_factory=dict)

    def factor(self, kind: str, title: str) -> float:
        return self.factors.get(f"{kind}/{title.casefold()}", 1.0)

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "version": VERSION,
            "checks": list(self.checks),
            "left_out": list(self.left_out),
        }


CHECK_TITLES = {
    "misfits": "cells that do not fit the type of their column",
    "moments": "dates outside the period or out of order",
    "orders": "one moment before another",
    "signs": "values below zero",
    "missing": "missing values",
    "duplicates": "repeated rows and numbers",
    "categories": "values that stand alone, and misspelt ones",
    "dependencies": "columns that go together",
    "numbers": "outlying numbers and units",
    "sums": "sums of columns and rows",
    "workbook": "tables of the document against each other",
    "benford": "first digits (Benford)",
    "versions": "earlier versions of the table",
    "many_columns": "rows unusual in several columns",
    "over_time": "events in time",
}
SETTING_TITLES = {
    "distance": "How many usual deviations away a number must lie",
    "least_rows": "Fewest filled cells for a comparison",
    "rare_share": "Share of values that may be wrong",
    "missing_share": "Largest share of empty cells that still counts as missing",
    "rule_share": "Share of rows in which a rule must hold",
}
BOUNDS = {
    "distance": (2.0, 50.0),
    "least_rows": (5, 10_000),
    "rare_share": (0.001, 0.2),
    "missing_share": (0.0, 0.5),
    "rule_share": (0.6, 1.0),
}


class SettingsRefused(ValueError):
    """A specification that cannot be right; the text is a sentence."""


def settings_from(given: Mapping[str, Any]) -> Settings:
    """Settings from JSON. Raises SettingsRefused with the sentence for the first thing that is wrong."""
    known = {item.name for item in fields(Settings)} | {"version"}
    strange = sorted(set(given) - known)
    if strange:
        raise SettingsRefused(f"“{strange[0][:40]}” is no setting. There are: {', '.join(sorted(known))}.")
    if given.get("version", VERSION) != VERSION:
        raise SettingsRefused(f"This specification has another version; this system reads version {VERSION}.")
    values: dict[str, Any] = {}
    for name, (lowest, highest) in BOUNDS.items():
        if name not in given:
            continue
        value = given[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise SettingsRefused(f"“{name}” must be a number from {lowest} to {highest}.")
        values[name] = int(value) if name == "least_rows" else float(value)
    for name in ("checks", "left_out"):
        if name in given:
            listed = given[name]
            if not isinstance(listed, list | tuple) or not all(isinstance(item, str) for item in listed):
                raise SettingsRefused(f"“{name}” must be a list of names.")
            values[name] = tuple(listed)
    wrong = sorted(set(values.get("checks", ())) - set(CHECKS))
    if wrong:
        raise SettingsRefused(f"“{wrong[0][:40]}” is no check. There are: {', '.join(CHECKS)}.")
    if "factors" in given:
        values["factors"] = _factors(given["factors"])
    return Settings(**values)


def _factors(given: Any) -> dict[str, float]:
    if not isinstance(given, Mapping) or not all(
        isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 100
        for value in given.values()
    ):
        raise SettingsRefused("“factors” must give a number from 0.1 to 100 for each kind and column.")
    return {str(key): float(value) for key, value in given.items()}
