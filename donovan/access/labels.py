"""Labels: the one string that documents carry, made of a collection and a canonical marking.

Only this package reads a label. Below it, and beside it, a label is compared and nothing more.
"""

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

from donovan.access.markings import Marking, MarkingError, least_upper_bound, parse_marking
from donovan.access.models import AccessLabel, Collection

_DIVIDER = ":"
LONGEST_LABEL_MARKING = 300


@lru_cache(maxsize=4096)
def cached_marking(canonical: str) -> Marking:
    """`parse_marking`, remembered: the same few hundred markings are read in every request."""
    return parse_marking(canonical)


def label_key(slug: str, marking: Marking) -> str:
    return f"{slug}{_DIVIDER}{marking.canonical}"


def label_for(collection: Collection | str, marking: Marking) -> str:
    """The label of a marking in a collection; its row is made when it is new.

    Raises MarkingError when the collection does not exist, the marking is too long to be kept, or it is above
    what this system may hold.
    """
    slug = collection if isinstance(collection, str) else collection.slug
    if len(marking.canonical) > LONGEST_LABEL_MARKING:
        raise MarkingError("The marking has too many parts to be kept. Shorten its lists.")
    if isinstance(collection, str) and not Collection.objects.filter(slug=slug).exists():
        raise MarkingError(f"There is no collection “{slug[:80]}”. Choose one that exists.")
    check_ceiling(marking)
    key = label_key(slug, marking)
    AccessLabel.objects.get_or_create(key=key, defaults={"collection_id": slug, "marking": marking.canonical})
    return key


def check_ceiling(marking: Marking) -> None:
    """Raises MarkingError for a level above settings.SYSTEM_HIGH: this system may not hold it at all."""
    highest = cached_marking(settings.SYSTEM_HIGH)
    if marking.level > highest.level:
        raise MarkingError(
            f"This system holds at most {highest.canonical}. Take what is marked {marking.canonical} to a "
            "system that may hold it, and tell the security officer if it has been handed in here."
        )


def split_label(key: str) -> tuple[str, Marking]:
    """The collection and the marking of a label. Raises MarkingError for a text that is not a label."""
    slug, divider, canonical = key.partition(_DIVIDER)
    if not divider or not slug:
        raise MarkingError("That is not a label of this system.")
    return slug, cached_marking(canonical)


def marking_of(labels: Iterable[str]) -> Marking:
    """The least upper bound of the markings of `labels`; what is not readable counts as the highest held."""
    return least_upper_bound(_marking_or_highest(key) for key in set(labels))


def _marking_or_highest(key: str) -> Marking:
    try:
        return split_label(key)[1]
    except MarkingError:
        return cached_marking(settings.SYSTEM_HIGH)
