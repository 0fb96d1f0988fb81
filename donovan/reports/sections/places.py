"""The places that the documents name, on a map and in a table."""

from dataclasses import replace
from uuid import UUID

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.relations import PlacedEntity, places_with_coordinates
from donovan.insight.entities.selectors import readable_appearances
from donovan.reports.content import MapPlace
from donovan.reports.sections.choosing import document_named
from donovan.reports.sections.contract import Field, Made, MadeMap, MadeTable, SectionKind, SectionWork
from donovan.reports.sections.nearby import Near, near_subject
from donovan.reports.sections.period import SINCE, UNTIL, period_of
from donovan.reports.sections.subject import SUBJECT, documents_of, naming_of

MOST = 200
_PLACED = (Kind.PLACE, Kind.COORDINATE)


class MapSection(SectionKind):
    name = "map"
    title = "Map"
    purpose = "Places and coordinates that the documents name, on an offline map and in a table."
    fields = (
        Field("document", "Only in", kind="document", help="A document; empty: all that the report covers."),
        Field("most", "Places at most", kind="number", default="30", most=MOST),
        SUBJECT,
        SINCE,
        UNTIL,
    )

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        only, subject = work.settings.get("document"), work.settings.get("subject", "")
        document = document_named(work.scope, only).pk if only else None
        period = period_of(work.settings, work.scope)
        near: dict[UUID, Near] | None = None
        if subject or period.since or period.until:
            naming = naming_of(work.scope, subject, period)
            near = near_subject(work.scope, _PLACED, naming, period.ids(work.scope))
        found = [_counted(place, near) for place in places_with_coordinates(work.scope, document=document)
                 if near is None or place.id in near]  # fmt: skip
        found.sort(key=lambda place: (-place.mentions, place.name, str(place.id)))
        kept = found[: int(work.settings.get("most") or 30)]
        if not kept:
            about = f" beside {subject}" if subject else ""
            return Made(
                used=period.used, notice=f"The documents name no place{about} whose position is known."
            )
        # Every count and every name is gathered from all documents that name a place.
        here = readable_appearances(work.scope).filter(entity__kind__in={place.kind for place in kept})
        used = period.used | documents_of(here.filter(document=document) if document else here)
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


def _counted(place: PlacedEntity, near: dict[UUID, Near] | None) -> PlacedEntity:
    """The place with its mentions near the subject, in the period."""
    if near is None:
        return place
    return replace(place, mentions=near[place.id].mentions, documents=len(near[place.id].documents))


def _row(place: PlacedEntity) -> tuple[object, ...]:
    return place.name, round(place.latitude, 4), round(place.longitude, 4), place.mentions, place.documents
