"""The markings that a form offers; others can always be written out."""

from donovan.access.clearance import clearance_of
from donovan.access.markings import MarkingError, parse_marking
from donovan.access.models import AccessLabel
from donovan.library.callers import Caller

USUAL_MARKINGS = (
    "UNCLASSIFIED",
    "CUI",
    "CONFIDENTIAL",
    "SECRET",
    "SECRET//NOFORN",
    "SECRET//REL TO USA, GBR",
    "TOP SECRET",
    "TOP SECRET//NOFORN",
)


def known_markings(caller: Caller) -> list[str]:
    """The markings to offer: the usual ones and those already in use, as far as this person may read them."""
    clearance = clearance_of(caller.user)
    if clearance is None:
        return []
    in_use = (
        AccessLabel.objects.filter(key__in=caller.scope.labels).values_list("marking", flat=True).distinct()
    )
    offered = {}
    for text in (*USUAL_MARKINGS, *in_use):
        try:
            marking = parse_marking(text)
        except MarkingError:
            continue
        if clearance.permits(marking):
            offered[marking.canonical] = (marking.level, marking.canonical)
    return sorted(offered, key=lambda canonical: offered[canonical])
