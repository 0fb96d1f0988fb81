"""The field `entity:` of a query: passages that name a person, place or thing, under any of its names.

Names are tied together as the reader sees them: by documents and decisions within the scope alone.
"""

from collections.abc import Mapping
from uuid import UUID

from donovan.insight.entities.identity import folded
from donovan.insight.entities.links import links_in
from donovan.insight.entities.models import Entity
from donovan.insight.entities.selectors import EntityRow, readable_appearances, readable_mentions
from donovan.library.query_fields import register
from retrieval.querying.tree import Asked, AtPlaces, Node, Place, wrong_at
from retrieval.scope import AccessScope

MOST_ENTITIES = 200


def mentions_asked(asked: Asked, scope: AccessScope) -> Node:
    """The places that name an entity whose name holds the words of the value, next to each other.

    Raises QueryError where they stand in the names of too many.
    """
    wanted = folded(asked.value)
    if not wanted:
        raise wrong_at(
            asked.at, asked.value, "there is no name behind the field. Write one right after the colon."
        )
    words = f"naming “{asked.value}”"
    links = links_in(scope)
    named = readable_appearances(scope).filter(entity__normal__contains=wanted).order_by()
    shown: set[UUID] = {
        links.of(entity, document)
        for entity, document, normal in named.values_list("entity_id", "document_id", "entity__normal")
        if f" {wanted} " in f" {normal} "
    }
    shown |= {pk for pk, name in links.names.items() if f" {wanted} " in f" {folded(name)} "}
    shown -= links.rejected
    if len(shown) > MOST_ENTITIES:
        raise wrong_at(
            asked.at,
            asked.value,
            f"more than {MOST_ENTITIES} people, places and things are named so. Write more of the name.",
        )
    if not shown:
        return AtPlaces(frozenset(), words)
    mentions = readable_mentions(scope).filter(links.condition(shown)).order_by()
    rows = mentions.values_list("document_id", "page", "start", "end")
    return AtPlaces(frozenset(Place(*row) for row in rows.iterator()), words)


def queries_for(rows: Mapping[UUID, EntityRow]) -> dict[UUID, str]:
    """For each entity the part of a query that finds it: by the name it is shown under where that holds its
    normal form ("Colonel Orlova" does not), else by its normal form; nothing for one without either.
    """
    normals = dict(Entity.objects.filter(pk__in=rows).values_list("pk", "normal"))
    found = {}
    for pk, normal in normals.items():
        name = rows[pk].name
        is_found = f" {folded(name)} " in f" {normal} " and '"' not in name
        found[pk] = f'entity:"{name if is_found else normal}"'
    return found


register("entity", mentions_asked)
