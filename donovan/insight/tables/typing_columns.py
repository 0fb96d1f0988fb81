"""What type a column has, decided on a sample of its cells and for the column as a whole."""

from datetime import date

from donovan.insight.tables.typing_dates import date_plan, time_plan
from donovan.insight.tables.typing_numbers import number_plan
from donovan.insight.tables.typing_plans import TEXT, Plan, Values, filled, literal

_PAIRS = (
    ("true", "false"), ("yes", "no"), ("y", "n"), ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("si", "no"),
    ("да", "нет"), ("da", "ne"), ("wahr", "falsch"), ("vrai", "faux"), ("on", "off"), ("✓", "✗"),
)  # fmt: skip


def plan_for(values: Values, title: str, near: date) -> Plan:
    """The plan for a column with these trimmed texts (and how often each stands in the sample).

    `near` is the day near which years of two digits lie.
    """
    if not filled(values):
        return TEXT
    return (
        _boolean_plan(values)
        or date_plan(values, title, near)
        or time_plan(values)
        or number_plan(values, title)
        or TEXT
    )


def _boolean_plan(values: Values) -> Plan | None:
    present = {value.lower() for value in filled(values)}
    for true, false in _PAIRS:
        if present <= {true, false}:
            return Plan("boolean", lambda text, t=true, f=false: _boolean_sql(text, t, f))  # type: ignore[misc]
    return None


def _boolean_sql(text: str, true: str, false: str) -> str:
    return f"CASE lower({text}) WHEN {literal(true)} THEN true WHEN {literal(false)} THEN false END"
