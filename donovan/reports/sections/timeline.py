"""What happened when: sentences that name a day, in order of time, quoted from their pages."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Max

from donovan.insight.entities.relations import Event, timeline_of
from donovan.library.selectors import readable_documents
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
from retrieval.scope import AccessScope

MOST = 100
MOST_READ = 2000
DAYS = timedelta(days=14)
LEAST_WORDS = 5
_WORD = re.compile(r"[^\W\d_]{2,}")


class TimelineSection(SectionKind):
    name = "timeline"
    title = "Timeline"
    purpose = "The latest sentences that name a day, in order of time, each quoted from its page."
    fields = (
        Field("document", "Only in", kind="document", help="A document; empty: all that the report covers."),
        Field(
            "since", "From", help="A date like 2026-03-31. Without both: two weeks up to the newest document."
        ),
        Field("until", "to", help="A date like 2026-03-31, or empty."),
        Field("most", "Events at most", kind="number", default="20", most=MOST),
    )

    def make(self, work: SectionWork) -> Made:
        work.tell(0, 1, "")
        only = work.settings.get("document")
        document = document_named(work.scope, only) if only else None
        since, until = _day(work.settings.get("since", "")), _day(work.settings.get("until", ""))
        if document is None and since is None and until is None:
            since, until = _latest_days(work.scope)
        read = 0
        found: list[Event] = []
        while len(found) < MOST_READ:
            more, total = timeline_of(
                work.scope,
                document=document.pk if document else None,
                since=since,
                until=until,
                start=read,
                limit=MOST,
            )
            found += more
            read += MOST
            if read >= total:
                break
        told = _each_once(event for event in found if event.start == event.end and _tells(event))
        kept = told[-int(work.settings.get("most") or 20) :]
        if not kept:
            return Made(notice="No sentence of the documents names a day in this time.")
        blocks = tuple(MadeParagraph((_statement(event),), is_bullet=True) for event in kept)
        return Made(blocks, {event.mention.document: event.mention.label for event in found})


def _latest_days(scope: AccessScope) -> tuple[date | None, date | None]:
    """The two weeks up to the newest document: what a report is about when nobody says a time."""
    latest = readable_documents(scope).aggregate(latest=Max("document_date"))["latest"]
    return (latest - DAYS, latest) if latest else (None, None)


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


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ReportError(
            f"“{text[:40]}” is no date. Write one like 2026-03-31, or leave it empty."
        ) from None
