"""The names that stand near a subject in the documents of a period, counted there and nowhere else."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from donovan.insight.entities.links import links_in
from donovan.insight.entities.selectors import EntityRow, names_of, readable_mentions
from donovan.reports.sections.subject import Naming
from retrieval.scope import AccessScope


@dataclass
class Near:
    """How often one entity is named there, in which documents (id to label), and of which days these are."""

    mentions: int = 0
    documents: dict[UUID, str] = field(default_factory=dict)
    dates: set[date] = field(default_factory=set)
    first: int = 0

    @property
    def earliest(self) -> str:
        return min(self.dates).isoformat() if self.dates else ""

    @property
    def latest(self) -> str:
        return max(self.dates).isoformat() if self.dates else ""


def near_subject(
    scope: AccessScope, kinds: Sequence[str], naming: Naming, dated: Collection[UUID]
) -> dict[UUID, Near]:
    """By the id of a shown entity, its mentions where the subject is named, in the `dated` documents.

    `first` is the id of the first such mention.
    """
    links = links_in(scope)
    among = set(dated) if naming.everywhere else set(dated) & naming.documents
    rows = readable_mentions(scope).filter(kind__in=kinds, entity__isnull=False, document__in=among)
    found: dict[UUID, Near] = defaultdict(Near)
    told = rows.order_by("document__document_date", "document_id", "page", "start").values_list(
        "pk", "entity_id", "document_id", "document__label", "document__document_date", "page", "start"
    )
    for mention, entity, document, label, day, page, start in told.iterator():
        shown = links.of(entity, document)
        if shown in links.rejected or not naming.holds(document, page, start):
            continue
        near = found[shown]
        near.first = near.first or mention
        near.mentions += 1
        near.documents[document] = label
        near.dates |= {day} if day else set()
    return dict(found)


def named_rows(scope: AccessScope, found: dict[UUID, Near], most: int) -> list[tuple[EntityRow, Near]]:
    """The most often named first, with their names and aliases."""
    ranked = sorted(found, key=lambda pk: (-found[pk].mentions, -len(found[pk].documents), str(pk)))[:most]
    rows = names_of(scope, ranked, links_in(scope))
    return [(rows[pk], found[pk]) for pk in ranked if pk in rows]
