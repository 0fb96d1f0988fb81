"""The shape of a decision about a column, and what all kinds of values share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# At least this share of the filled cells must be values of a type, else the column stays text.
FIT = 0.8
# Signs and words that stand for "no value" in columns of numbers, dates and truth values.
MISSING = (
    "-", "--", "---", "–", "—", ".", "..", "...", "?", "n/a", "na", "n.a.", "n. a.", "nan", "null", "none",
    "nil", "#n/a",
)  # fmt: skip

Values = Mapping[str, int]
Sql = Callable[[str], str]


@dataclass(frozen=True)
class Plan:
    """How the texts of a column become values.

    `sql` turns an SQL expression for a trimmed text into one for the value, NULL where the text is none.
    For numbers it gives the number as plain text instead, and `is_number` is set, because how many places are
    needed is only known when all rows were seen. `share` is the share of filled cells of the sample that fit.
    `mixed` names the units of a text column whose cells are numbers in units that do not go together.
    """

    type: str
    sql: Sql
    share: float = 1.0
    unit: str = ""
    note: str = ""
    is_number: bool = False
    is_float: bool = False
    mixed: str = ""


TEXT = Plan("text", lambda text: text)


def filled(values: Values) -> dict[str, int]:
    """The values that are no sign for "missing"."""
    return {value: count for value, count in values.items() if value and value.lower() not in MISSING}


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
