"""What a report is about: its subject, its period, and how many documents of the period speak of it."""

from donovan.reports.sections.contract import Made, MadeParagraph, MadeStatement, SectionKind, SectionWork
from donovan.reports.sections.period import SINCE, UNTIL, period_of
from donovan.reports.sections.subject import SUBJECT, naming_of
from ingest.models import Status


class PeriodSection(SectionKind):
    name = "period"
    title = "Subject and period"
    purpose = "What the report is about, of which days, and how many documents that is."
    fields = (SUBJECT, SINCE, UNTIL)

    def make(self, work: SectionWork) -> Made:
        subject = work.settings.get("subject", "")
        work.on_progress(0, 1, subject)
        period = period_of(work.settings, work.scope)
        ready = period.documents(work.scope).filter(status=Status.READY)
        used = period.used | dict(ready.values_list("pk", "label"))
        if not used:
            return Made(notice=f"There is no readable document of this period ({period}).")
        days = "all days" if not (period.since or period.until) else str(period)
        words = f"This report covers {days}: {_documents(len(used))}."
        if subject:
            named = len(naming_of(work.scope, subject, period).documents & used.keys())
            words = f"This report is about {subject}, {days}: {_documents(len(used))}, {named or 'none'} of "
            words += "which name it." if named != 1 else "which names it."
        labels = frozenset(used.values())
        return Made((MadeParagraph((MadeStatement(words, "computed"),), labels=labels),), used)


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count:,} documents"
