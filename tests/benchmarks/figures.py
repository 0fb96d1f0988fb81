"""A measured number beside the one to reach."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """`target` is what is to be reached, `at_least` or `at_most`; None where it only explains."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    bound: Literal["at_least", "at_most"] = "at_least"
    note: str = ""

    @property
    def is_reached(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.bound == "at_least" else self.value <= self.target


@dataclass(frozen=True)
class Outcome:
    """What one benchmark gave; `skipped` says in a sentence why it gave nothing."""

    benchmark: str
    figures: tuple[Figure, ...] = ()
    skipped: str = ""
    seconds: float = 0.0


def number(value: float) -> str:
    """Three to four meaningful places, without an exponent."""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def as_table(outcomes: Sequence[Outcome]) -> str:
    """A table for people: one line a figure."""
    signs = {"at_least": "≥", "at_most": "≤"}
    verdicts = {True: "reached", False: "NOT REACHED", None: ""}
    lines = []
    for outcome in outcomes:
        lines.append(f"\n{outcome.benchmark} ({outcome.seconds:.0f} s)")
        if outcome.skipped:
            lines.append(f"  skipped: {outcome.skipped}")
        for figure in outcome.figures:
            goal = "" if figure.target is None else f"{signs[figure.bound]} {number(figure.target)}"
            measured = f"{number(figure.value)} {figure.unit}".strip()
            row = f"  {figure.name:52} {measured:>16}  {goal:>10}  {verdicts[figure.is_reached]:12}"
            lines.append((row + figure.note).rstrip())
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome]) -> str:
    """One object: benchmark -> figures, each with whether it is reached."""
    told = {
        outcome.benchmark: {
            "seconds": round(outcome.seconds, 1),
            "skipped": outcome.skipped,
            "figures": [{**asdict(figure), "reached": figure.is_reached} for figure in outcome.figures],
        }
        for outcome in outcomes
    }
    return json.dumps(told)
