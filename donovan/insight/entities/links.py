"""Which entities are one to a reader: what readable documents say, and what analysts decided.

Everything is gathered anew for a scope. A document outside it is no evidence, and a decision that rests on a
label outside it never happened; so two readers may see the same names tied together differently, and neither
learns of what the other reads.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, groupby, pairwise
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from donovan.insight.entities.models import AliasEvidence, Decision, Entity
from donovan.insight.entities.name_variants import are_one
from retrieval.scope import AccessScope

MOST_SPELLINGS = 60
"""Names of one sound that are compared with each other."""


@dataclass(frozen=True)
class Part:
    """An entity in all documents, but for those that were split off (`without`), or only in some (`only`)."""

    entity: UUID
    without: frozenset[UUID] = frozenset()
    only: frozenset[UUID] | None = None

    @property
    def is_whole(self) -> bool:
        return not self.without and self.only is None

    @property
    def condition(self) -> Q:
        """The condition that mentions or appearances of this part meet."""
        condition = Q(entity_id=self.entity)
        if self.only is not None:
            return condition & Q(document_id__in=self.only)
        return condition & ~Q(document_id__in=self.without) if self.without else condition


@dataclass
class Links:
    """The clusters of one scope. What is in none stands for itself."""

    shown_as: dict[UUID, UUID] = field(default_factory=dict)
    members: dict[UUID, list[UUID]] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    split: dict[UUID, dict[UUID, UUID]] = field(default_factory=dict)
    origin: dict[UUID, UUID] = field(default_factory=dict)
    rejected: set[UUID] = field(default_factory=set)
    decisions: dict[UUID, list[Decision]] = field(default_factory=dict)

    def of(self, entity: UUID, document: UUID | None = None) -> UUID:
        """The id under which an entity, as a document means it, is shown."""
        if document is not None:
            entity = self.split.get(entity, {}).get(document, entity)
        return self.shown_as.get(entity, entity)

    def parts(self, shown: UUID) -> list[Part]:
        """What is shown under an id, as kept entities."""
        return [self._part(member) for member in self.members.get(shown, [shown])]

    def condition(self, shown: Iterable[UUID]) -> Q:
        """The condition that the mentions and appearances of these shown entities meet."""
        parts = [part for one in shown for part in self.parts(one)]
        condition = Q(entity_id__in=[part.entity for part in parts if part.is_whole])
        for part in parts:
            if not part.is_whole:
                condition |= part.condition
        return condition

    def _part(self, member: UUID) -> Part:
        if member in self.origin:
            source = self.origin[member]
            return Part(source, only=frozenset(d for d, made in self.split[source].items() if made == member))
        return Part(member, without=frozenset(self.split.get(member, {})))


def decisions_in(scope: AccessScope) -> list[Decision]:
    """The standing decisions that rest on nothing outside the scope, oldest first."""
    in_force = Decision.objects.filter(undone_at__isnull=True).select_related("author")
    return [d for d in in_force if all(scope.may_read(label) for label in d.labels)]


def links_in(scope: AccessScope) -> Links:
    """The clusters that a reader of the scope sees."""
    links = Links()
    apart: set[frozenset[UUID]] = set()
    merged: list[tuple[list[UUID], str]] = []
    for decision in decisions_in(scope):
        entities = [UUID(key) for key in decision.entities]
        for entity in {*entities, *([decision.made] if decision.made else [])}:
            links.decisions.setdefault(entity, []).append(decision)
        if decision.verb == Decision.Verb.SPLIT and decision.made is not None:
            moved = links.split.setdefault(entities[0], {})
            moved.update({UUID(key): decision.made for key in decision.documents})
            links.origin[decision.made] = entities[0]
            links.names[decision.made] = decision.name
        elif decision.verb == Decision.Verb.REJECT:
            links.rejected.update(entities)
        elif decision.verb == Decision.Verb.SEPARATE:
            apart.add(frozenset(entities))
            merged = [(them, name) for them, name in merged if not set(entities) <= set(them)]
        else:
            merged.append((entities, decision.name))
            links.rejected.difference_update(entities)
            apart -= {frozenset((a, b)) for a in entities for b in entities}
    groups = [*_said_by_documents(scope), *_spelt_alike(scope), *(them for them, _ in merged)]
    _cluster(links, groups, apart)
    links.rejected = {links.of(entity) for entity in links.rejected}
    for entities, name in merged:
        if name:
            links.names[links.of(entities[0])] = name
    return links


def _said_by_documents(scope: AccessScope) -> list[list[UUID]]:
    pairs: QuerySet[AliasEvidence, tuple[UUID, UUID]] = (
        AliasEvidence.objects.filter(document__label__in=scope.labels)
        .order_by("one_id", "other_id")
        .values_list("one_id", "other_id")
        .distinct()
    )
    kept = list(pairs)
    # A short form that documents explain in two ways ties its long forms to nothing.
    long_forms: dict[UUID, set[UUID]] = defaultdict(set)
    for short, long in kept:
        long_forms[short].add(long)
    return [[short, long] for short, long in kept if len(long_forms[short]) == 1]


def _spelt_alike(scope: AccessScope) -> list[list[UUID]]:
    """People whose full names are spellings of one, where readable documents name both."""
    here = Entity.objects.filter(appearances__document__label__in=scope.labels).exclude(sound="")
    shared = here.order_by().values("sound").annotate(n=Count("pk", distinct=True)).filter(n__gt=1)
    rows = here.filter(sound__in=shared.values("sound")).values_list("sound", "normal", "pk").distinct()
    found = []
    for _, some in groupby(sorted(rows), key=lambda row: row[0]):
        for (_, one, first), (_, other, second) in combinations(list(some)[:MOST_SPELLINGS], 2):
            if are_one(one, other):
                found.append([first, second])
    return found


def _cluster(links: Links, groups: list[list[UUID]], apart: set[frozenset[UUID]]) -> None:
    """Union of the groups, but never of two entities that an analyst keeps apart."""
    cluster: dict[UUID, set[UUID]] = {}
    for group in groups:
        for one, other in pairwise(group):
            left, right = cluster.setdefault(one, {one}), cluster.setdefault(other, {other})
            if left is right or any(frozenset((a, b)) in apart for a in left for b in right):
                continue
            joined = left | right
            for member in joined:
                cluster[member] = joined
    normal = dict(Entity.objects.filter(pk__in=cluster).values_list("pk", "normal")) if cluster else {}
    for joined in {id(group): group for group in cluster.values()}.values():
        if len(joined) > 1:
            members = sorted(joined, key=lambda pk: (-len(normal.get(pk, "")), normal.get(pk, ""), str(pk)))
            links.members[members[0]] = members
            links.shown_as.update(dict.fromkeys(members, members[0]))
