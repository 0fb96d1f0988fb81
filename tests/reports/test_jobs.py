"""Sections are made by whoever is at hand, once, and a worker that is killed costs the section it was at."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from donovan.access.cast import create_demo_people
from donovan.access.models import Membership, User
from donovan.library.callers import Caller
from donovan.library.services import remove
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import jobs, services
from donovan.reports.content import ReportContent
from donovan.reports.errors import ReportError
from donovan.reports.models import Block, Report, Section, Statement
from donovan.reports.sections import KINDS
from donovan.reports.sections.contract import Made, SectionKind, SectionWork
from donovan.reports.work import SECTION
from ingest.models import Document
from ingest.work import registry, running
from ingest.work import services as work_services
from ingest.work.leases import Held, acquire
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.services import job_of
from tests.assistant.material import add_document, index_all
from tests.reports.conftest import BRIDGE_QUESTION, DEPOT, DEPOT_QUESTION, MakeReport, sentences
from tests.support.work import held_by_a_worker, let_lease_run_out

Read = Callable[[User, Report], ReportContent]
ROOT = Path(__file__).resolve().parents[2]
FUEL = ("question", {"questions": DEPOT_QUESTION})
WORDS = ("text", {"text": "Words."})


def by(user: User) -> Caller:
    return Caller.named(user, source="test")


def states(report: Report) -> list[str]:
    return list(report.sections.order_by("ordinal").values_list("state", flat=True))


def run(report: Report) -> Report:
    with using(ScriptedModel([""] * 20)):
        return jobs.run_report(report.pk)


class Failing(SectionKind):
    """A kind that fails as it is told to."""

    name, title, purpose = "failing", "Failing", "Fails."

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.count = 0

    def make(self, work: SectionWork) -> Made:
        self.count += 1
        raise self.error


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Failing]:
    def plant(error: Exception) -> Failing:
        kind = Failing(error)
        monkeypatch.setitem(KINDS, "failing", kind)
        return kind

    return plant


def test_a_section_that_refuses_is_named_with_its_sentence_and_the_rest_is_delivered(
    make_report: MakeReport, read: Read, ana: User, failing: Callable[[Exception], Failing]
) -> None:
    failing(ReportError("The table is gone. Choose another."))
    report = make_report(ana, ("failing", {}), WORDS)
    assert states(report) == ["failed", "done"]
    assert read(ana, report).failed_sections[0].notice == "The table is gone. Choose another."


def test_an_unexpected_error_is_tried_once_more_and_then_named(
    make_report: MakeReport, ana: User, failing: Callable[[Exception], Failing]
) -> None:
    kind = failing(ZeroDivisionError("secret words"))
    report = make_report(ana, ("failing", {}), WORDS)
    assert states(report) == ["failed", "done"]
    assert kind.count == SECTION.tries
    assert "secret" not in report.sections.get(ordinal=1).notice


def test_one_section_can_be_made_again_and_its_earlier_making_stays(
    make_report: MakeReport, read: Read, ana: User, archive: dict[str, Document]
) -> None:
    report = make_report(ana, FUEL, WORDS)
    section = report.sections.get(ordinal=1)
    before = list(Statement.objects.filter(block__section=section).values_list("text", flat=True))
    remove(by(create_reviewer()), archive["depot"].pk)
    add_document("New inventory", "The Zeta depot holds 180 litres of fuel.")
    index_all()
    services.make_again(by(ana), report, section.pk)
    assert states(report) == ["waiting", "done"]
    run(report)
    section.refresh_from_db()
    assert section.making == 2
    assert sentences(read(ana, report))[0].text == "“The Zeta depot holds 180 litres of fuel.”"
    kept = Statement.objects.filter(block__section=section, block__making=1).values_list("text", flat=True)
    assert list(kept) == before


def create_reviewer() -> User:
    return next(user for user in create_demo_people() if user.username == "rita")


def test_a_section_is_never_made_by_two_at_once(make_report: MakeReport, ana: User) -> None:
    report = make_report(ana, FUEL, is_made=False)
    held = held_by_a_worker(SECTION, report.sections.get().pk)
    assert acquire(held.job.pk) is None
    run(report)
    assert states(report) == ["running"]


def test_a_worker_whose_lease_ran_out_keeps_nothing(make_report: MakeReport, ana: User) -> None:
    report = make_report(ana, FUEL, is_made=False)
    section = report.sections.get()
    zombie = held_by_a_worker(SECTION, section.pk)
    let_lease_run_out(zombie.job)
    living = held_by_a_worker(SECTION, section.pk)
    with using(ScriptedModel([""] * 20)):
        running.run_held(zombie)
    section.refresh_from_db()
    assert (section.state, section.making) == ("running", 0)
    with using(ScriptedModel([""] * 20)):
        running.run_held(living)
    section.refresh_from_db()
    assert (section.state, section.making) == ("done", 1)


def test_a_section_that_kills_its_worker_each_time_is_given_up(make_report: MakeReport, ana: User) -> None:
    report = make_report(ana, FUEL, is_made=False)
    for _attempt in range(SECTION.attempts):
        let_lease_run_out(held_by_a_worker(SECTION, report.sections.get().pk).job)
    run(report)
    section = report.sections.get()
    assert (section.state, section.notice) == ("failed", SECTION.given_up)


def test_an_interrupted_section_takes_up_the_questions_that_were_answered(
    make_report: MakeReport, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report(
        ana, ("question", {"questions": f"{DEPOT_QUESTION}\n{BRIDGE_QUESTION}"}), is_made=False
    )
    keep = Held._keep_progress

    def die_at_the_second(held: Held, progress: Progress) -> None:
        if progress.words == BRIDGE_QUESTION:
            raise KeyboardInterrupt
        keep(held, progress)

    monkeypatch.setattr(Held, "_keep_progress", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run(report)
    monkeypatch.setattr(Held, "_keep_progress", keep)
    first = report.sections.get().work["0"]["answer"]
    let_lease_run_out(job_of(SECTION, report.sections.get().pk))
    run(report)
    assert states(report) == ["done"]
    assert ana.answers.filter(question=DEPOT_QUESTION).count() == 1
    assert str(ana.answers.get(question=DEPOT_QUESTION).pk) == first


def test_what_the_author_may_no_longer_read_is_not_read_for_a_report(
    make_report: MakeReport, read: Read, ana: User
) -> None:
    report = make_report(ana, FUEL, is_made=False)
    Membership.objects.filter(user=ana, collection_id="relief").delete()
    run(report)
    assert sentences(read(ana, report)) == []


def test_nothing_is_read_for_an_account_that_was_closed(make_report: MakeReport, ana: User) -> None:
    report = make_report(ana, FUEL, is_made=False)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    run(report)
    section = report.sections.get()
    assert (section.state, section.notice) == ("failed", jobs.CLOSED)


def test_a_collection_narrows_what_is_read(archive: dict[str, Document], read: Read, ana: User) -> None:
    add_document("Stock", "The Beta depot holds 90 litres of fuel.", collection="logistics")
    index_all()
    report = services.start_report(
        by(ana), "situation", collection="logistics", parameters={"subject": "Beta depot"}
    )
    run(report)
    labels = {label for section in report.sections.all() for label in section.labels}
    assert labels <= {"logistics:UNCLASSIFIED"}
    assert read(ana, report).coverage == "1 document was at hand, 1 searched and 1 used."


def test_reconciling_wakes_for_what_waits_and_for_nothing_else(
    make_report: MakeReport, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(work_services, "wake", woken.append)
    monkeypatch.setattr(registry, "known", lambda queue=None: [SECTION])
    make_report(ana, WORDS)
    waiting = make_report(ana, WORDS, is_made=False)
    # The documents that the reports rest on wait to be looked into, which is another matter.
    Job.objects.exclude(kind=SECTION.name).delete()
    work_services.reconcile()
    assert woken == ["insight"]
    jobs.run_report(waiting.pk)
    woken.clear()
    work_services.reconcile()
    assert woken == []


def test_a_section_whose_job_is_cancelled_can_be_tried_again(make_report: MakeReport, ana: User) -> None:
    report = make_report(ana, WORDS, is_made=False)
    section = report.sections.get()
    work_services.cancel(job_of(SECTION, section.pk).pk)
    assert states(report) == ["failed"]
    services.try_again(by(ana), report, section.pk)
    run(report)
    assert states(report) == ["done"]


@pytest.mark.django_db(transaction=True)
def test_two_kills_lose_nothing_but_the_section_at_hand(tmp_path: Path) -> None:
    ana = next(user for user in create_demo_people() if user.username == "ana")
    add_document("Inventory", DEPOT)
    index_all()
    report = services.start_report(by(ana), "situation", parameters={"subject": "Zeta depot"})
    done_before = -1
    for _kill in range(2):
        done = _kill_at_the_next_section(report)
        assert done > done_before
        done_before = done
        for section in report.sections.all():
            let_lease_run_out(job_of(SECTION, section.pk))
    made = set(Section.objects.filter(report=report, state="done").values_list("pk", "finished_at"))
    run(report)
    assert set(states(report)) == {"done"}
    assert made <= set(report.sections.values_list("pk", "finished_at"))
    assert set(Section.objects.filter(report=report).values_list("making", flat=True)) == {1}
    blocks = Block.objects.filter(section__report=report).values_list("section", "making", "ordinal")
    assert len(blocks) == len(set(blocks))


def _kill_at_the_next_section(report: Report) -> int:
    """Start a worker, and kill it as soon as it has finished one more section; how many are done then."""
    database = str(connection.settings_dict["NAME"])
    before = report.sections.filter(state="done").count()
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.reports.worker", database, str(settings.INDEX_DIR), str(report.pk)],
        cwd=ROOT,
        env=dict(os.environ),
    )
    try:
        for _look in range(1200):
            if report.sections.filter(state="done").count() > before:
                break
            assert worker.poll() is None, "the worker ended before it could be killed"
            time.sleep(0.05)
    finally:
        worker.kill()
        worker.wait()
    return report.sections.filter(state="done").count()
