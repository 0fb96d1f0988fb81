"""Where two entities appear together: the sentences, or the pages, that name both."""

from uuid import UUID

from django.db.models import Q

from donovan.insight.entities import selectors
from donovan.insight.entities.links import links_in
from donovan.insight.entities.models import Mention
from donovan.insight.entities.selectors import MentionRow, mention_rows, narrowed
from retrieval.scope import AccessScope

MOST_SHARED = 200


def shared_by(
    scope: AccessScope, one: UUID, other: UUID, *, within: str = "sentence", collection: str | None = None
) -> tuple[list[MentionRow], int]:
    """The mentions of `one` in sentences (or on pages) that name `other` too, and in how many they do.

    One mention for each sentence or page, by document and page. At most MOST_SHARED.
    """
    here, links = narrowed(scope, collection), links_in(scope)
    first, second = (selectors.entity(scope, entity).row.id for entity in (one, other))
    fields = ("document_id", "page", "sentence_start")

    def places(entity: UUID) -> dict[tuple[object, ...], UUID]:
        mentions = selectors.readable_mentions(here).filter(links.condition([entity]))
        found: dict[tuple[object, ...], UUID] = {}
        for pk, *place in mentions.order_by("document_id", "page", "start").values_list("pk", *fields):
            found.setdefault(tuple(place if within == "sentence" else place[:2]), pk)
        return found

    ours, theirs = places(first), places(second)
    shared = [pk for place, pk in ours.items() if place in theirs]
    ordered = Mention.objects.filter(Q(pk__in=shared[:MOST_SHARED])).order_by("document_id", "page", "start")
    return mention_rows(ordered, links), len(shared)
