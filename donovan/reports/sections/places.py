"""The places that the documents name, on a map and in a table."""

from uuid import UUID

from django.db.models import QuerySet

from donovan.insight.entities.models import Appearance
from donovan.insight.entities.relations import PlacedEntity, places_with_coordinates
from donovan.insight.entities.selectors import readable_appearances
from donovan.reports.content import MapPlace
from donovan.reports.sections.choosing import document_named
from donovan.reports.sections.contract import Field, Made, MadeMap, MadeTable, SectionKind, SectionWork

MOST = 200


class MapSection(SectionKind):
    name = "map"
    title = "Map"
    purpose = "Places and coordinates that the documents name, on an offline map and in a table."
    fields = (
        Field("document", "Only in", kind="document", help="A document; empty: all that the report covers."),
        Field("most", "Places at most", kind="number", default="30", most=MOST),
    )

    def make(self, work: SectionWork) -> Made:
        work.tell(0, 1, "")
        only = work.settings.get("document")
        document = document_named(work.scope, only).pk if only else None
        found = places_with_coordinates(work.scope, document=document)
        kept = found[: int(work.settings.get("most") or 30)]
        if not kept:
            return Made(notice="The documents name no place whose position is known.")
        # Every count and every name is gathered from all documents that name a place.
        here = readable_appearances(work.scope).filter(entity__kind__in={place.kind for place in kept})
        used = documents_of(here.filter(document=document) if document else here)
        labels = frozenset(used.values())
        words = ", ".join(f"{place.name} ({place.mentions})" for place in kept[:10])
        blocks = (
            MadeMap(
                "Places named in the documents",
                tuple(MapPlace(p.name, p.latitude, p.longitude, p.mentions) for p in kept),
                f"{len(kept)} places, most often named: {words}.",
                labels=labels,
            ),
            MadeTable(
                "Places and how often they are named",
                ("Place", "Latitude", "Longitude", "Mentions", "Documents"),
                tuple(_row(place) for place in kept),
                labels=labels,
            ),
        )
        return Made(blocks, used, engine="names recognised by rules and gazetteers")


def documents_of(rows: QuerySet[Appearance]) -> dict[UUID, str]:
    """The documents in which entities appear, with their labels."""
    return dict(rows.order_by().values_list("document_id", "document__label").distinct())


def _row(place: PlacedEntity) -> tuple[object, ...]:
    return place.name, round(place.latitude, 4), round(place.longitude, 4), place.mentions, place.documents
