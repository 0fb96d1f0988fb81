"""Examinations: the same specification finds the same, nothing is half done, and access is the documents'."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.insight.anomalies import examining, selectors, services
from donovan.insight.anomalies.models import Examination, Finding, Specification
from donovan.insight.anomalies.work import EXAMINE
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from ingest.models import Document
from ingest.work import running
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.services import job_of
from tests.benchmarks.planted import alarms_of, judge
from tests.benchmarks.plants import write_holdout
from tests.insight.anomalies.conftest import Examined, deliveries
from tests.support.work import held_by_a_worker, let_lease_run_out

pytestmark = pytest.mark.django_db


def lines(document: Document) -> list[tuple[Any, ...]]:
    found = Finding.objects.filter(document=document)
    return [(one.pk, one.kind, one.rows, one.column, one.why, one.score) for one in found]


def test_a_fault_is_found_with_its_cell_its_method_and_its_baseline(examined: Examined) -> None:
    document = examined(deliveries(litres_9="9000", signed_20=""))
    found = {(one.kind, tuple(one.rows), one.column) for one in Finding.objects.filter(document=document)}
    assert found == {("outlier", (9,), "litres"), ("missing value", (20,), "signed")}
    outlier = Finding.objects.get(document=document, column="litres")
    assert outlier.value == "9000"
    assert "depot" in outlier.method and outlier.choice and outlier.baseline
    assert outlier.table is not None and outlier.table.document == document


def test_a_clean_table_gives_no_alarm_and_says_so(examined: Examined) -> None:
    document = examined(deliveries())
    assert lines(document) == []
    examination = Examination.objects.get(document=document)
    assert examination.message == "Nothing odd was found in 1 table."
    assert any("were not tested" in note for notes in examination.notes.values() for note in notes)


def test_the_same_specification_on_the_same_table_gives_the_same_findings(examined: Examined) -> None:
    document = examined(deliveries(litres_9="9000", day_30="2025-04-31", voucher_14="V-2003"))
    first = lines(document)
    assert len(first) >= 3
    services.examine_document(document.pk)
    assert lines(document) == first


def test_a_changed_specification_is_a_new_version_and_changes_what_is_found(
    examined: Examined, ana: User
) -> None:
    document = examined(deliveries(litres_9="9000", signed_20=""))
    table = document.tables.get()
    caller = Caller.named(ana, source="test")
    settings, saved = services.settings_in_force(table)
    assert saved is None
    given = {**settings.as_json(), "left_out": ["litres"]}
    examining.run(services.examine(caller, table.pk, given).pk)
    assert [one.column for one in Finding.objects.filter(document=document)] == ["signed"]
    version = Specification.objects.get(document=document)
    assert (version.version, version.author, version.settings["left_out"]) == (1, "ana", ["litres"])
    examining.run(services.examine(caller, table.pk, given).pk)
    assert Specification.objects.filter(document=document).count() == 1
    examining.run(services.examine(caller, table.pk, {**given, "left_out": []}).pk)
    assert Specification.objects.filter(document=document).count() == 2
    assert Finding.objects.filter(document=document).count() == 2


@pytest.mark.parametrize(
    "given", [{"distance": -1}, {"distance": "far"}, {"checks": ["magic"]}, {"colour": 1}, {"version": 9}]
)
def test_a_specification_that_cannot_be_right_is_refused_in_a_sentence(
    examined: Examined, ana: User, given: dict[str, Any]
) -> None:
    table = examined(deliveries()).tables.get()
    with pytest.raises(InsightError) as refused:
        services.examine(Caller.named(ana, source="test"), table.pk, given)
    assert refused.value.sentence.endswith(".")
    assert not Specification.objects.exists()


def test_an_examination_left_by_a_dead_worker_is_done_by_the_next(examined: Examined, ana: User) -> None:
    document = examined(deliveries(litres_9="9000"))
    first = lines(document)
    asked = services.examine(Caller.named(ana, source="test"), document.tables.get().pk)
    dead = held_by_a_worker(EXAMINE, asked.pk)
    assert examining.run(asked.pk) == ""  # its lease is alive
    let_lease_run_out(dead.job)
    assert examining.run(asked.pk) == "1 anomaly was found in 1 table."
    assert lines(document) == first
    asked.refresh_from_db()
    assert asked.state == Examination.State.DONE


def test_who_was_taken_for_dead_says_neither_how_far_it_is_nor_what_it_found(
    examined: Examined, ana: User
) -> None:
    """How far an examination is was written by whoever had it once, over what the next worker wrote."""
    document = examined(deliveries(litres_9="9000"))
    asked = services.examine(Caller.named(ana, source="test"), document.tables.get().pk)
    zombie = held_by_a_worker(EXAMINE, asked.pk)
    let_lease_run_out(zombie.job)
    living = held_by_a_worker(EXAMINE, asked.pk)
    living.on_progress(Progress(7, 9))
    Finding.objects.all().delete()
    running.run_held(zombie)
    assert not Finding.objects.exists()
    job = job_of(EXAMINE, asked.pk)
    assert job is not None
    assert (job.progress_done, job.progress_total, job.state) == (7, 9, "running")


def test_an_examination_that_kills_its_workers_is_left_alone(examined: Examined, ana: User) -> None:
    document = examined(deliveries())
    deadly = services.examine(Caller.named(ana, source="test"), document.tables.get().pk)
    for _ in range(EXAMINE.attempts):
        let_lease_run_out(held_by_a_worker(EXAMINE, deadly.pk).job)
    examining.run(deadly.pk)
    deadly.refresh_from_db()
    assert deadly.state == Examination.State.FAILED and deadly.message == EXAMINE.given_up


def test_the_step_of_insight_examines_within_its_own_job(examined: Examined) -> None:
    document = examined(deliveries())
    assert not Job.objects.filter(kind=EXAMINE.name).exists()
    assert Examination.objects.get(document=document).state == Examination.State.DONE


def test_findings_are_there_for_exactly_those_who_may_read_their_documents(
    examined: Examined, cast: dict[str, User]
) -> None:
    document = examined(deliveries(litres_9="9000"), marking="SECRET//NOFORN")
    finding = Finding.objects.get(document=document)
    for name, may in {"ana": True, "rita": True, "chloe": False, "ben": False, "omar": False}.items():
        scope = scope_for(cast[name])
        assert bool(selectors.findings(scope)) is may, name
        assert bool(selectors.findings(scope, table=finding.table_id)) is may, name
        if not may:
            with pytest.raises(NotFoundHere):
                selectors.readable_finding(scope, finding.pk)
            with pytest.raises(NotFoundHere):
                services.examine(Caller.named(cast[name], source="test"), finding.table_id or "")


def test_a_finding_across_two_documents_needs_both(examined: Examined, cast: dict[str, User]) -> None:
    open_one = examined(deliveries(litres_9="9000"), name="a.csv")
    closed = examined(deliveries(), name="b.csv", marking="SECRET//NOFORN")
    Finding.objects.get(document=open_one).rests_on.add(closed)
    assert selectors.findings(scope_for(cast["ana"]))
    assert selectors.findings(scope_for(cast["ben"])) == []


def test_the_command_lists_findings_for_programs_and_refuses_in_sentences(
    examined: Examined, ana: User, capsys: pytest.CaptureFixture[str]
) -> None:
    document = examined(deliveries(litres_9="9000"))
    for subject in (str(document.pk), document.name, str(document.tables.get().pk)):
        call_command("anomalies", subject, "--as", "ana", "--json")
        (line,) = json.loads(capsys.readouterr().out)
        assert (line["rows"], line["column"], line["kind"]) == ([9], "litres", "outlier")
        assert {"table", "value", "why", "method", "baseline", "score"} <= set(line)
    for subject, username in ((str(document.pk), "omar"), ("nothing.csv", "ana")):
        with pytest.raises(CommandError, match="There is no table or document") as refused:
            call_command("anomalies", subject, "--as", username, "--json")
        assert refused.value.returncode == 2
    examined(deliveries(litres_9="9100"))
    with pytest.raises(CommandError, match="can mean"):
        call_command("anomalies", document.name, "--as", "ana", "--json")


def test_asking_for_an_examination_is_on_record(examined: Examined, ana: User) -> None:
    table = examined(deliveries()).tables.get()
    services.examine(Caller.named(ana, source="test"), table.pk)
    record = AuditRecord.objects.order_by("-sequence").first()
    assert record is not None and record.actor == "ana" and record.detail["change"] == "examine"


def test_planted_faults_of_a_workbook_and_a_log_are_found_through_the_whole_product(
    db: None, tmp_path: Any
) -> None:
    write_holdout(tmp_path / "plants")
    truth = json.loads((tmp_path / "plants" / "truth" / "anomalies.json").read_text(encoding="utf-8"))
    files = ["kassenbuch.xlsx", "crossings.csv", "clean-orders.csv"]
    alarms = [alarm for file in files for alarm in alarms_of(tmp_path / "plants" / file, file)]
    judged = judge([fault for fault in truth if fault["file"] in files], alarms, ["clean-orders.csv"])
    assert (judged["planted"], judged["missed"], judged["alarms"]) == (10, [], [])
