"""What happened when: sentences that name a day, in order of time, quoted from their pages."""

from datetime import date

from donovan.insight.entities.relations import Event, timeline_of
from donovan.reports.errors import ReportError
from donovan.reports.sections.choosing import document_named
from donovan.reports.sections.citing import cited_sentence
from donovan.reports.sections.contract import (
    Field,
    Made,
    MadeParagraph,
    MadeStatement,
    SectionKind,
    SectionWork,
)

MOST = 100


class TimelineSection(SectionKind):
    name = "timeline"
    title = "Timeline"
    purpose = "Sentences that name a day, in order of time, each quoted from its page."
    fields = (
        Field("document", "Only in", kind="document", help="A document; empty: all that the report covers."),
        Field("since", "From", help="A date like 2026-03-31, or empty."),
        Field("until", "to", help="A date like 2026-03-31, or empty."),
        Field("most", "Events at most", kind="number", default="20", most=MOST),
    )

    def make(self, work: SectionWork) -> Made:
        work.tell(0, 1, "")
        only = work.settings.get("document")
        found, _total = timeline_of(
            work.scope,
            document=document_named(work.scope, only).pk if only else None,
            since=_day(work.settings.get("since", "")),
            until=_day(work.settings.get("until", "")),
            limit=MOST,
        )
        exact = [event for event in found if event.start == event.end]
        kept = _each_once(exact)[: int(work.settings.get("most") or 20)]
        if not kept:
            return Made(notice="No sentence of the documents names a day in this time.")
        blocks = tuple(MadeParagraph((_statement(event),), is_bullet=True) for event in kept)
        return Made(blocks, {event.mention.document: event.mention.label for event in found})


def _statement(event: Event) -> MadeStatement:
    cited = cited_sentence(event.mention)
    words = " ".join(cited.quote.split())
    return MadeStatement(f"{event.start:%-d %B %Y}: “{words}”", "supported", (cited,))


def _each_once(events: list[Event]) -> list[Event]:
    """A sentence that names two days stands under the first."""
    seen: dict[tuple[object, int, int], Event] = {}
    for event in events:
        mention = event.mention
        seen.setdefault((mention.document, mention.page, mention.start - len(mention.before)), event)
    return list(seen.values())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ReportError(
            f"“{text[:40]}” is no date. Write one like 2026-03-31, or leave it empty."
        ) from None
