"""What an existing installation had not finished goes on after the migration to jobs, in every room."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from ingest.work.models import Job

BEFORE = [
    ("ingest", "0001_initial"),
    ("assistant", "0005_core_of_a_quotation"),
    ("anomalies", "0001_initial"),
    ("processing", "0001_initial"),
    ("reports", "0001_initial"),
    ("datasets", "0002_labels_of_now"),
    ("evaluation", "0003_markings_of_items"),
    ("training", "0004_reader_kind"),
]
LEASE = {"lease_token": "dead", "lease_until": timezone.now() - timedelta(hours=1), "attempts": 2}


@pytest.fixture
def before() -> Iterator[Any]:
    """The models as they were; afterwards everything is as it is again."""
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    finally:
        MigrationExecutor(connection).migrate(latest)


@pytest.mark.django_db(transaction=True)
def test_what_waited_or_was_in_work_waits_as_a_job(before: Any) -> None:
    def make(app: str, model: str, **values: object) -> Any:
        return before.get_model(app, model).objects.create(**values)

    mia = make("access", "User", username="mia")
    blob = make("ingest", "Blob", digest="0" * 64, size=1)
    document = {"blob": blob, "name": "a", "title": "a", "received_by": "ana"}
    waits = make("ingest", "Document", **document, label="1")
    reads = make("ingest", "Document", **document, label="2", status="running", stage="ocr", **LEASE)
    embeds = make("ingest", "Document", **document, label="3", status="running", stage="embed", **LEASE)
    ready = make("ingest", "Document", **document, label="4", status="ready", stage="done")
    asked = make("anomalies", "Examination", document=ready, requested_by="ana", state="running", **LEASE)
    make("anomalies", "Examination", document=ready, state="running", **LEASE)
    answer = make("assistant", "Answer", owner=mia, question="q", state="running")
    report = make("reports", "Report", author=mia, title="r")
    section = make("reports", "Section", report=report, ordinal=1, key="a", state="running", **LEASE)
    done = make("reports", "Section", report=report, ordinal=2, key="b", state="done")
    build = make("datasets", "DatasetBuild", person=mia, name="d", state="running", **LEASE)
    suite = {"suite": "s", "subject_digest": "", "started_by": mia, "state": "running", **LEASE}
    run = make("evaluation", "SuiteRun", **suite)
    stopping = make("evaluation", "SuiteRun", **suite, is_stop_wanted=True)
    job = {"kind": "classifier", "role": "triage", "dataset": "d", "dataset_version": 1, "started_by": mia}
    trains = make("training", "TrainingJob", **job, state="running", **LEASE)
    stops = make("training", "TrainingJob", **job, state="stopping", **LEASE)
    candidate = make("training", "Candidate", role="triage", name="c", digest="", evaluation_asked_by=mia)
    move = make("training", "AskedMove", role="embedder", asked_by=mia)
    make("training", "AskedMove", role="reader", asked_by=mia, notice="It was refused.")

    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    found = {(job.kind, job.subject): job for job in Job.objects.all()}
    expected = {
        ("documents.read", waits): ("celery", "ana", 0),
        ("documents.read", reads): ("celery", "ana", 2),
        ("documents.index", embeds): ("celery", "", 0),
        ("insight.examination", asked): ("insight", "ana", 2),
        ("reports.section", section): ("insight", "mia", 2),
        ("datasets.build", build): ("training", "mia", 2),
        ("evaluation.suite", run): ("training", "mia", 2),
        ("training.job", trains): ("training", "mia", 2),
        ("training.evaluate", candidate): ("training", "mia", 0),
        ("training.move", move): ("training", "mia", 0),
    }
    assert set(found) == {(kind, str(row.pk)) for kind, row in expected}
    for (kind, row), told in expected.items():
        job = found[kind, str(row.pk)]
        assert (job.queue, job.asked_by, job.attempts, job.state) == (*told, "waiting"), kind
    now = MigrationExecutor(connection).loader.project_state().apps

    def state(app: str, model: str, row: Any) -> str:
        kept = now.get_model(app, model).objects.get(pk=row.pk)
        return str(kept.status if model == "Document" else kept.state)

    assert state("ingest", "Document", reads) == "pending"
    assert state("ingest", "Document", embeds) == "running"
    assert state("assistant", "Answer", answer) == "waiting"
    assert state("reports", "Section", section) == "waiting"
    assert state("reports", "Section", done) == "done"
    assert state("evaluation", "SuiteRun", stopping) == "stopped"
    assert state("training", "TrainingJob", stops) == "stopped"
    assert state("training", "TrainingJob", trains) == "waiting"
