"""Questions that set two things against each other: shares, ratios, differences, changes.

They are tried before anything else, because what they compare would otherwise be taken for conditions.
Each gives
None for a question of another kind, and no reading for one of its kind that it does not understand.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from donovan.insight.tables.questions.conditions import Sentence, compared, find_conditions
from donovan.insight.tables.questions.facts import ColumnFacts, TableFacts
from donovan.insight.tables.questions.heads import Head
from donovan.insight.tables.questions.linking import Part
from donovan.insight.tables.questions.readings import Measure, Reading, Side


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
        return Measure("count") if column.is_key and column.is_unique else None
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
    taken = sentence.parts[place]
    is_between = mark == "q" and re.search(r"[VD]C?qC?[VD]", sentence.codes) is not None
    if is_between:
        sentence.parts[place] = replace(taken, code="&")
    else:
        sentence.parts.pop(place)
    _say_once(sentence)
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


def _say_once(sentence: Sentence) -> None:
    """`the total litres of A and the total litres of B` says its measure twice."""
    for pattern in (r"(aC)V[&t>](aC)V", r"(C)V[&t>](C)V"):
        found = re.search(pattern, sentence.codes)
        if found is None:
            continue
        first = [part.payload for part in sentence.parts[found.start(1) : found.end(1)]]
        again = [part.payload for part in sentence.parts[found.start(2) : found.end(2)]]
        if first == again and first[-1].is_number:
            del sentence.parts[found.start(2) : found.end(2)]


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


COMPARISONS: tuple[Callable[[Sentence, Sequence[int]], list[Reading] | None], ...] = (
    _share,
    _ratio,
    _difference,
    _change,
)
