"""Scheduled reports: due once, whoever looks, within what the owner may read at that moment."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from donovan.access.models import Membership, User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.llm import using
from donovan.llm.scripted import ScriptedModel
from donovan.reports import due, jobs, schedule_services, scheduling
from donovan.reports.errors import ReportError
from donovan.reports.models import Design, Report, Section
from donovan.reports.schedules import Schedule, ScheduledRun
from ingest.models import Document, Status
from tests.assistant.material import add_document, index_all
from tests.reports.conftest import BRIDGE_QUESTION

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def caller(user: User) -> Caller:
    return Caller.named(user, source="test")


def begun(user: User, when: str, **told: str) -> Schedule:
    values = {"title": "Bridge", "template": "situation", "collection": "relief", "at": "06:30", **told}
    return schedule_services.begin(caller(user), when=when, parameters={"subject": "Orlov bridge"}, **values)


def is_due_at(schedule: Schedule, moment: datetime) -> None:
    Schedule.objects.filter(pk=schedule.pk).update(next_at=moment)


def ready(document: Document, at: datetime) -> None:
    """The document counts as read at this moment, and nothing more is on its way."""
    Document.objects.filter(pk=document.pk).update(finished_at=at, status=Status.READY)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps of insight do not run in these tests, so nothing of theirs is waited for."""
    whole = due.progress
    monkeypatch.setattr(due, "progress", lambda scope: type(whole(scope))(0, 0, 0))


@pytest.mark.parametrize(
    ("when", "at", "weekday", "after", "then"),
    [
        ("daily", time(6, 30), None, MONDAY, datetime(2026, 11, 24, 6, 30, tzinfo=UTC)),
        ("daily", time(8, 1), None, MONDAY, datetime(2026, 11, 23, 8, 1, tzinfo=UTC)),
        ("daily", time(8, 0), None, MONDAY, datetime(2026, 11, 24, 8, 0, tzinfo=UTC)),
        ("weekly", time(6, 30), 0, MONDAY, datetime(2026, 11, 30, 6, 30, tzinfo=UTC)),
        ("weekly", time(9, 0), 0, MONDAY, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("weekly", time(6, 30), 6, MONDAY, datetime(2026, 11, 29, 6, 30, tzinfo=UTC)),
        ("document", None, None, MONDAY, MONDAY),
        ("request", None, None, MONDAY, None),
    ],
)
def test_the_next_time_lies_ahead(
    when: str, at: time | None, weekday: int | None, after: datetime, then: datetime | None
) -> None:
    assert due.next_time(Schedule(when=when, at=at, weekday=weekday), after) == then


def test_a_missed_night_is_made_up_for_once(archive: dict[str, Document], ana: User) -> None:
    schedule = begun(ana, "daily")
    is_due_at(schedule, MONDAY - timedelta(days=5))
    first = scheduling.run_due(MONDAY)
    assert [run.cause for run in first] == [
        "due 18 November 2026 at 0800 UTC, made once for 6 times while nothing ran"
    ]
    assert scheduling.run_due(MONDAY) == [] and scheduling.run_due(MONDAY + timedelta(hours=1)) == []
    schedule.refresh_from_db()
    assert schedule.next_at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    report = first[0].report
    assert report is not None and report.title == "Bridge, 23 November 2026 0800 UTC"
    assert (report.author, report.collection) == (ana, "relief")


def test_a_document_that_became_ready_starts_one_report_in_the_quiet_time(
    archive: dict[str, Document], ana: User, settled: None
) -> None:
    schedule = begun(ana, "document", quiet_minutes="30")
    now = timezone.now()
    Schedule.objects.filter(pk=schedule.pk).update(seen_until=now)
    assert scheduling.run_due(now + timedelta(minutes=1)) == []
    for number in (1, 2):
        ready(add_document(f"New {number}", "The Orlov bridge is open."), now + timedelta(minutes=number))
    (run,) = scheduling.run_due(now + timedelta(minutes=5))
    assert run.cause == "2 new documents"
    ready(add_document("New 3", "The Orlov bridge is closed."), now + timedelta(minutes=6))
    assert scheduling.run_due(now + timedelta(minutes=34)) == []
    (run,) = scheduling.run_due(now + timedelta(minutes=36))
    assert run.cause == "1 new document"
    assert scheduling.run_due(now + timedelta(minutes=80)) == []


def test_documents_that_the_owner_may_not_read_start_nothing(
    archive: dict[str, Document], ben: User, settled: None
) -> None:
    schedule = begun(ben, "document")
    now = timezone.now()
    Schedule.objects.filter(pk=schedule.pk).update(seen_until=now)
    secret = add_document("New", "The Kestrel group moved.", marking="SECRET//NOFORN")
    ready(secret, now + timedelta(minutes=1))
    elsewhere = add_document("Ledger", "Tents.", collection="logistics")
    ready(elsewhere, now + timedelta(minutes=1))
    assert scheduling.run_due(now + timedelta(minutes=5)) == []


def test_a_batch_that_is_still_being_read_is_waited_for_but_not_for_ever(
    archive: dict[str, Document], ana: User, settled: None
) -> None:
    schedule = begun(ana, "document", quiet_minutes="30")
    now = timezone.now()
    Schedule.objects.filter(pk=schedule.pk).update(seen_until=now)
    ready(add_document("New", "The Orlov bridge is open."), now + timedelta(minutes=1))
    slow = add_document("Slow", "A long scan.")
    Document.objects.filter(pk=slow.pk).update(status=Status.RUNNING, finished_at=None)
    assert scheduling.run_due(now + timedelta(minutes=5)) == []
    assert len(scheduling.run_due(now + timedelta(minutes=32))) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_look_at_once_make_one_report(people: dict[str, User]) -> None:
    schedule = begun(people["ana"], "daily")
    is_due_at(schedule, MONDAY)
    gate = threading.Barrier(4)
    found: list[ScheduledRun] = []

    def look() -> None:
        gate.wait()
        try:
            found.extend(scheduling.run_due(MONDAY + timedelta(minutes=1)))
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == ScheduledRun.objects.count() == Report.objects.count() == 1


def test_a_closed_account_stops_it_with_a_sentence(archive: dict[str, Document], ana: User) -> None:
    schedule = begun(ana, "daily")
    is_due_at(schedule, MONDAY)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert scheduling.run_due(MONDAY) == []
    schedule.refresh_from_db()
    assert (schedule.state, schedule.next_at) == ("stopped", None)
    assert schedule.stopped_because == scheduling.ACCOUNT_CLOSED
    assert schedule.runs.get().failure == scheduling.ACCOUNT_CLOSED
    assert not Report.objects.exists()
    assert scheduling.run_due(MONDAY) == []


def test_an_owner_who_left_the_collection_stops_it_and_may_not_let_it_go_on(
    archive: dict[str, Document], ana: User
) -> None:
    schedule = begun(ana, "daily")
    is_due_at(schedule, MONDAY)
    Membership.objects.filter(user=ana, collection_id="relief").delete()
    assert scheduling.run_due(MONDAY) == []
    schedule.refresh_from_db()
    assert "no longer a member of the collection “relief”" in schedule.stopped_because
    with pytest.raises(ReportError, match="no longer a member"):
        schedule_services.go_on(caller(ana), schedule)
    Membership.objects.create(user=ana, collection_id="relief")
    schedule_services.go_on(caller(ana), schedule)
    schedule.refresh_from_db()
    assert schedule.state == "active" and schedule.next_at is not None


def test_a_template_that_went_away_stops_it(archive: dict[str, Document], ana: User) -> None:
    design = Design.objects.create(
        owner=ana,
        name="Own",
        sections=[
            {"key": "a", "kind": "question", "heading": "A", "settings": {"questions": BRIDGE_QUESTION}}
        ],
    )
    schedule = schedule_services.begin(
        caller(ana), title="Own", template=f"own:{design.pk}", when="daily", at="06:30"
    )
    is_due_at(schedule, MONDAY)
    design.delete()
    assert scheduling.run_due(MONDAY) == []
    schedule.refresh_from_db()
    assert schedule.stopped_because == scheduling.TEMPLATE_GONE


def test_the_report_is_made_of_what_the_owner_may_read_then(archive: dict[str, Document], ana: User) -> None:
    schedule = begun(ana, "daily")
    is_due_at(schedule, MONDAY)
    (run,) = scheduling.run_due(MONDAY)
    User.objects.filter(pk=ana.pk).update(clearance="UNCLASSIFIED", compartments=[])
    assert run.report is not None
    with using(ScriptedModel([""])):
        jobs.run_report(run.report.pk)
    labels = {label for section in run.report.sections.all() for label in section.labels}
    assert labels and labels <= scope_for(ana).labels


def test_paused_it_rests_and_makes_up_for_nothing(archive: dict[str, Document], ana: User) -> None:
    schedule = begun(ana, "daily")
    schedule_services.pause(caller(ana), schedule)
    assert scheduling.run_due(timezone.now() + timedelta(days=9)) == []
    schedule_services.go_on(caller(ana), schedule)
    schedule.refresh_from_db()
    assert schedule.next_at is not None and schedule.next_at > timezone.now()


def test_run_now_waits_for_the_last_one(archive: dict[str, Document], ana: User) -> None:
    schedule = begun(ana, "request")
    run = schedule_services.run_now(caller(ana), schedule)
    assert run.report is not None and run.cause == "asked for by ana"
    with pytest.raises(ReportError, match="still being made"):
        schedule_services.run_now(caller(ana), schedule)
    Section.objects.filter(report=run.report).update(state=Section.State.DONE)
    ScheduledRun.objects.filter(pk=run.pk).update(key="request earlier")
    schedule_services.run_now(caller(ana), schedule)
    assert schedule.runs.count() == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"title": ""}, "needs a title"),
        ({"at": "25:00"}, "not a time of day"),
        ({"collection": "nowhere"}, "no such collection"),
        ({"template": "poem"}, "no template"),
        ({"quiet_minutes": "1"}, "5 to"),
        ({"quiet_minutes": "many"}, "5 to"),
    ],
)
def test_what_cannot_run_is_refused_at_once(
    archive: dict[str, Document], ana: User, told: dict[str, str], words: str
) -> None:
    with pytest.raises(ReportError, match=words):
        begun(ana, "daily", **told)
    assert not Schedule.objects.exists()


def test_only_the_owner_sees_it(
    archive: dict[str, Document], cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    schedule = begun(cast["ana"], "daily")
    for name in ("ben", "omar", "rita", "ada"):
        with pytest.raises(NotFoundHere):
            schedule_services.own_schedule(cast[name], schedule.pk)
        client = client_for(cast[name])
        assert client.get(f"/reports/schedules/{schedule.pk}/").status_code == 404
        assert client.post(f"/reports/schedules/{schedule.pk}/", {"action": "run"}).status_code == 404
        assert "Bridge" not in client.get("/reports/schedules/").content.decode()
    assert not Report.objects.exists()


def test_the_pages_begin_run_pause_and_end(
    archive: dict[str, Document], ana: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(ana)
    assert "no scheduled report yet" in client.get("/reports/schedules/").content.decode()
    form = {"template": "situation", "title": "Morning", "when": "weekly", "at": "06:30", "weekday": "2"}
    bad = client.post("/reports/schedules/new/", {**form, "at": "late"})
    assert bad.status_code == 400 and "not a time of day" in bad.content.decode()
    page = client.post("/reports/schedules/new/", {**form, "subject": "Orlov bridge"})
    schedule = Schedule.objects.get()
    assert page.headers["Location"] == f"/reports/schedules/{schedule.pk}/"
    shown = client.get(page.headers["Location"]).content.decode()
    assert "every Wednesday at 0630 UTC" in shown
    made = client.post(page.headers["Location"], {"action": "run"})
    assert made.headers["Location"] == f"/reports/{Report.objects.get().pk}/"
    Section.objects.filter(ordinal=1).update(state=Section.State.FAILED, notice="No model answered.")
    shown = client.get(page.headers["Location"]).content.decode()
    assert "asked for by ana" in shown and "No model answered." in shown
    client.post(page.headers["Location"], {"action": "pause"})
    assert "paused" in client.get("/reports/schedules/").content.decode()
    client.post(page.headers["Location"], {"action": "end"})
    assert not Schedule.objects.exists() and Report.objects.count() == 1
    changes = [row.detail.get("change") for row in AuditRecord.objects.filter(action="report")]
    assert changes == ["schedule begun", "start", "schedule paused", "schedule ended"]


def test_a_new_anomaly_starts_a_report_once(archive: dict[str, Document], ana: User, settled: None) -> None:
    from uuid import uuid4

    from donovan.insight.anomalies.models import Finding

    index_all()
    schedule = begun(ana, "anomaly", quiet_minutes="5")
    now = timezone.now()
    Schedule.objects.filter(pk=schedule.pk).update(seen_until=now)

    def found(at: datetime) -> None:
        Finding.objects.all().delete()
        Finding.objects.create(
            id=uuid4(),
            document=archive["depot"],
            kind="outlier",
            why="250 litres is far from the rest.",
            method="median",
            score=0.9,
            signature="a" * 64,
            found_at=at,
        )

    found(now + timedelta(minutes=1))
    (run,) = scheduling.run_due(now + timedelta(minutes=3))
    assert run.cause == "1 new anomaly"
    # The same thing, found again by a new examination, is no news.
    found(now + timedelta(minutes=10))
    assert scheduling.run_due(now + timedelta(minutes=20)) == []
