"""What a file says of itself held against the label under which it was handed in.

Labels are opaque in this room. A room above that understands them registers its check; a worker asks it of
every file between reading and keeping, so that nothing of a file that should have been labelled otherwise is
kept under the label it came with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Objection:
    """Why a file may not stay under its label, and the label under which it waits for a decision."""

    label: str
    sentence: str


@dataclass(frozen=True)
class Said:
    """The text of a page, and whether it was read from its picture, where letters may be misread."""

    text: str
    is_read_from_picture: bool = False


Check = Callable[[str, Sequence[Said], Mapping[str, str]], Objection | None]
"""(label, the pages, what the file says of itself) -> an objection, or None."""

_checks: list[Check] = []


def register(check: Check) -> None:
    """Have this asked in this process from now on; the same one again changes nothing."""
    if check not in _checks:
        _checks.append(check)


def objection(label: str, pages: Sequence[Said], facts: Mapping[str, str]) -> Objection | None:
    """The first objection, None where nothing speaks against the label."""
    found = (check(label, pages, facts) for check in _checks)
    return next((each for each in found if each is not None), None)
