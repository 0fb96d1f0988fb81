"""Reports and answers: each section, scheduled report and answer made once."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from django.utils import timezone

from donovan.assistant.jobs import events_of
from donovan.assistant.models import Answer, Citation, Claim
from donovan.assistant.runs import registry
from donovan.assistant.services import start_question
from donovan.assistant.work import ANSWER
from donovan.reports import schedule_services, services
from donovan.reports.models import Block, Design, Report, Section
from donovan.reports.schedules import Schedule, ScheduledRun
from donovan.reports.work import SCHEDULES, SECTION
from ingest.work import running
from ingest.work.services import enqueue
from tests.benchmarks.killing.cases import Case, exactly, recorded

_QUESTION = "When was the bridge at Orlov closed?"


class Reports(Case):
    """Reports of two sections, and standing ones that are due at once."""

    kinds: ClassVar[dict[str, float]] = {SECTION.name: 8, SCHEDULES.name: 4}
    without_documents: ClassVar[frozenset[str]] = frozenset({SCHEDULES.name})

    def prepare(self) -> None:
        self.reports: list[uuid.UUID] = []
        self.schedules: list[uuid.UUID] = []
        words = {"key": "words", "kind": "text", "heading": "Words", "settings": {"text": "Some words."}}
        asked = {
            "key": "asked",
            "kind": "question",
            "heading": "Asked",
            "settings": {"questions": _QUESTION},
        }
        person = self.world.people["ana"]
        self.whole = Design.objects.create(owner=person, name="Whole", sections=[asked, words])
        self.short = Design.objects.create(owner=person, name="Short", sections=[words])
        if SECTION.name in self.chosen:
            self._start()
            running.run_queue("insight", seconds=300)

    def _start(self) -> None:
        caller = self.world.caller("ana")
        report = services.start_report(caller, f"own:{self.whole.pk}", title=f"Report {self.world.word()}")
        self.reports.append(report.pk)

    def make(self, kind: str) -> None:
        if kind == SECTION.name:
            self._start()
            return
        caller, word = self.world.caller("ana"), self.world.word()
        begun = schedule_services.begin(
            caller, title=f"Standing {word}", template=f"own:{self.short.pk}", when="daily", at="06:30"
        )
        Schedule.objects.filter(pk=begun.pk).update(next_at=timezone.now() - timedelta(minutes=1))
        self.schedules.append(begun.pk)
        enqueue(SCHEDULES)

    def faults(self) -> list[str]:
        found = []
        begun = ScheduledRun.objects.filter(schedule__in=self.schedules)
        for key in self.schedules:
            reports = list(begun.filter(schedule=key).values_list("report", flat=True))
            found += exactly(f"reports of scheduled report {key}", len(reports), 1)
        made = Report.objects.filter(pk__in=[*self.reports, *begun.values_list("report", flat=True)])
        for section in Section.objects.filter(report__in=made).select_related("report"):
            found += exactly(
                f"section {section.key} of {section.report.title}",
                (section.state, section.making, section.blocks.exclude(making=1).count()),
                ("done", 1, 0),
            )
            found += exactly(
                f"records of {section.key} of {section.report.title}",
                recorded(
                    "report",
                    outcome="done",
                    change="section",
                    report=str(section.report_id),
                    section=section.key,
                ),
                1,
            )
        blocks = Block.objects.filter(section__report__in=made)
        return found + exactly(
            "sections without a word", made.exclude(sections__blocks__in=blocks).count(), 0
        )


class Answers(Case):
    """Questions about one document, asked of pages."""

    kinds: ClassVar[dict[str, float]] = {ANSWER.name: 8}

    def prepare(self) -> None:
        self.asked: list[uuid.UUID] = []
        self.document = self.world.standing[0]
        answer = self._ask()
        run = registry.start_unless_held(answer, partial(events_of, answer))
        assert run is not None and run.wait(300)
        self.in_peace = _kept_of(answer)

    def _ask(self) -> uuid.UUID:
        person, about = self.world.people["ana"], {"document": str(self.document)}
        self.asked.append(start_question(person, _QUESTION, filters=about).pk)
        return self.asked[-1]

    def make(self, kind: str) -> None:
        self._ask()

    def faults(self) -> list[str]:
        return [
            fault
            for key in self.asked
            for fault in exactly(f"what is kept of answer {key}", _kept_of(key), self.in_peace)
        ]


def _kept_of(key: uuid.UUID) -> dict[str, Any]:
    answer = Answer.objects.get(pk=key)
    return {
        "state": str(answer.state),
        "text": answer.text,
        "claims": list(Claim.objects.filter(answer=key).order_by("ordinal").values_list("text", flat=True)),
        "citations": Citation.objects.filter(claim__answer=key).count(),
        "records": recorded("ask", answer=str(key)),
    }
