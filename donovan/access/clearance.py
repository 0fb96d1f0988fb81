"""What a person is cleared for, and whether that opens one marking."""

import re
from dataclasses import dataclass

from donovan.access.markings import Level, Marking, MarkingError, owner_nation
from donovan.access.models import Affiliation, User

_OUTSIDE = {Affiliation.GOVERNMENT: "", Affiliation.CONTRACTOR: "contractor", Affiliation.OTHER: "other"}


@dataclass(frozen=True)
class Clearance:
    """Level, compartments, nationality, affiliation and permission to read CUI. All must agree; none adds to
    another.
    """

    level: Level
    compartments: frozenset[str]
    nationality: str
    may_read_controlled: bool
    affiliation: str = Affiliation.GOVERNMENT

    def permits(self, marking: Marking) -> bool:
        """Whether a person so cleared may read what carries `marking`.

        A national of another nation than the owner needs a release that names it, unless the marking is
        plainly unclassified. Controls such as FED ONLY keep out whoever the policy says, released or not.
        """
        return (
            self.level >= marking.level
            and self.compartments >= marking.access_names
            and (self.may_read_controlled or not marking.is_sensitive)
            and _OUTSIDE.get(Affiliation(self.affiliation)) not in marking.excluded
            and (self.nationality == owner_nation() or marking.is_released_to(self.nationality))
        )


def clearance_of(user: User) -> Clearance | None:
    """The clearance on the person's record; None, which opens nothing, when the record is not readable."""
    try:
        level = Level.of(user.clearance)
    except MarkingError:
        return None
    if not isinstance(user.compartments, list) or not re.fullmatch("[A-Z]{3}", user.nationality):
        return None
    if user.affiliation not in Affiliation.values:
        return None
    return Clearance(
        level,
        frozenset(user.compartments),
        user.nationality,
        user.may_read_controlled,
        user.affiliation,
    )
