"""People, organisations, places and things that documents name far more often than the rest of the scope.

The measures are those of `retrieval.significant`, over documents instead of passages.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from donovan.insight.entities.in_search import queries_for
from donovan.insight.entities.kinds import ACTORS
from donovan.insight.entities.links import links_in
from donovan.insight.entities.selectors import names_of, readable_appearances
from donovan.library.selectors import readable_documents
from ingest.models import Status
from retrieval.scope import AccessScope
from retrieval.significant import LEAST_RATIO, jlh, log_likelihood

MOST_NAMES = 12
MOST_COMPARED = 300
"""Of the names in most of the documents so many are held against the rest."""

FEWEST, MOST_DOCUMENTS = 2, 2_000


@dataclass(frozen=True)
class StandingName:
    """A name, and how many documents hold it: of those chosen, and of the others of the scope. `query` finds
    it.
    """

    id: UUID
    name: str
    kind: str
    inside: int
    outside: int
    query: str


def standing_names(scope: AccessScope, documents: Sequence[UUID]) -> list[StandingName]:
    """The names that set `documents` apart from all others of the scope, the most significant first.

    Nothing for more than MOST_DOCUMENTS. Documents outside the scope are passed over.
    """
    if not 0 < len(documents) <= MOST_DOCUMENTS:
        return []
    links = links_in(scope)
    ready = readable_documents(scope).filter(status=Status.READY)
    total, chosen = ready.count(), ready.filter(pk__in=documents).count()
    others = total - chosen
    if not others:
        return []
    named = readable_appearances(scope).filter(entity__kind__in=ACTORS).order_by()
    inside: dict[UUID, set[UUID]] = defaultdict(set)
    for entity, document in named.filter(document_id__in=documents).values_list("entity_id", "document_id"):
        inside[links.of(entity, document)].add(document)
    counts = Counter({e: len(some) for e, some in inside.items() if e not in links.rejected})
    compared = [e for e in sorted(counts, key=lambda e: (-counts[e], str(e))) if counts[e] >= FEWEST]
    rows = names_of(scope, compared[:MOST_COMPARED], links)
    queries = queries_for(rows)
    scored = []
    for entity, row in rows.items():
        a = counts[entity]
        b = row.documents - a
        if a / chosen > b / others and log_likelihood(a, b, chosen, others) >= LEAST_RATIO:
            name = StandingName(entity, row.name, row.kind_label, a, b, queries.get(entity, ""))
            scored.append((-jlh(a, b, chosen, others), row.name, str(entity), name))
    return [name for *_, name in sorted(scored, key=lambda one: one[:3])[:MOST_NAMES]]
