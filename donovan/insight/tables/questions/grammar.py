"""From the parts of a question to its readings.

Comparisons of two things are taken out first, then conditions, then groups; what is left, the head, must
be one
of the kinds of question in `heads`, with every part of it explained. So a word that was overlooked can
never turn
into a wrong answer: it turns into no answer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from donovan.insight.tables.questions.conditions import Sentence, compared, find_conditions
from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.heads import Head, of_head
from donovan.insight.tables.questions.linking import Part, link
from donovan.insight.tables.questions.readings import Group, Measure, Reading, Side
from donovan.insight.tables.shaping import NUMBERS

_WORTHLESS = 0.2


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
    for special in (_share, _ratio, _difference, _change):
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
        found += [
            _with(reading, sentence, groups.groups, having) for reading in of_head(head, sentence.conditions)
        ]
    return [reading for reading in found if _is_sound(reading)]


def _with(
    reading: Reading,
    sentence: Sentence,
    groups: tuple[Group, ...],
    having: tuple[Measure, str, object] | None,
) -> Reading:
    reading = replace(reading, conditions=(*reading.conditions, *sentence.conditions))
    if reading.kind == "values of sums":
        reading = _summed(reading)
    if groups:
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
        kind="having",
        conditions=others,
        measure=Measure("sum", measured.column),
        having=replace(measured, column=_FIGURE.name),
        groups=(Group(reading.columns[0]),),
    )


def _is_sound(reading: Reading) -> bool:
    return reading.kind != "none"


def _having(sentence: Sentence) -> tuple[Measure, str, object] | None:
    """A condition on a figure of each group: `have more than 10 rows`, `a total of more than 500 litres`."""
    for pattern in (r"oNr", r"aoNC", r"aCoNC?", r"CaoN", r"oNCa"):
        found = re.search(pattern, sentence.codes)
        if not found:
            continue
        parts = sentence.parts[found.start() : found.end()]
        operator = next(part.payload for part in parts if part.code == "o")
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
    if len(columns) != 1 or len(functions) != 1:
        return None
    (column,) = columns.values()
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
        place = codes.find("i")
        rest = parts[:place] + parts[place + 1 :]
        return [
            _Grouped(rest, (_interval(column, parts[place].payload),)) for column in sentence.date_columns
        ]
    return [_Grouped(parts, ())]


def _interval(column: ColumnFacts, interval: str) -> Group:
    return Group(column.name, "" if interval == "day" and column.type == "date" else interval)


def _share(sentence: Sentence, verbs: Sequence[int]) -> list[Reading] | None:
    """What part of the rows, or of a sum, meets a condition: conditions before the verb narrow the whole."""
    codes = sentence.codes
    if codes.count("s") != 1:
        return None
    start = sentence.parts[codes.find("s")].first
    verb = next((place for place in verbs if place > start), None)
    find_conditions(sentence)
    if sentence.is_broken or not sentence.found:
        return []
    part = tuple(condition for at, condition in sentence.found if verb is None or at > verb)
    whole = tuple(condition for at, condition in sentence.found if verb is not None and at < verb)
    if verb is not None and not part:
        part, whole = whole, ()
    head = Head(re.sub("^[wl]*", "", sentence.codes), sentence.parts, sentence.table)
    measure = _share_measure(head.codes, sentence.parts)
    if measure is None or not part:
        return []
    sides = (Side("part", part),)
    return [
        Reading("share", sentence.table.view, measure, whole=whole, conditions=(*whole, *part), sides=sides)
    ]


def _share_measure(codes: str, parts: Sequence[Part]) -> Measure | None:
    columns = [part.payload for part in parts if part.code == "C"]
    if re.fullmatch(r"(s[hH]?a?r?|r?s)", codes):
        return Measure("count")
    is_sum = all(part.payload == "sum" for part in parts if part.code == "a")
    if re.fullmatch(r"s[hH]?a?Ca?|[aC]*s", codes) and len(columns) == 1 and is_sum:
        column = columns[0]
        if column.is_number and (column.is_additive or "a" in codes) and not column.is_running:
            return Measure("sum", column.name)
        return Measure("count") if not column.is_number and column.is_unique else None
    return None


def _pair(sentence: Sentence) -> list[Side] | None:
    """Two values of one column, or two days, that stand against each other; they leave the sentence."""
    for pattern in (r"k?f?V[&>t|]V", r"k?f?CV[&>t|]C?V", r"k?f?VC?[&>t|]VC", r"k?f?C?D[&>t]C?D"):
        for found in re.finditer(pattern, sentence.codes):
            parts = sentence.parts[found.start() : found.end()]
            sides = _sides(parts, sentence)
            if sides is not None:
                sentence.take(found.start(), found.end())
                return sides
    return None


def _sides(parts: Sequence[Part], sentence: Sentence) -> list[Side] | None:
    values = [part for part in parts if part.code == "V"]
    if len(values) == 2:
        (first, one, named), (second, other, called) = values[0].payload, values[1].payload
        columns = [part.payload for part in parts if part.code == "C"]
        if first.name != second.name or one == other or any(column.name != first.name for column in columns):
            return None
        return [Side(named, (one,)), Side(called, (other,))]
    days = [part for part in parts if part.code == "D"]
    named_columns = [part.payload for part in parts if part.code == "C"]
    columns = named_columns or sentence.date_columns
    if len(days) != 2 or len({column.name for column in columns}) != 1 or not columns[0].is_date:
        return None
    sides = [
        Side(_said(day.payload.first, day.payload.last), tuple(compared(columns[0], "is", day.payload)))
        for day in days
    ]
    return sides


def _said(first: object, last: object) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def _ratio(sentence: Sentence, verbs: Sequence[int]) -> list[Reading] | None:
    if "g" not in sentence.codes:
        return None
    return _two(sentence, "ratio", "g")


def _difference(sentence: Sentence, verbs: Sequence[int]) -> list[Reading] | None:
    codes = sentence.codes
    mark = next((code for code in "G+-q" if code in codes), None)
    if mark is None:
        return None
    return _two(sentence, "difference", mark)


def _two(sentence: Sentence, kind: str, mark: str) -> list[Reading]:
    """Two sides of one measure, or two measures of the same rows."""
    spread = re.search(r"[G].*?xC?[&]xC", sentence.codes)
    if spread and kind == "difference":
        return _spread(sentence)
    place = sentence.codes.find(mark)
    taken = sentence.parts.pop(place)
    sides = _pair(sentence)
    if sides is None:
        columns = re.search(r"(a?)C[&t](a?)C", sentence.codes)
        if columns is None:
            return []
        parts = sentence.parts[columns.start() : columns.end()]
        sides = _measured(parts)
        sentence.take(columns.start(), columns.end())
        if sides is None:
            return []
        measure = sides[0].measure
    else:
        measure = None
    find_conditions(sentence)
    if sentence.is_broken:
        return []
    head = re.sub(r"^[wlqk]*|[wkm>]+$", "", sentence.codes).replace("&", "")
    if measure is None:
        measure = _side_measure(head, sentence.parts, taken, sentence.table)
    elif head:
        measure = None
    if measure is None:
        return []
    note = "less" if mark == "-" else ""
    return [
        Reading(
            kind, sentence.table.view, measure, conditions=sentence.conditions, sides=tuple(sides), note=note
        )
    ]


def _side_measure(head: str, parts: Sequence[Part], mark: Part, table: TableFacts) -> Measure | None:
    columns = [part.payload for part in parts if part.code == "C"]
    functions = [part.payload for part in parts if part.code == "a"]
    spoken = re.sub(r"^[wl]*[hH]?", "", head)
    possible = [column for column in table.columns if column.is_additive]
    if spoken == "" and mark.code in "+-" and "many" not in mark.text:
        return Measure("sum", possible[0].name) if len(possible) == 1 else None
    if spoken in ("r", "") and (spoken == "r" or "h" in head):
        return Measure("count")
    if spoken == "ar" and functions == ["sum"]:
        return Measure("count")
    if spoken in ("aC", "Ca", "aHC", "ahC") and columns[0].is_number:
        return Measure(functions[0], columns[0].name)
    if spoken in ("xC", "Cx") and columns[0].is_number:
        direction = next(part.payload[0] for part in parts if part.code == "x")
        return Measure("max" if direction == "desc" else "min", columns[0].name)
    if spoken == "C" and columns[0].is_additive:
        return Measure("sum", columns[0].name)
    return None


def _measured(parts: Sequence[Part]) -> list[Side] | None:
    columns: list[ColumnFacts] = [part.payload for part in parts if part.code == "C"]
    functions = [part.payload for part in parts if part.code == "a"]
    if any(not column.is_number for column in columns) or columns[0].name == columns[1].name:
        return None
    used: Iterable[str]
    if len(functions) == 2:
        used = functions
    elif len(functions) == 1 and parts[0].code == "a":
        used = functions * 2
    elif not functions and all(column.is_additive for column in columns):
        used = ("sum", "sum")
    else:
        return None
    return [
        Side(column.title, (), Measure(function, column.name))
        for column, function in zip(columns, used, strict=True)
    ]


def _spread(sentence: Sentence) -> list[Reading]:
    """The difference between the highest and the lowest value of a column."""
    find_conditions(sentence)
    codes = re.sub(r"^[wl]*", "", sentence.codes)
    columns = {part.payload.name: part.payload for part in sentence.parts if part.code == "C"}
    ends = {part.payload[0] for part in sentence.parts if part.code == "x"}
    if sentence.is_broken or not re.fullmatch(r"Gk?xC?&xC", codes) or len(columns) != 1 or len(ends) != 2:
        return []
    (column,) = columns.values()
    measure = Measure("range", column.name)
    return (
        [Reading("measure", sentence.table.view, measure, conditions=sentence.conditions)]
        if column.is_number
        else []
    )


def _change(sentence: Sentence, verbs: Sequence[int]) -> list[Reading] | None:
    """By how much a figure changed from one day to another: only where each day has one row."""
    if "X" not in sentence.codes:
        return None
    sides = _pair(sentence)
    if sides is None:
        return None
    find_conditions(sentence)
    codes = re.sub(r"[wlJHX@]", "", sentence.codes)
    columns = [part.payload for part in sentence.parts if part.code == "C"]
    functions = [part.payload for part in sentence.parts if part.code == "a"]
    if sentence.is_broken or codes not in ("C", "aC") or not columns[0].is_number:
        return []
    function = functions[0] if functions else "value"
    measure = Measure(function, columns[0].name)
    turned = (sides[1], sides[0])
    return [
        Reading(
            "difference",
            sentence.table.view,
            measure,
            conditions=sentence.conditions,
            sides=turned,
            note="change",
        )
    ]
