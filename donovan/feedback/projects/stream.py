"""Where in a labeller's stream the items with known answers come, so that they count like any other.

Whether the next item has a known answer hangs on the person, the project and how many items they had: by
chance, but the same however often it is asked. So how many are still to come can be counted beforehand, and
the number that is left falls by one with every item.
"""

import hashlib

from donovan.feedback.projects.models import LabelProject


def mixed(*parts: object) -> float:
    """A number from 0 to 1 that nobody can foresee from the ones before it."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return float(int.from_bytes(digest[:7], "big") / (1 << 56))


def is_golden(person: str, project: LabelProject, place: int) -> bool:
    """Whether the item at this place of the person's stream has a known answer, where one is left."""
    return mixed(person, project.pk, place) < project.gold_share


def ahead(person: str, project: LabelProject, *, place: int, plain: int, known: int) -> int:
    """How many items are still to come from `place` on: all `plain` ones, and those of `known` that are mixed
    in before the last of these.
    """
    given, left = 0, plain
    while left and given < known and project.gold_share > 0:
        if is_golden(person, project, place):
            given += 1
        else:
            left -= 1
        place += 1
    return plain + given
