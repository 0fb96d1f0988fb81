"""Who and what the documents that were found name: a facet of the search page.

Names are tied together as the reader sees them, by documents and decisions within the scope alone. What is
shown of a name is a form under which the documents that were found have it, so that the page's marking
holds for it too.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from donovan.insight.entities.kinds import ACTORS
from donovan.insight.entities.links import links_in
from donovan.insight.entities.selectors import readable_appearances
from donovan.library.facets import SHOWN, Facet, FacetValue, register
from retrieval.scope import AccessScope

MOST_DOCUMENTS = 2_000
"""The names in more documents than these are not counted while a page waits."""


def names_in(documents: Sequence[UUID], scope: AccessScope) -> Facet | None:
    """The names in most of the documents, each with how many of them name it; None for none or too many."""
    if not 0 < len(documents) <= MOST_DOCUMENTS:
        return None
    named = readable_appearances(scope).filter(entity__kind__in=ACTORS, document_id__in=documents)
    links = links_in(scope)
    naming: dict[UUID, set[UUID]] = defaultdict(set)
    forms: dict[UUID, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = named.order_by().values_list("entity_id", "document_id", "name", "entity__normal", "mention_count")
    for entity, document, name, normal, times in rows:
        shown = links.of(entity, document)
        if shown not in links.rejected:
            naming[shown].add(document)
            forms[shown][name, normal] += times
    commonest = sorted(naming, key=lambda shown: (-len(naming[shown]), str(shown)))
    values = []
    for shown in commonest[:SHOWN]:
        name, normal = min(forms[shown], key=lambda form: (-forms[shown][form], form))
        values.append(FacetValue(name, len(naming[shown]), demands=f'entity:"{normal}"'))
    return Facet("Named", tuple(values), max(0, len(commonest) - SHOWN)) if values else None


register("names", names_in)
