"""What a file says of itself held against the label under which it was handed in.

Labels are opaque in this room. A room above that understands them registers its check; a worker asks it of
every file between reading and keeping, so that nothing of a file that should have been labelled otherwise is
kept under the label it came with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Objection:
    """Why a file may not stay under its label, and the label under which it waits for a decision."""

    label: str
    sentence: str


@dataclass(frozen=True)
class Said:
    """The text of a page, whether it was read from its picture, where letters may be misread, and whether it
    is what the page does not show.
    """

    text: str
    is_read_from_picture: bool = False
    is_hidden: bool = False


Check = Callable[[str, Sequence[Said], Mapping[str, str]], Objection | None]
"""(label, the pages, what the file says of itself) -> an objection, or None."""

Listener = Callable[[UUID, str, str], None]
"""(document, the label it came with, the one under which it is held), in the transaction that holds it."""

_checks: list[Check] = []
_listeners: list[Listener] = []


def register(check: Check) -> None:
    """Have this asked in this process from now on; the same one again changes nothing."""
    if check not in _checks:
        _checks.append(check)


def on_held(listener: Listener) -> None:
    """Have this called in this process for every document that is held."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(document_id: UUID, before: str, after: str) -> None:
    """Say that a document is held under another label than it came with."""
    for listener in _listeners:
        listener(document_id, before, after)


def objection(label: str, pages: Sequence[Said], facts: Mapping[str, str]) -> Objection | None:
    """The first objection, None where nothing speaks against the label."""
    found = (check(label, pages, facts) for check in _checks)
    return next((each for each in found if each is not None), None)
