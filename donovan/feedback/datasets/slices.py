"""Slices of a data set by a query of one line, and where errors gather.

    language=ru                 one value; language=ru,ar for several; case does not matter
    scan_quality!=digital       not that value
    date>=2026-01-01            days, weights, agreement and length in words compare by size: >= <= > < =
    marking=SECRET//NOFORN      in quotes where a value holds spaces: marking="SECRET//REL TO USA, GBR"
    text~bridge                 the text of the item, its question or its value holds these letters

Conditions stand beside one another with spaces, and all must hold. Fields: language, scan_quality, source,
marking, date, class (the value: class, grade, verdict, choice, or classes of spans), origin, how, annotator,
split, id, document, weight, agreement, words, text.
"""

import json
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.near_duplicates import same_words
from donovan.feedback.datasets.rows import item_text
from donovan.feedback.datasets.splitting import stratum_of

LONGEST_QUERY = 400
_CONDITION = re.compile(r"\s*(?P<name>[a-z_]+)\s*(?P<sign>!=|>=|<=|=|>|<|~)\s*(?P<value>\"[^\"]*\"|\S+)")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
Values = Callable[[Mapping[str, Any]], list[str]]


def classes_of(row: Mapping[str, Any]) -> list[str]:
    """The classes, grade, verdict or choice that a row's value holds; one empty text where it holds none."""
    spans = row["value"].get("spans") if isinstance(row.get("value"), Mapping) else None
    if isinstance(spans, list):
        return sorted({str(span["label"]) for span in spans}) or ["no spans"]
    return [stratum_of(row)]


_ONE_OF: dict[str, Values] = {
    "language": lambda row: [str(row.get("language") or "")],
    "scan_quality": lambda row: [str(row.get("scan_quality") or "")],
    "source": lambda row: [str(row.get("source") or "")],
    "marking": lambda row: [str(row.get("marking") or "")],
    "origin": lambda row: [str(row.get("origin") or "")],
    "how": lambda row: [str(row.get("how") or "")],
    "split": lambda row: [str(row.get("split") or "")],
    "id": lambda row: [str(row.get("id") or "")],
    "document": lambda row: [str(row.get("document") or "")],
    "annotator": lambda row: [str(name) for name in row.get("annotators") or ()],
    "class": classes_of,
}
_NUMBERS: dict[str, Callable[[Mapping[str, Any]], float | None]] = {
    "weight": lambda row: _number(row.get("weight")),
    "agreement": lambda row: _number(row.get("agreement")),
    "words": lambda row: float(len(same_words(item_text(row)).split())),
}
FIELDS = (*_ONE_OF, *_NUMBERS, "date", "text")
ERROR_FACETS = ("language", "scan_quality", "source", "marking", "origin", "class", "year")
Test = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Slice:
    """A query that was read. `matches(row)` says whether a row lies in it; an empty query holds every row."""

    query: str
    tests: tuple[Test, ...]

    def matches(self, row: Mapping[str, Any]) -> bool:
        return all(test(row) for test in self.tests)


@dataclass(frozen=True)
class ErrorSlice:
    """Rows that share one value of one field: how many, how many of them wrong, and the query that opens
    them.
    """

    facet: str
    value: str
    total: int
    wrong: int
    query: str

    @property
    def share(self) -> float:
        """Wrong rows among all of the slice, 0 to 1."""
        return self.wrong / self.total if self.total else 0.0

    @property
    def per_cent(self) -> str:
        return f"{100 * self.share:.0f} %"


def read_slice(query: str) -> Slice:
    """The slice that a query means. Raises DatasetError with a sentence that names what is not understood."""
    if len(query) > LONGEST_QUERY:
        raise DatasetError(f"A query has at most {LONGEST_QUERY} characters.")
    tests, at = [], 0
    while query[at:].strip():
        found = _CONDITION.match(query, at)
        if found is None:
            raise DatasetError(
                f"“{query[at:].strip()[:40]}” is not understood. Write conditions like language=ru "
                "date>=2026-01-01."
            )
        tests.append(_test(found["name"], found["sign"], found["value"].strip('"')))
        at = found.end()
    return Slice(query.strip(), tuple(tests))


def counts_by_slice(rows: Iterable[Mapping[str, Any]], queries: Iterable[str]) -> dict[str, int]:
    """How many of the rows lie in each slice."""
    slices = [read_slice(query) for query in queries]
    counts = {each.query: 0 for each in slices}
    for row in rows:
        for each in slices:
            counts[each.query] += each.matches(row)
    return counts


def errors_by_slice(
    rows: Iterable[Mapping[str, Any]],
    is_wrong: Callable[[Mapping[str, Any]], bool],
    *,
    least: int = 1,
    facets: Iterable[str] = ERROR_FACETS,
) -> list[ErrorSlice]:
    """Where errors gather: for every value of every facet the rows and the wrong ones, worst share first.

    A row that fits no facet's value (no language, say) is not counted there. Slices of fewer than `least`
    rows are left out. The template `datasets/_errors_by_slice.html` shows what this returns.
    """
    facets = tuple(facets)
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        wrong = bool(is_wrong(row))
        for facet in facets:
            for value in _values(facet, row):
                counted = totals[facet, value]
                counted[0] += 1
                counted[1] += wrong
    slices = [
        ErrorSlice(facet, value, total, wrong, query_of(facet, value))
        for (facet, value), (total, wrong) in totals.items()
        if total >= least
    ]
    return sorted(slices, key=lambda each: (-each.share, -each.total, each.facet, each.value))


def query_of(facet: str, value: str) -> str:
    """The query that opens the rows of one value."""
    if facet == "year":
        return f"date>={value}-01-01 date<={value}-12-31"
    if "," in value or " " in value or not value:
        value = f'"{value}"'
    return f"{facet}={value}"


def _values(facet: str, row: Mapping[str, Any]) -> Iterator[str]:
    if facet == "year":
        if row.get("date"):
            yield str(row["date"])[:4]
        return
    yield from (value for value in _ONE_OF[facet](row) if value)


def _test(name: str, sign: str, value: str) -> Test:
    if name == "text":
        if sign not in ("~", "="):
            raise DatasetError("The text is searched with text~words.")
        return lambda row: value.casefold() in _all_text(row)
    if name == "date":
        return _date_test(sign, value)
    if name in _NUMBERS:
        return _number_test(name, sign, value)
    if name not in _ONE_OF:
        raise DatasetError(f"“{name[:40]}” is no field. Use any of {', '.join(sorted(FIELDS))}.")
    if sign not in ("=", "!="):
        raise DatasetError(f"“{name}” is compared with = or !=.")
    # A marking holds commas, so that it is one value or none.
    values = [value] if name == "marking" else value.split(",")
    wanted = {each.strip().casefold() for each in values}
    values_of = _ONE_OF[name]

    def holds(row: Mapping[str, Any]) -> bool:
        given = {each.casefold() for each in values_of(row)} or {""}
        return bool(given & wanted) == (sign == "=")

    return holds


def _date_test(sign: str, value: str) -> Test:
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value) or sign == "~":
        raise DatasetError(f"“{value[:40]}” is no day. Write it like date>=2026-01-31.")
    if sign in ("=", "!="):
        return lambda row: str(row.get("date") or "").startswith(value) == (sign == "=")
    compare = _SIGNS[sign]

    def holds(row: Mapping[str, Any]) -> bool:
        day = str(row.get("date") or "")
        # A year or a month compares by its own length, so that date<=2026 holds the whole of 2026.
        return bool(day) and compare(day[: len(value)], value)

    return holds


def _number_test(name: str, sign: str, value: str) -> Test:
    try:
        wanted = float(value)
    except ValueError:
        raise DatasetError(f"“{name}” is compared with a number, such as {name}>=0.7.") from None
    compare = {**_SIGNS, "=": operator.eq, "!=": operator.ne}.get(sign)
    if compare is None:
        raise DatasetError(f"“{name}” is compared with =, !=, >=, <=, > or <.")
    number_of = _NUMBERS[name]

    def holds(row: Mapping[str, Any]) -> bool:
        number = number_of(row)
        return number is not None and compare(number, wanted)

    return holds


def _all_text(row: Mapping[str, Any]) -> str:
    return json.dumps([row["input"], row["value"]], ensure_ascii=False).casefold()


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
