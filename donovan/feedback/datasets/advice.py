"""What a person should know before they trust a version: where its test split proves nothing.

warnings_of(counts, divided) -> list[str]      sentences, the weightiest first
"""

from collections.abc import Mapping, Sequence
from typing import Any

FEW_TEST_ROWS = 30
"""From so few rows on, one row more or less moves a score by more than what a better model gains."""

NAMED = 8


def warnings_of(counts: Mapping[str, int], divided: Mapping[str, Any]) -> list[str]:
    """What the test split cannot show: too few rows, and classes and languages of which it has none.

    `divided` is what `statistics.divided_by` gives.
    """
    tests = int(counts.get("test", 0))
    if not any(counts.values()):
        return []
    if not tests:
        return ["There is no test row, so that this version alone proves no gain."]
    found = []
    if tests < FEW_TEST_ROWS:
        rows = "1 test row" if tests == 1 else f"{tests} test rows"
        found.append(f"{rows} can hardly prove a gain. Aim at {FEW_TEST_ROWS} or more.")
    if values := _without_tests(divided.get("values", ())):
        found.append(f"No test row has the value {_named(values)}.")
    if languages := _without_tests(divided.get("language", ())):
        found.append(f"No test row is in the language {_named(languages)}.")
    return found


def _without_tests(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        str(line["name"])
        for line in lines
        if not int(line.get("test", 0)) and not line.get("is_rest") and line["name"] not in ("", "not known")
    ]


def _named(names: Sequence[str]) -> str:
    shown, rest = list(names[:NAMED]), len(names) - NAMED
    if rest > 0:
        return f"{', '.join(shown)} or {rest} others"
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
