"""Reads across entities: who appears with whom, where things are, and what happened when. All take the
scope.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from uuid import UUID

from django.db.models import Q

from donovan.insight.entities import selectors
from donovan.insight.entities.kinds import ACTORS, Kind
from donovan.insight.entities.links import Links, links_in
from donovan.insight.entities.models import Mention
from donovan.insight.entities.selectors import EntityRow, MentionRow, mention_rows, narrowed
from donovan.library.reading import address_at
from retrieval.scope import AccessScope

MOST_NODES = 60
MOST_EDGES = 400
MOST_PLACES = 2_000
MOST_EVENTS = 500
# A sentence that names this many is a list, and says of no pair that the two have to do with each other.
MOST_IN_ONE = 40


@dataclass(frozen=True)
class Edge:
    """Two entities that appear together `count` times; `address` opens the first place where they do."""

    one: UUID
    other: UUID
    count: int
    documents: int
    address: str


@dataclass(frozen=True)
class Network:
    """Who appears with whom. `total` entities meet the conditions, of which `nodes` are the most
    mentioned.
    """

    nodes: list[EntityRow]
    edges: list[Edge]
    total: int


@dataclass(frozen=True)
class PlacedEntity:
    """A place or coordinate with degrees north and east, and its mentions and documents in the scope."""

    id: UUID
    name: str
    kind: str
    latitude: float
    longitude: float
    country: str
    mentions: int
    documents: int
    address: str


@dataclass(frozen=True)
class Event:
    """A dated sentence: `start` and `end` (inclusive) as read from its words, and who is named in it."""

    start: date
    end: date
    time: str
    mention: MentionRow
    entities: list[tuple[UUID, str, str]]


def co_occurrences(
    scope: AccessScope,
    entity_id: UUID | str | None = None,
    *,
    within: str = "sentence",
    kinds: Sequence[str] = ACTORS,
    collection: str | None = None,
    nodes: int = MOST_NODES,
) -> Network:
    """Entities that stand in one sentence (or on one page: `within` "page"), around one entity or overall.

    At most MOST_NODES entities and MOST_EDGES pairs, those with most in common first.
    """
    here, links = narrowed(scope, collection), links_in(scope)
    nodes = min(nodes, MOST_NODES)
    if entity_id is None:
        listed = selectors.entities_in(here, kinds, limit=nodes)
        wanted, total = [row.id for row in listed.rows], listed.total
        groups = _groups(here, links, within, kinds, links.condition(wanted), set(wanted))
    else:
        centre = selectors.entity(scope, entity_id).row.id
        groups = _groups(here, links, within, kinds, None, None, around=centre)
        met = Counter(other for ids, _ in groups for other in ids if other != centre)
        ranked = sorted(met, key=lambda pk: (-met[pk], str(pk)))
        wanted, total = [centre, *ranked[: nodes - 1]], len(met) + 1
    chosen = set(wanted) - links.rejected
    edges = _edges([({i for i in ids if i in chosen}, first) for ids, first in groups])
    return Network(
        list(selectors.names_of(here, [i for i in wanted if i in chosen], links).values()), edges, total
    )


_Place = tuple[UUID, int, int, int]
_Grouped = list[tuple[set[UUID], _Place]]


def _groups(  # noqa: PLR0917 - one row of a table
    scope: AccessScope,
    links: Links,
    within: str,
    kinds: Sequence[str],
    condition: Q | None,
    wanted: set[UUID] | None,
    *,
    around: UUID | None = None,
) -> _Grouped:
    """The entities of each sentence or page that names more than one, and where it stands."""
    found = selectors.readable_mentions(scope).filter(entity__isnull=False)
    if condition is not None:
        found = found.filter(condition)
    if around is not None:
        there = selectors.readable_appearances(scope).filter(links.condition([around]))
        found = found.filter(document__in=there.values("document_id"))
    fields = ("entity_id", "document_id", "page", "sentence_start", "start", "end", "kind")
    members: dict[tuple[UUID, int, int], set[UUID]] = defaultdict(set)
    places: dict[tuple[UUID, int, int], _Place] = {}
    allowed = set(kinds)
    for entity, document, page, sentence, start, end, kind in (
        found.order_by().values_list(*fields).iterator()
    ):
        shown = links.of(entity, document)
        if (kind not in allowed and shown != around) or (wanted is not None and shown not in wanted):
            continue
        key = (document, page, sentence if within == "sentence" else 0)
        members[key].add(shown)
        if key not in places or start < places[key][2]:
            places[key] = (document, page, start, end)
    return [
        (ids, places[key])
        for key, ids in sorted(members.items(), key=lambda pair: (str(pair[0][0]), pair[0][1:]))
        if 1 < len(ids) <= MOST_IN_ONE and (around is None or around in ids)
    ]


def _edges(groups: _Grouped) -> list[Edge]:
    counts: Counter[tuple[UUID, UUID]] = Counter()
    documents: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
    first: dict[tuple[UUID, UUID], _Place] = {}
    for ids, place in groups:
        for pair in combinations(sorted(ids, key=str), 2):
            counts[pair] += 1
            documents[pair].add(place[0])
            first.setdefault(pair, place)
    ranked = sorted(counts, key=lambda pair: (-counts[pair], str(pair)))[:MOST_EDGES]
    return [
        Edge(one, other, counts[one, other], len(documents[one, other]), address_at(*first[one, other]))
        for one, other in ranked
    ]


def places_with_coordinates(
    scope: AccessScope, *, collection: str | None = None, document: UUID | None = None
) -> list[PlacedEntity]:
    """Places and coordinates that lie somewhere known, most mentioned first; at most MOST_PLACES."""
    links = links_in(scope)
    here = selectors.readable_appearances(narrowed(scope, collection)).filter(
        entity__kind__in=(Kind.PLACE, Kind.COORDINATE)
    )
    if document is not None:
        here = here.filter(document_id=document)
    placed: dict[UUID, PlacedEntity] = {}
    rows = here.order_by("document_id", "pk").values_list(
        "entity_id", "document_id", "entity__kind", "name", "value", "mention_count", "first_page"
    )
    for entity, owner, kind, name, value, mentions, page in rows.iterator():
        shown = links.of(entity, owner)
        if "latitude" not in value or shown in links.rejected:
            continue
        before = placed.get(shown)
        placed[shown] = PlacedEntity(
            id=shown,
            name=before.name if before else links.names.get(shown) or name,
            kind=kind,
            latitude=before.latitude if before else value["latitude"],
            longitude=before.longitude if before else value["longitude"],
            country=value.get("country", ""),
            mentions=mentions + (before.mentions if before else 0),
            documents=1 + (before.documents if before else 0),
            address=before.address if before else address_at(owner, page),
        )
    return sorted(placed.values(), key=lambda p: (-p.mentions, p.name, str(p.id)))[:MOST_PLACES]


def timeline_of(
    scope: AccessScope,
    *,
    entity_id: UUID | str | None = None,
    collection: str | None = None,
    document: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    start: int = 0,
    limit: int = 100,
) -> tuple[list[Event], int]:
    """Sentences that name a day, month or year, in order of time, and how many there are in all.

    With `entity_id`, only sentences that name the entity too. At most MOST_EVENTS at once.
    """
    links = links_in(scope)
    here = narrowed(scope, collection)
    dated = selectors.readable_mentions(here).filter(since__isnull=False)
    if document is not None:
        dated = dated.filter(document_id=document)
    if since is not None:
        dated = dated.filter(until__gte=since)
    if until is not None:
        dated = dated.filter(since__lte=until)
    if entity_id is not None:
        shown = selectors.entity(scope, entity_id).row.id
        named = set(
            selectors.readable_mentions(here)
            .filter(links.condition([shown]))
            .values_list("document_id", "page", "sentence_start")
        )
        dated = dated.filter(document_id__in={d for d, _, _ in named})
        keys = dated.values_list("pk", "document_id", "page", "sentence_start")
        dated = Mention.objects.filter(pk__in=[pk for pk, *place in keys if tuple(place) in named])
    ordered = dated.order_by("since", "until", "document_id", "page", "start")
    rows = mention_rows(ordered[start : start + min(limit, MOST_EVENTS)], links)
    beside = _named_beside(here, links, rows)
    return [_event(row, beside) for row in rows], dated.count()


def _named_beside(
    scope: AccessScope, links: Links, rows: Sequence[MentionRow]
) -> dict[tuple[UUID, int], list[tuple[int, UUID, str, str]]]:
    """The actors on the pages of these mentions, as (offset, id, text, kind)."""
    found = (
        selectors.readable_mentions(scope)
        .filter(
            document_id__in={r.document for r in rows},
            page__in={r.page for r in rows},
            kind__in=ACTORS,
            entity__isnull=False,
        )
        .order_by("start")
        .values_list("document_id", "page", "start", "entity_id", "text", "kind")
    )
    beside: dict[tuple[UUID, int], list[tuple[int, UUID, str, str]]] = defaultdict(list)
    for document, page, start, entity, text, kind in found:
        shown = links.of(entity, document)
        if shown not in links.rejected:
            beside[document, page].append((start, shown, text, kind))
    return beside


def _event(row: MentionRow, beside: dict[tuple[UUID, int], list[tuple[int, UUID, str, str]]]) -> Event:
    low, high = row.start - len(row.before), row.end + len(row.after)
    named = {
        entity: (entity, text, kind)
        for at, entity, text, kind in reversed(beside[row.document, row.page])
        if low <= at < high
    }
    return Event(
        start=row.since or date.min,
        end=row.until or row.since or date.max,
        time=row.value.get("time", ""),
        mention=row,
        entities=list(reversed(named.values())),
    )
