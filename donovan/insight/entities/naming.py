"""What the words that an answer cites name, told to the assistant: so that "he" is a person, "there" a place.

Only what stands inside the cited words is told, and whoever reads the answer may read those.
"""

from collections.abc import Sequence

from django.db.models import Q

from donovan.assistant.models import Citation
from donovan.assistant.naming import PERSON, PLACE, THING, Named, register
from donovan.insight.entities.kinds import Kind, Level
from donovan.insight.entities.models import Mention

_KINDS = {
    Kind.PERSON: PERSON,
    Kind.PLACE: PLACE,
    Kind.COORDINATE: PLACE,
    Kind.ORGANISATION: THING,
    Kind.EQUIPMENT: THING,
    Kind.NATIONALITY: THING,
}
_MOST = 100


def names_cited(citations: Sequence[Citation]) -> list[Named]:
    """The recognised names in the cited words, in the order of the pages."""
    if not citations:
        return []
    within = Q()
    for one in citations:
        within |= Q(document=one.document_id, page=one.page, start__gte=one.start, end__lte=one.end)
    named = Mention.objects.filter(within, level=Level.NAMED, kind__in=list(_KINDS))
    rows = named.order_by("document_id", "page", "start").values_list("text", "kind")[:_MOST]
    return [Named(" ".join(text.split()), _KINDS[Kind(kind)]) for text, kind in rows]


register(names_cited)
