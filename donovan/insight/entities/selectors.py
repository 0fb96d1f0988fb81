"""Reads of entities. Every one takes the scope of the caller; an entity exists only through what it may
read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet, Sum

from donovan.access.models import AccessLabel
from donovan.insight.entities.identity import folded
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.links import Links, links_in
from donovan.insight.entities.models import Appearance, Decision, Entity, Mention
from donovan.insight.entities.name_variants import may_be_one
from donovan.library.errors import NotFoundHere
from donovan.library.reading import address_at
from ingest.models import Page
from retrieval.scope import AccessScope

_SHOWN = (
    "name",
    "names",
    "mention_count",
    "value",
    "document__document_date",
    "document__label",
    "entity__kind",
)
MOST_ROWS = 200
MOST_MENTIONS = 500


@dataclass(frozen=True)
class EntityRow:
    """An entity in a list. Counts and dates are over the documents of the scope; dates are of documents."""

    id: UUID
    kind: str
    name: str
    aliases: list[str]
    mentions: int
    documents: int
    first: date | None
    last: date | None
    value: dict[str, Any] = field(default_factory=dict)

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True)
class EntityList:
    """One page of a list: `total` entities meet the conditions."""

    rows: list[EntityRow]
    total: int
    start: int


@dataclass(frozen=True)
class EntityProfile:
    """All that is known of one entity: its row, how often it goes by each form, and the decisions in force.

    `forms` are (form, how many documents use it); `labels` are those of the documents it was gathered from.
    """

    row: EntityRow
    forms: list[tuple[str, int]]
    members: list[UUID]
    decisions: list[Decision]
    labels: frozenset[str]


@dataclass(frozen=True)
class MentionRow:
    """A mention with its sentence (`before` + `text` + `after`) and the address of its page at the words."""

    entity: UUID | None
    kind: str
    document: UUID
    title: str
    label: str
    dated: date | None
    page: int
    start: int
    end: int
    before: str
    text: str
    after: str
    address: str
    value: dict[str, Any]
    since: date | None
    until: date | None
    confidence: float
    recogniser: str


def narrowed(scope: AccessScope, collection: str | None) -> AccessScope:
    """The part of the scope that lies in a collection; all of it without one."""
    if not collection:
        return scope
    return scope.narrowed_to(
        AccessLabel.objects.filter(collection_id=collection, key__in=scope.labels).values_list(
            "key", flat=True
        )
    )


def readable_appearances(scope: AccessScope) -> QuerySet[Appearance]:
    return Appearance.objects.filter(document__label__in=scope.labels)


def readable_mentions(scope: AccessScope) -> QuerySet[Mention]:
    return Mention.objects.filter(document__label__in=scope.labels)


def kinds_in(scope: AccessScope, *, collection: str | None = None) -> list[tuple[str, int]]:
    """(kind, how many kept entities of it) over what may be read, in the order of `Kind`."""
    counted = (
        readable_appearances(narrowed(scope, collection))
        .values_list("entity__kind")
        .annotate(n=Count("entity", distinct=True))
    )
    counts = dict(counted.order_by())
    return [(kind, counts[kind]) for kind in Kind.values if kind in counts]


def entities_in(
    scope: AccessScope,
    kinds: Sequence[str] = (),
    *,
    collection: str | None = None,
    query: str = "",
    document: UUID | None = None,
    start: int = 0,
    limit: int = 50,
    order: str = "mentions",
) -> EntityList:
    """Entities with a readable mention, most mentioned first (or by `order` "documents", "name", "last").

    `query` is a part of any form of the name, whatever its case, accents or script. At most MOST_ROWS rows.
    """
    links = links_in(scope)
    here = readable_appearances(narrowed(scope, collection))
    if kinds:
        here = here.filter(entity__kind__in=list(kinds))
    if document is not None:
        here = here.filter(document_id=document)
    grouped = _grouped(here, links)
    wanted = folded(query)
    if wanted:
        named = here.filter(entity__normal__contains=wanted).values_list("entity_id", "document_id")
        shown = {links.of(entity, document) for entity, document in named}
        shown |= {pk for pk, name in links.names.items() if wanted in folded(name)}
        grouped = {pk: group for pk, group in grouped.items() if pk in shown}
    keys = {
        "documents": lambda pk: (-grouped[pk][1], -grouped[pk][0], grouped[pk][4], str(pk)),
        "last": lambda pk: (-(grouped[pk][3] or date.min).toordinal(), -grouped[pk][0], str(pk)),
        "name": lambda pk: (grouped[pk][4], str(pk)),
    }
    ordered = sorted(
        grouped, key=keys.get(order, lambda pk: (-grouped[pk][0], -grouped[pk][1], grouped[pk][4], str(pk)))
    )
    page = ordered[start : start + min(limit, MOST_ROWS)]
    return EntityList(_rows(narrowed(scope, collection), links, page), len(ordered), start)


_Group = tuple[int, int, date | None, date | None, str]


def _grouped(here: QuerySet[Appearance], links: Links) -> dict[UUID, _Group]:
    """Mentions, documents (at most), first and last date and normal form by shown entity."""
    touched = set(links.shown_as) | set(links.split)
    sums = (
        here.order_by()
        .values_list("entity_id", "entity__normal")
        .annotate(
            Sum("mention_count"),
            Count("pk"),
            Min("document__document_date"),
            Max("document__document_date"),
        )
    )
    groups: dict[UUID, _Group] = {}
    for entity, normal, mentions, documents, first, last in sums:
        if entity not in touched:
            groups[entity] = (mentions, documents, first, last, normal)
    if touched:
        rows = here.filter(entity_id__in=touched).values_list(
            "entity_id", "document_id", "entity__normal", "mention_count", "document__document_date"
        )
        for entity, document, normal, mentions, dated in rows:
            shown = links.of(entity, document)
            groups[shown] = _joined(groups.get(shown), (mentions, 1, dated, dated, normal))
    for entity in links.rejected:
        groups.pop(entity, None)
    return groups


def _joined(one: _Group | None, other: _Group) -> _Group:
    if one is None:
        return other
    firsts, lasts = [d for d in (one[2], other[2]) if d], [d for d in (one[3], other[3]) if d]
    return (
        one[0] + other[0],
        one[1] + other[1],
        min(firsts, default=None),
        max(lasts, default=None),
        max(one[4], other[4], key=len),
    )


def _rows(scope: AccessScope, links: Links, shown: Sequence[UUID]) -> list[EntityRow]:
    """Rows of these entities, counted over the scope, in the given order; none for what has no appearance."""
    found = readable_appearances(scope).filter(links.condition(shown)) if shown else Appearance.objects.none()
    by_entity: dict[UUID, list[Appearance]] = defaultdict(list)
    for appearance in found.select_related("document", "entity").only(*_SHOWN).order_by("document_id", "pk"):
        by_entity[links.of(appearance.entity_id, appearance.document_id)].append(appearance)
    return [_row(pk, by_entity[pk], links) for pk in shown if by_entity[pk]]


def _row(shown: UUID, appearances: Sequence[Appearance], links: Links) -> EntityRow:
    forms = forms_of(appearances)
    name = links.names.get(shown) or _best_name(forms)
    dates = [a.document.document_date for a in appearances if a.document.document_date]
    return EntityRow(
        id=shown,
        kind=appearances[0].entity.kind,
        name=name,
        aliases=[form for form, _ in forms if form != name],
        mentions=sum(a.mention_count for a in appearances),
        documents=len({a.document_id for a in appearances}),
        first=min(dates, default=None),
        last=max(dates, default=None),
        value=next((a.value for a in appearances if a.value), {}),
    )


def forms_of(appearances: Iterable[Appearance]) -> list[tuple[str, int]]:
    """The forms of a name and how many documents use each, commonest first."""
    counts = Counter(form for a in appearances for form in dict.fromkeys([a.name, *a.names]))
    return sorted(counts.items(), key=lambda pair: (-pair[1], -len(pair[0]), pair[0]))


def _best_name(forms: Sequence[tuple[str, int]]) -> str:
    """The fullest form: most words, then in most documents, then the longest."""
    return max(forms, key=lambda pair: (min(pair[0].count(" "), 4), pair[1], len(pair[0]), pair[0]))[0]


def entity(scope: AccessScope, entity_id: UUID | str) -> EntityProfile:
    """The profile of an entity, under the id of any of its members.

    Raises NotFoundHere alike where there is none and where no mention of it may be read.
    """
    links = links_in(scope)
    shown = _shown(links, entity_id)
    here = readable_appearances(scope).filter(links.condition([shown]))
    appearances = list(here.select_related("document", "entity").only(*_SHOWN).order_by("document_id", "pk"))
    if not appearances:
        raise NotFoundHere
    members = links.members.get(shown, [shown])
    decisions = {d.pk: d for member in members for d in links.decisions.get(member, [])}
    return EntityProfile(
        row=_row(shown, appearances, links),
        forms=forms_of(appearances),
        members=members,
        decisions=list(decisions.values()),
        labels=frozenset(a.document.label for a in appearances),
    )


def alike(scope: AccessScope, profile: EntityProfile) -> list[EntityRow]:
    """People of the scope, shown apart from this one, whose names sound so alike that they may be one."""
    own = dict(Entity.objects.filter(pk__in=profile.members).values_list("normal", "sound"))
    sounding = Entity.objects.filter(sound__in={sound for sound in own.values() if sound})
    readable = sounding.filter(appearances__document__label__in=scope.labels).distinct()
    others = [
        pk
        for pk, normal in readable.order_by("normal").values_list("pk", "normal")[:MOST_ROWS]
        if pk not in profile.members and any(may_be_one(normal, name) for name in own)
    ]
    links = links_in(scope)
    shown = dict.fromkeys(links.of(pk) for pk in others)
    return _rows(scope, links, [pk for pk in shown if pk != profile.row.id and pk not in links.rejected])


def _shown(links: Links, entity_id: UUID | str) -> UUID:
    try:
        return links.of(UUID(str(entity_id)))
    except ValueError:
        raise NotFoundHere from None


def mentions_of(
    scope: AccessScope, entity_id: UUID | str, *, start: int = 0, limit: int = 50
) -> tuple[list[MentionRow], int]:
    """Mentions of an entity, newest document first, and how many there are in all. Most MOST_MENTIONS."""
    links = links_in(scope)
    here = readable_mentions(scope).filter(links.condition([_shown(links, entity_id)]))
    ordered = here.order_by("-document__document_date", "document_id", "page", "start")
    return mention_rows(ordered[start : start + min(limit, MOST_MENTIONS)], links), here.count()


def mentions_in_document(scope: AccessScope, document_id: UUID, page: int | None = None) -> list[MentionRow]:
    """All mentions in a document (or on one page of it), in order, the described ones too."""
    here = readable_mentions(scope).filter(document_id=document_id)
    if page is not None:
        here = here.filter(page=page)
    return mention_rows(here.order_by("page", "start"), links_in(scope))


def mention_rows(mentions: QuerySet[Mention], links: Links) -> list[MentionRow]:
    """Rows of these mentions in their order. The caller's query holds the scope."""
    kept = list(mentions.select_related("document"))
    texts = _page_texts({(m.document_id, m.page) for m in kept})
    return [_mention_row(m, texts.get((m.document_id, m.page), ""), links) for m in kept]


def _page_texts(pages: set[tuple[UUID, int]]) -> dict[tuple[UUID, int], str]:
    found = Page.objects.filter(
        document_id__in={d for d, _ in pages}, number__in={n for _, n in pages}
    ).values_list("document_id", "number", "text")
    return {(d, n): text for d, n, text in found.iterator() if (d, n) in pages}


def _mention_row(mention: Mention, text: str, links: Links) -> MentionRow:
    document = mention.document
    return MentionRow(
        entity=links.of(mention.entity_id, mention.document_id) if mention.entity_id else None,
        kind=mention.kind,
        document=mention.document_id,
        title=document.title or document.name,
        label=document.label,
        dated=document.document_date,
        page=mention.page,
        start=mention.start,
        end=mention.end,
        before=text[mention.sentence_start : mention.start],
        text=mention.text,
        after=text[mention.end : mention.sentence_end],
        address=address_at(mention.document_id, mention.page, mention.start, mention.end),
        value=mention.value,
        since=mention.since,
        until=mention.until,
        confidence=mention.confidence,
        recogniser=mention.recogniser,
    )


def names_of(scope: AccessScope, shown: Iterable[UUID], links: Links) -> dict[UUID, EntityRow]:
    """Rows of shown entities by id."""
    return {row.id: row for row in _rows(scope, links, list(shown))}


def entity_kinds(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Entity.objects.filter(pk__in=list(ids)).values_list("pk", "kind"))
