"""What a check says: where, what, why, by which method, against which baseline, how unusual."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

KINDS = {
    "impossible date": "No such day or time, or far outside the period of the table",
    "impossible order": "What comes first in every other row comes last here",
    "impossible value": "A value that such a thing cannot have",
    "negative quantity": "Below zero where everything else is above",
    "type error": "Text where a number, date or time belongs",
    "unit error": "Off by the factor between two units",
    "outlier": "Far from what its place in the table leads one to expect",
    "unusual row": "An unusual combination of several columns",
    "broken sum": "Figures that do not add up",
    "missing value": "Empty where nearly every row is filled",
    "duplicate row": "The same row more than once",
    "duplicate key": "A number that should be unique occurs more than once",
    "new category": "A value that stands alone among a few that recur",
    "misspelt value": "Nearly the same as a value that occurs often",
    "contradiction": "Two columns that otherwise go together do not",
    "not in the other list": "In one list and not in the other",
    "disagreement": "Two tables give different values for the same thing",
    "changed columns": "Columns differ from the earlier version",
    "first digits": "First digits that do not follow the law of Benford",
    "spike": "A short rise or fall in time",
    "level shift": "A lasting change of level in time",
    "gap": "A time for which nothing was entered",
    "stale value": "A measurement that does not move",
    "broken season": "A rhythm in time that is interrupted",
    "unlike the others": "A document that uses other words than the rest of its collection",
    "burst of a name": "A name in many documents of a day that used to be in few",
    "sudden silence": "A name that used to be steady and is gone",
    "new sender": "A sender never seen before among senders that recur",
    "figure against a table": "A figure in a text that a table gives otherwise",
}
WHOLE_ROW = ""


@dataclass(frozen=True)
class Detection:
    """One finding about a cell, a row (empty `column`) or a column (empty `rows`).

    `score` lies between 0 and 1 and only ranks. `others` are keys of further sheets that it rests on.
    `meant` is the expected value as a number; `excess` is by how much a total is too large,
    `involved` are the columns of a sum or a rule,
    `compared` is the column of the same row that the value was compared with.
    """

    kind: str
    sheet: str
    rows: tuple[int, ...]
    column: str
    value: str
    why: str
    method: str
    choice: str
    baseline: str
    score: float
    expected: str = ""
    meant: float | None = None
    excess: float | None = None
    involved: tuple[str, ...] = ()
    compared: str = ""
    others: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, tuple[int, ...], str]:
        return self.sheet, self.rows, self.column


def merged(detections: Iterable[Detection]) -> list[Detection]:
    """One detection for each cell, the strongest, which lists the sentences of the others as its reasons.

    What is said of a whole row takes in weaker detections about cells of that row. Highest score first.
    """
    ranked = _without_explained(sorted(detections, key=_rank))
    kept: dict[tuple[str, tuple[int, ...], str], Detection] = {}
    rows: dict[tuple[str, int], Detection] = {}
    for detection in ranked:
        known = kept.get(detection.place)
        if known is None and len(detection.rows) == 1:
            in_row = rows.get((detection.sheet, detection.rows[0]))
            if in_row is not None and _takes_in(in_row, detection):
                known = in_row
        if known is None:
            kept[detection.place] = detection
            for row in detection.rows:
                rows.setdefault((detection.sheet, row), detection)
            continue
        if detection.why not in (known.why, *known.reasons):
            # What rests on another document must not lend its sentence to what does not.
            if set(detection.others) <= set(known.others):
                known = replace(known, reasons=(*known.reasons, detection.why))
            kept[known.place] = known
            for row in known.rows:
                if rows.get((known.sheet, row), known).place == known.place:
                    rows[known.sheet, row] = known
    return sorted(kept.values(), key=_rank)


def _without_explained(ranked: list[Detection]) -> list[Detection]:
    """Leaves out sums that would be right if another suspicious cell, in the row or above, were."""
    ranked = [detection for detection in ranked if not _only_mirrors(detection, ranked)]
    kept = []
    for detection in ranked:
        parts = [
            part
            for part in ranked
            if detection.excess is not None
            and part.excess is None
            and part.meant is not None
            and (part.sheet, part.column) == (detection.sheet, detection.column)
            and _explains(part, detection.excess)
        ]
        parts += [
            part
            for part in ranked
            if detection.kind == "broken sum"
            and part.kind in _OWN_FAULTS
            and part.rows == detection.rows
            and part.sheet == detection.sheet
            and part.column in detection.involved
            and part.column != detection.column
        ]
        if not parts:
            kept.append(detection)
    return kept


def _only_mirrors(part: Detection, ranked: list[Detection]) -> bool:
    """Whether a cell was found strange only beside one that a sum over both calls wrong."""
    return bool(part.compared) and any(
        other.kind == "broken sum"
        and (other.sheet, other.rows) == (part.sheet, part.rows)
        and {part.column, part.compared} <= set(other.involved)
        and other.column == part.compared
        for other in ranked
    )


def _explains(part: Detection, excess: float) -> bool:
    try:
        value = float(part.value)
    except ValueError:
        return False
    meant = part.meant or 0.0
    return abs(value + excess - meant) <= 0.35 * max(abs(meant), 1e-9) and abs(value - meant) > 1e-9


# Kinds that say of a cell that it alone is wrong.
_OWN_FAULTS = ("unit error", "outlier", "negative quantity", "impossible value")
_OF_THE_ROW = ("duplicate row", "not in the other list")
_WEAK = ("unusual row", "new category", "contradiction", "outlier", "duplicate key", "missing value")


def _takes_in(strong: Detection, weak: Detection) -> bool:
    if weak.kind == "unusual row" or (weak.kind == "duplicate key" and strong.kind == "duplicate row"):
        return True
    if strong.kind == "contradiction" and weak.column in strong.involved:
        return True
    return strong.kind in _OF_THE_ROW and weak.kind in _WEAK


def _rank(detection: Detection) -> tuple[float, str, tuple[int, ...], str, str]:
    return -detection.score, detection.sheet, detection.rows, detection.column, detection.kind
