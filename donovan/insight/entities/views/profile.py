"""The profile of an entity: everything known of it, and where."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.labels import split_label
from donovan.access.requests import SignedInRequest
from donovan.insight.entities import selectors
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.models import Decision
from donovan.insight.entities.relations import co_occurrences, timeline_of
from donovan.insight.entities.selectors import EntityProfile
from donovan.insight.entities.views.shown import frame, labels_of, number
from donovan.insight.geography.drawing import map_svg
from donovan.insight.geography.labels import MapPlace
from donovan.library.callers import Caller
from ingest.values.positions import Position
from retrieval.scope import AccessScope

MENTIONS_ON_A_PAGE = 40
MOST_BESIDE = 16
MOST_EVENTS = 8


@entry()
@require_GET
def entity(request: SignedInRequest, entity_id: UUID) -> HttpResponse:
    """Mentions with their sentences, aliases, who appears beside it, its dates, its place, its decisions."""
    caller = Caller.of(request)
    scope = caller.scope
    profile = selectors.entity(scope, entity_id)
    row = profile.row
    start = number(request.GET.get("start"))
    mentions, total = selectors.mentions_of(scope, row.id, start=start, limit=MENTIONS_ON_A_PAGE)
    network = co_occurrences(scope, row.id, nodes=MOST_BESIDE + 1)
    names = {node.id: node for node in network.nodes}
    beside = [
        (names[other], edge, other)
        for edge in network.edges
        for other in (edge.other if edge.one == row.id else edge.one,)
        if row.id in (edge.one, edge.other) and other in names
    ]
    events, event_count = timeline_of(scope, entity_id=row.id, limit=MOST_EVENTS)
    alike = selectors.alike(scope, profile)
    told = {*names, *(other.id for other in alike)}
    labels = profile.labels | labels_of(scope, told) | {event.mention.label for event in events}
    context = frame(request, caller, "entities:entity", labels, entity=str(row.id))
    return render(
        request,
        "entities/entity.html",
        context
        | _placed(profile)
        | {
            "profile": profile,
            "row": row,
            "mentions": [(one, split_label(one.label)[1].canonical) for one in mentions],
            "total": total,
            "first": start + 1,
            "last": start + len(mentions),
            "previous": max(start - MENTIONS_ON_A_PAGE, 0) if start else None,
            "following": start + MENTIONS_ON_A_PAGE if start + len(mentions) < total else None,
            "beside": beside,
            "beside_total": network.total - 1,
            "events": [(event, split_label(event.mention.label)[1].canonical) for event in events],
            "event_count": event_count,
            "decisions": [_told(decision) for decision in profile.decisions],
            "addresses": _addresses(profile),
            "members": _members(scope, profile),
            "alike": alike,
        },
    )


def _placed(profile: EntityProfile) -> dict[str, object]:
    """The place of the entity with a map, where its documents or the gazetteer place it."""
    value = profile.row.value
    if profile.row.kind not in (Kind.PLACE, Kind.COORDINATE) or "latitude" not in value:
        return {}
    where = Position(
        float(value["latitude"]),
        float(value["longitude"]),
        int(value.get("square", 1)),
        str(value.get("mgrs", "")),
    )
    place = MapPlace(profile.row.name, where.latitude, where.longitude, profile.row.mentions)
    return {
        "where": where,
        "notations": [
            ("Known as", where.extent),
            ("Degrees", where.degrees()),
            ("Minutes", where.minutes()),
            ("MGRS", where.mgrs()),
            ("UTM", where.utm()),
        ],
        "map": map_svg(
            [place], width=460, height=320, title=f"Map around {profile.row.name}", name="entity-map"
        ),
    }


def _addresses(profile: EntityProfile) -> dict[str, str]:
    """Where one goes from here with this entity."""
    row = profile.row
    wanted = {
        "ask": ("assistant:home", {"question": f"What is known about {row.name}?"}),
        "watch": ("watch:watches", {"kind": "entity", "subject": str(row.id), "title": row.name}),
        "trend": ("trends:trends", {"what": "entity", "entity": str(row.id), "interval": "day"}),
        "graph": ("entities:graph", {"around": str(row.id)}),
        "timeline": ("entities:timeline", {"entity": str(row.id)}),
        "search": ("library:search", {"q": row.name}),
    }
    found = {}
    for name, (view, query) in wanted.items():
        try:
            found[name] = f"{reverse(view)}?{urlencode(query)}"
        except NoReverseMatch:
            continue
    return found


def _told(decision: Decision) -> dict[str, object]:
    return {
        "id": decision.pk,
        "verb": decision.get_verb_display(),
        "count": len(decision.documents),
        "name": decision.name,
        "note": decision.note,
        "author": decision.author,
        "at": decision.created_at,
    }


def _members(scope: AccessScope, profile: EntityProfile) -> list[tuple[UUID, list[str]]]:
    """What is shown as one, where that is more than one: each kept entity with its readable forms."""
    if len(profile.members) < 2:
        return []
    found = []
    for member in profile.members:
        here = selectors.readable_appearances(scope).filter(entity_id=member).select_related("document")
        forms = [form for form, _ in selectors.forms_of(here)]
        if forms:
            found.append((member, forms[:4]))
    return found
