"""Who and what the documents name, most often named first, each with the words of one page."""

from donovan.insight.entities.identity import folded
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.links import links_in
from donovan.insight.entities.selectors import (
    entity,
    mention_rows,
    readable_appearances,
    readable_mentions,
)
from donovan.reports.sections.citing import cited_sentence
from donovan.reports.sections.contract import Cited, Field, Made, MadeTable, SectionKind, SectionWork
from donovan.reports.sections.nearby import named_rows, near_subject
from donovan.reports.sections.period import SINCE, UNTIL, period_of
from donovan.reports.sections.subject import SUBJECT, documents_of, naming_of

MOST = 100
MOST_OWN = 5
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
        SUBJECT,
        SINCE,
        UNTIL,
    )

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        kind, subject = work.settings.get("kind") or _ANY, work.settings.get("subject", "")
        kinds = _SHOWN if kind == _ANY else (kind,)
        period = period_of(work.settings, work.scope)
        naming = naming_of(work.scope, subject, period)
        near = near_subject(work.scope, kinds, naming, period.ids(work.scope))
        most = int(work.settings.get("most") or 20)
        found = [
            (row, there)
            for row, there in named_rows(work.scope, near, most + MOST_OWN)
            if not subject or folded(subject) not in {folded(form) for form in (row.name, *row.aliases)}
        ][:most]
        if not found:
            about = f" beside {subject}" if subject else ""
            return Made(used=period.used, notice=f"The documents name nothing of this kind{about}.")
        cited: list[Cited] = []
        labels: set[str] = set()
        links = links_in(work.scope)
        for number, (row, there) in enumerate(found):
            work.on_progress(number, len(found), row.name)
            labels |= entity(work.scope, row.id).labels
            first = readable_mentions(work.scope).filter(pk=there.first)
            cited += [cited_sentence(mention) for mention in mention_rows(first, links)]
        table = MadeTable(
            caption=f"Names beside {subject}" if subject else "Names in the documents",
            columns=("Name", "Kind", "Also", "Mentions", "Documents", "First", "Last"),
            rows=tuple(
                (
                    row.name,
                    row.kind_label,
                    ", ".join(row.aliases[:4]),
                    there.mentions,
                    len(there.documents),
                    there.earliest,
                    there.latest,
                )
                for row, there in found
            ),
            cited=tuple(cited),
            labels=frozenset(labels),
        )
        # Which names come first depends on every document that names anything.
        used = period.used | documents_of(readable_appearances(work.scope))
        return Made((table,), used, engine="names recognised by rules and gazetteers")
