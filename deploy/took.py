"""What of a start took how long: gathered while it is prepared, said by the supervisor when all is up."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

NAME = "took.json"
LOG = "start.log"
BEGUN = "DONOVAN_BEGUN"
"""The moment at which `make run` began, on the clock that the whole machine shares."""


def hand_over(data: Path, steps: Sequence[tuple[str, float]], *, since: float) -> None:
    """Leave for the supervisor, which takes the place of this process, what was done and when it began."""
    os.environ[BEGUN] = str(since)
    path = data / "run" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(steps)))


def taken_over(data: Path) -> tuple[float | None, list[tuple[str, float]]]:
    """When the start began, None where the supervisor was started by itself, and its steps; asked once."""
    begun = os.environ.pop(BEGUN, "")
    if not begun:
        return None, []
    path = data / "run" / NAME
    try:
        steps = [(str(title), float(seconds)) for title, seconds in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        # Only what is said at the end is lost; nothing of the start depends on it.
        steps = []
    path.unlink(missing_ok=True)
    return float(begun), steps


def text(steps: Sequence[tuple[str, float]], *, whole: float) -> str:
    """One line a step. What went on side by side adds up to more than the whole."""
    rows = [*steps, ("from the beginning to here", whole)]
    lines = [f"  {seconds:7.1f} s  {title}" for title, seconds in rows]
    return "What took how long (steps side by side count twice):\n" + "\n".join(lines) + "\n"


def keep(data: Path, told: str) -> None:
    """Put it into the logs, below that of earlier starts."""
    with (data / "logs" / LOG).open("a") as stream:
        stream.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')}\n{told}\n")
