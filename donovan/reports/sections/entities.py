"""Who and what the documents name, most often named first, each with the words of one page."""

from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.selectors import entities_in, entity, mentions_of, readable_appearances
from donovan.reports.sections.citing import cited_sentence
from donovan.reports.sections.contract import Cited, Field, Made, MadeTable, SectionKind, SectionWork
from donovan.reports.sections.places import documents_of

MOST = 100
_ANY = "any"
_SHOWN = (Kind.PERSON, Kind.ORGANISATION, Kind.PLACE, Kind.EQUIPMENT)


class EntitiesSection(SectionKind):
    name = "entities"
    title = "Names"
    purpose = "People, organisations, places and equipment that the documents name, with where."
    fields = (
        Field(
            "kind",
            "Kind",
            kind="choice",
            default=_ANY,
            choices=(
                (_ANY, "people, organisations, places and equipment"),
                *((k.value, str(k.label)) for k in Kind),
            ),
        ),
        Field("most", "Names at most", kind="number", default="20", most=MOST),
    )

    def make(self, work: SectionWork) -> Made:
        work.tell(0, 1, "")
        kind = work.settings.get("kind") or _ANY
        kinds = _SHOWN if kind == _ANY else (kind,)
        found = entities_in(work.scope, kinds, limit=int(work.settings.get("most") or 20)).rows
        if not found:
            return Made(notice="The documents name nothing of this kind.")
        cited: list[Cited] = []
        labels: set[str] = set()
        for number, row in enumerate(found):
            work.tell(number, len(found), row.name)
            labels |= entity(work.scope, row.id).labels
            mentions, _total = mentions_of(work.scope, row.id, limit=1)
            cited += [cited_sentence(mention) for mention in mentions]
        table = MadeTable(
            caption="Names in the documents",
            columns=("Name", "Kind", "Also", "Mentions", "Documents", "First", "Last"),
            rows=tuple(
                (
                    row.name,
                    row.kind_label,
                    ", ".join(row.aliases[:4]),
                    row.mentions,
                    row.documents,
                    row.first.isoformat() if row.first else "",
                    row.last.isoformat() if row.last else "",
                )
                for row in found
            ),
            cited=tuple(cited),
            labels=frozenset(labels),
        )
        # Which names come first depends on every document that names anything.
        used = documents_of(readable_appearances(work.scope))
        return Made((table,), used, engine="names recognised by rules and gazetteers")
