"""What a person is cleared for, and whether that opens one marking."""

from dataclasses import dataclass

from donovan.access.markings import Level, Marking, MarkingError
from donovan.access.models import User


@dataclass(frozen=True)
class Clearance:
    """Level, compartments, nationality and permission to read CUI. All must agree; none adds to another."""

    level: Level
    compartments: frozenset[str]
    nationality: str
    may_read_controlled: bool

    def permits(self, marking: Marking) -> bool:
        """Whether a person so cleared may read what carries `marking`."""
        return (
            self.level >= marking.level
            and self.compartments >= marking.compartments
            and (self.may_read_controlled or not marking.is_controlled)
            and (marking.nations is None or self.nationality in marking.nations)
        )


def clearance_of(user: User) -> Clearance | None:
    """The clearance on the person's record; None, which opens nothing, when the record is not readable."""
    try:
        level = Level.of(user.clearance)
    except MarkingError:
        return None
    if not isinstance(user.compartments, list):
        return None
    return Clearance(level, frozenset(user.compartments), user.nationality, user.may_read_controlled)
