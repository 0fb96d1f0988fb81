"""From the parts of a question to its readings.

Comparisons of two things are taken out first, then conditions, then groups; what is left, the head, must
be one
of the kinds of question in `heads`, with every part of it explained. So a word that was overlooked can
never turn
into a wrong answer: it turns into no answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from donovan.insight.tables.questions.comparisons import COMPARISONS
from donovan.insight.tables.questions.conditions import Sentence, compared, find_conditions
from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.heads import IMPOSSIBLE, Head, of_head
from donovan.insight.tables.questions.linking import Part, link
from donovan.insight.tables.questions.readings import Group, Measure, Reading
from donovan.insight.tables.shaping import NUMBERS

_WORTHLESS = 0.2
_OF_TIME = frozenset({"before", "after", "since", "until", "till", "earlier than", "later than", "prior to"})


@dataclass(frozen=True)
class Understood:
    """The readings that weigh least, or why there is none: the words that nothing explains."""

    readings: tuple[Reading, ...]
    unknown: tuple[str, ...] = ()
    is_unclear: bool = False


def understand(question: str, table: TableFacts) -> Understood:
    """Every equally good reading of the question."""
    linked = link(question, table)
    if linked.unknown:
        return Understood((), linked.unknown)
    best: dict[Reading, float] = {}
    lightest = 99.0
    for cut in linked.cuts:
        weight = sum(part.penalty for part in cut)
        if weight > lightest + _WORTHLESS:
            break
        for reading in _readings(cut, table):
            best.setdefault(reading, weight)
            lightest = min(lightest, weight)
    kept = [reading for reading, weight in best.items() if weight <= lightest + _WORTHLESS]
    return Understood(tuple(kept), is_unclear=not kept)


def _readings(cut: Sequence[Part], table: TableFacts) -> list[Reading]:
    verbs = [part.first for part in cut if part.code == "v"]
    parts = [part for part in cut if part.code not in ".v"]
    sentence = Sentence(parts, table)
    for special in COMPARISONS:
        made = special(sentence, verbs)
        if made is not None:
            return made
    return _plain(sentence)


def _plain(sentence: Sentence) -> list[Reading]:
    having = _having(sentence)
    find_conditions(sentence)
    if sentence.is_broken:
        return []
    found: list[Reading] = []
    for groups in _groups(sentence):
        head = Head(
            "".join(part.code for part in groups.parts).replace("W", "w"), groups.parts, sentence.table
        )
        readings = of_head(head, sentence.conditions) or of_head(head.with_rows(), sentence.conditions)
        found += [_with(reading, sentence, groups.groups, having) for reading in readings]
    return [reading for reading in found if _is_sound(reading)]


def _with(
    reading: Reading,
    sentence: Sentence,
    groups: tuple[Group, ...],
    having: tuple[Measure, str, object] | None,
) -> Reading:
    reading = replace(reading, conditions=(*reading.conditions, *sentence.conditions))
    if reading.kind in ("values of sums", "distinct of sums"):
        reading = _summed(reading)
    if groups and reading.kind != IMPOSSIBLE:
        kind = "groups" if reading.kind == "measure" and not reading.groups else "none"
        reading = replace(reading, kind=kind, groups=groups)
    if having is not None:
        reading = _having_of(reading, having)
    return reading


def _summed(reading: Reading) -> Reading:
    """The same with its comparison on the sum of each value instead of on single rows."""
    (measured,) = [condition for condition in reading.conditions if condition.type in NUMBERS]
    others = tuple(condition for condition in reading.conditions if condition is not measured)
    return replace(
        reading,
        kind="having" if reading.kind == "values of sums" else "having count",
        conditions=others,
        measure=Measure("sum", measured.column),
        having=replace(measured, column=_FIGURE.name),
        groups=(Group(reading.columns[0]),),
    )


def _is_sound(reading: Reading) -> bool:
    return reading.kind != "none"


def _having(sentence: Sentence) -> tuple[Measure, str, object] | None:
    """A condition on a figure of each group: `have more than 10 rows`, `a total of more than 500 litres`."""
    for pattern in (r"oNr", r"aoNC", r"aCoNC?", r"CaoN", r"oNCa", r"oNC"):
        found = re.search(pattern, sentence.codes)
        if not found:
            continue
        parts = sentence.parts[found.start() : found.end()]
        operator = next(part.payload for part in parts if part.code == "o")
        if any(part.text in _OF_TIME for part in parts if part.code == "o"):
            continue
        number = next(part.payload for part in parts if part.code == "N")
        measure = _measure_in(parts)
        if measure is None:
            continue
        sentence.take(found.start(), found.end())
        return measure, operator, number
    return None


def _measure_in(parts: Sequence[Part]) -> Measure | None:
    columns = {part.payload.name: part.payload for part in parts if part.code == "C"}
    functions = [part.payload for part in parts if part.code == "a"]
    if not columns:
        return Measure("count")
    if len(columns) != 1 or len(functions) > 1:
        return None
    (column,) = columns.values()
    if not functions:
        return Measure("count") if column.is_key and column.is_unique else None
    return Measure(functions[0], column.name) if column.is_number else None


def _having_of(reading: Reading, having: tuple[Measure, str, object]) -> Reading:
    measure, operator, number = having
    condition = compared(_FIGURE, operator, number)[0]
    if reading.kind == "values" and len(reading.columns) == 1:
        groups = (Group(reading.columns[0]),)
        return replace(reading, kind="having", measure=measure, having=condition, groups=groups)
    is_counting = reading.kind == "measure" and reading.measure.function == "distinct"
    if is_counting:
        groups = (Group(reading.measure.column),)
        return replace(reading, kind="having count", measure=measure, having=condition, groups=groups)
    return replace(reading, kind="none")


_FIGURE = ColumnFacts(view="", name="figure", title="figure", type="decimal")


@dataclass(frozen=True)
class _Grouped:
    parts: list[Part]
    groups: tuple[Group, ...]


def _groups(sentence: Sentence) -> list[_Grouped]:
    """The sentence without its groups; once for each date column that an interval may speak of."""
    parts = list(sentence.parts)
    codes = "".join(part.code for part in parts)
    is_ranking = re.search(r"[PB]N?[Cr]b", codes) or re.search(r"x.*b", codes)
    pattern = r"(?:e+)([Cir](?:[&e]+[Ci])*)" if is_ranking else r"(?:e+|b)([Cir](?:[&eb]+[Ci])*)"
    found = re.search(pattern, codes)
    if found is None:
        return _leading_interval(sentence, parts, codes)
    named = parts[found.start(1) : found.end(1)]
    rest = parts[: found.start()] + parts[found.end() :]
    if any(part.code == "r" for part in named):
        unique = [part.payload for part in named if part.code == "r"]
        # A figure "per row" is its plain average.
        is_average = any(part.code == "a" and part.payload == "avg" for part in rest)
        return [_Grouped(rest, ())] if is_average and len(named) == 1 and unique else []
    if any(part.code == "C" and part.payload.is_number and not part.payload.is_key for part in named):
        return []
    is_average = any(part.code == "a" and part.payload == "avg" for part in rest)
    if is_average and len(named) == 1 and named[0].code == "C" and named[0].payload.is_unique:
        return [_Grouped(rest, ())] if not named[0].payload.is_date else []
    options: list[tuple[Group, ...]] = [()]
    for part in named:
        if part.code == "C":
            interval = "day" if part.payload.type == "datetime" else ""
            options = [(*option, Group(part.payload.name, interval)) for option in options]
        elif part.code == "i":
            dates = sentence.date_columns
            options = [(*option, _interval(column, part.payload)) for option in options for column in dates]
    return [_Grouped(rest, option) for option in options if option]


def _leading_interval(sentence: Sentence, parts: list[Part], codes: str) -> list[_Grouped]:
    """`daily total of litres`, `meals over time`."""
    place = codes.find("O")
    if place >= 0:
        rest = parts[:place] + parts[place + 1 :]
        return [_Grouped(rest, (_interval(column, "day"),)) for column in sentence.date_columns]
    if "i" in codes and parts[codes.find("i")].text in ("daily", "weekly", "monthly", "yearly", "annually"):
        if any(part.code == "a" and part.payload != "sum" for part in parts):
            # "Average daily litres" may be of rows or of daily sums.
            return []
        place = codes.find("i")
        rest = parts[:place] + parts[place + 1 :]
        return [
            _Grouped(rest, (_interval(column, parts[place].payload),)) for column in sentence.date_columns
        ]
    return [_Grouped(parts, ())]


def _interval(column: ColumnFacts, interval: str) -> Group:
    return Group(column.name, "" if interval == "day" and column.type == "date" else interval)
