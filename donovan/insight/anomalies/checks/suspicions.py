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
class Suspicion:
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


def merged(suspicions: Iterable[Suspicion]) -> list[Suspicion]:
    """One suspicion for each cell, the strongest, which lists the sentences of the others as its reasons.

    What is said of a whole row takes in weaker suspicions about cells of that row. Highest score first.
    """
    ranked = _without_explained(sorted(suspicions, key=_rank))
    kept: dict[tuple[str, tuple[int, ...], str], Suspicion] = {}
    rows: dict[tuple[str, int], Suspicion] = {}
    for suspicion in ranked:
        known = kept.get(suspicion.place)
        if known is None and len(suspicion.rows) == 1:
            in_row = rows.get((suspicion.sheet, suspicion.rows[0]))
            if in_row is not None and _takes_in(in_row, suspicion):
                known = in_row
        if known is None:
            kept[suspicion.place] = suspicion
            for row in suspicion.rows:
                rows.setdefault((suspicion.sheet, row), suspicion)
            continue
        if suspicion.why not in (known.why, *known.reasons):
            # What rests on another document must not lend its sentence to what does not.
            if set(suspicion.others) <= set(known.others):
                known = replace(known, reasons=(*known.reasons, suspicion.why))
            kept[known.place] = known
            for row in known.rows:
                if rows.get((known.sheet, row), known).place == known.place:
                    rows[known.sheet, row] = known
    return sorted(kept.values(), key=_rank)


def _without_explained(ranked: list[Suspicion]) -> list[Suspicion]:
    """Leaves out sums that would be right if another suspicious cell, in the row or above, were."""
    ranked = [suspicion for suspicion in ranked if not _only_mirrors(suspicion, ranked)]
    kept = []
    for suspicion in ranked:
        parts = [
            part
            for part in ranked
            if suspicion.excess is not None
            and part.excess is None
            and part.meant is not None
            and (part.sheet, part.column) == (suspicion.sheet, suspicion.column)
            and _explains(part, suspicion.excess)
        ]
        parts += [
            part
            for part in ranked
            if suspicion.kind == "broken sum"
            and part.kind in _OWN_FAULTS
            and part.rows == suspicion.rows
            and part.sheet == suspicion.sheet
            and part.column in suspicion.involved
            and part.column != suspicion.column
        ]
        if not parts:
            kept.append(suspicion)
    return kept


def _only_mirrors(part: Suspicion, ranked: list[Suspicion]) -> bool:
    """Whether a cell was found strange only beside one that a sum over both calls wrong."""
    return bool(part.compared) and any(
        other.kind == "broken sum"
        and (other.sheet, other.rows) == (part.sheet, part.rows)
        and {part.column, part.compared} <= set(other.involved)
        and other.column == part.compared
        for other in ranked
    )


def _explains(part: Suspicion, excess: float) -> bool:
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


def _takes_in(strong: Suspicion, weak: Suspicion) -> bool:
    if weak.kind == "unusual row" or (weak.kind == "duplicate key" and strong.kind == "duplicate row"):
        return True
    if strong.kind == "contradiction" and weak.column in strong.involved:
        return True
    return strong.kind in _OF_THE_ROW and weak.kind in _WEAK


def _rank(suspicion: Suspicion) -> tuple[float, str, tuple[int, ...], str, str]:
    return -suspicion.score, suspicion.sheet, suspicion.rows, suspicion.column, suspicion.kind
