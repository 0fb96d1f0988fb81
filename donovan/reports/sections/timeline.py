"""What happened when: sentences that name a day, in order of time, quoted from their pages."""

import re
from collections.abc import Iterable

from donovan.insight.entities.relations import Event, timeline_of
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
from donovan.reports.sections.period import LATEST, UNTIL, Period, period_of
from donovan.reports.sections.subject import SUBJECT, Naming, naming_of

MOST = 100
MOST_READ = 2000
MOST_LOOKED_AT = 20_000
LEAST_WORDS = 5
_WORD = re.compile(r"[^\W\d_]{2,}")


class TimelineSection(SectionKind):
    name = "timeline"
    title = "Timeline"
    purpose = "The latest sentences that name a day, in order of time, each quoted from its page."
    fields = (
        Field("document", "Only in", kind="document", help="A document; empty: all that the report covers."),
        SUBJECT,
        Field(
            "since", "From", help="A date like 2026-03-31. Without both: two weeks up to the newest document."
        ),
        UNTIL,
        Field("most", "Events at most", kind="number", default="20", most=MOST),
    )

    def make(self, work: SectionWork) -> Made:
        work.on_progress(0, 1, "")
        only, subject = work.settings.get("document"), work.settings.get("subject", "")
        document = document_named(work.scope, only) if only else None
        asked = dict(work.settings)
        if document is None and not asked.get("since") and not asked.get("until"):
            asked["since"] = LATEST
        period = period_of(asked, work.scope)
        # An event is told of later too: its sentence may stand in any document, but its day is of the period.
        naming = naming_of(work.scope, subject, Period())
        read = 0
        found: list[Event] = []
        while len(found) < MOST_READ:
            more, total = timeline_of(
                work.scope,
                document=document.pk if document else None,
                since=period.since,
                until=period.until,
                start=read,
                limit=MOST,
            )
            found += [event for event in more if _is_near(event, naming)]
            read += MOST
            if read >= total or read >= MOST_LOOKED_AT:
                break
        told = _each_once(event for event in found if event.start == event.end and _tells(event))
        kept = told[-int(work.settings.get("most") or 20) :]
        if not kept:
            about = f" and {subject}" if subject else ""
            notice = f"No sentence was found that names a day of {period}{about}."
            return Made(used=period.used, notice=notice)
        blocks = tuple(MadeParagraph((_statement(event),), is_bullet=True) for event in kept)
        used = {event.mention.document: event.mention.label for event in found}
        return Made(blocks, {**period.used, **used})


def _is_near(event: Event, naming: Naming) -> bool:
    mention = event.mention
    return naming.holds(mention.document, mention.page, mention.start)


def _tells(event: Event) -> bool:
    """Whether the sentence says something of the day: no row of a table, no date at the head of a paper."""
    mention = event.mention
    around = f"{mention.before} {mention.after}"
    return " | " not in around and len(_WORD.findall(around)) >= LEAST_WORDS


def _statement(event: Event) -> MadeStatement:
    cited = cited_sentence(event.mention)
    words = " ".join(cited.quote.split())
    return MadeStatement(f"{event.start:%-d %B %Y}: “{words}”", "supported", (cited,))


def _each_once(events: Iterable[Event]) -> list[Event]:
    """A sentence that names two days stands under the first."""
    seen: dict[tuple[object, int, int], Event] = {}
    for event in events:
        mention = event.mention
        seen.setdefault((mention.document, mention.page, mention.start - len(mention.before)), event)
    return list(seen.values())
