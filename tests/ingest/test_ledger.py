"""The database is the truth: claims, leases and attempts hold whatever dies."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from ingest import limits, pipeline, sandbox, services
from ingest.blobs import blob_path
from ingest.errors import failure
from ingest.kinds import QUEUE, READ
from ingest.ledger import Reading
from ingest.models import Blob, Document, Stage, Status, Submission
from ingest.pages import document_folder
from ingest.protocol import Event
from ingest.work import running, waking
from ingest.work.errors import LeaseLost
from ingest.work.leases import acquire
from ingest.work.services import cancel, job_of, reconcile, retry
from tests.ingest import files
from tests.ingest.conftest import LABEL, Take
from tests.support.work import held_by_a_worker, let_lease_run_out

ROOT = Path(__file__).resolve().parents[2]
TEXT = b"The convoy left the northern depot at dawn and crossed the river before noon."


def worker_dies(document: Document) -> None:
    """What the database looks like after kill -9: in work, a stage open, and the lease runs out."""
    let_lease_run_out(held_by_a_worker(READ, document.pk).job)


def test_only_one_of_two_workers_gets_a_document(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    held = held_by_a_worker(READ, document.pk)
    assert acquire(held.job.pk) is None
    assert pipeline.process(document.pk).status == Status.RUNNING


def test_a_worker_that_lost_its_lease_changes_nothing(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    held = held_by_a_worker(READ, document.pk)
    old = Reading(held)
    let_lease_run_out(held.job)
    held_by_a_worker(READ, document.pk)
    for act in (lambda: old.enter(Stage.PASSAGES), lambda: old.end(Status.FAILED, failure("empty"))):
        with pytest.raises(LeaseLost):
            act()
    document.refresh_from_db()
    assert document.status == Status.RUNNING


def test_a_document_whose_worker_died_is_finished_by_the_next(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    worker_dies(document)
    assert pipeline.next_waiting() == document.pk
    document = pipeline.process(document.pk)
    assert (document.stage, document.passages.count()) == (Stage.EMBED, 1)
    assert [r.outcome for r in document.stage_records.all()] == [
        "done",
        "interrupted",
        "done",
        "done",
        "done",
    ]


def test_a_document_that_its_workers_never_survive_is_set_aside(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    for _ in range(limits.INTERRUPTIONS):
        worker_dies(document)
    document = pipeline.process(document.pk)
    assert (document.status, document.error_code) == (Status.QUARANTINED, "interrupted")
    assert pipeline.next_waiting() is None


def test_a_reader_that_breaks_twice_puts_the_file_in_quarantine_and_retry_takes_it_out(
    hand_in: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> Iterator[Event]:
        raise failure("reader-crashed")
        yield

    document = hand_in(TEXT, "a.txt")
    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "run", breaks)
        document = pipeline.process(document.pk)
    assert (document.status, document.error_code) == (Status.QUARANTINED, "reader-crashed")
    assert job_of(READ, document.pk).attempts == limits.ATTEMPTS
    services.retry(document.pk)
    document = pipeline.process(document.pk)
    assert (document.stage, document.error_code) == (Stage.EMBED, "")
    assert job_of(READ, document.pk).attempts == 1


def test_when_the_sandbox_is_broken_reading_stops_and_nothing_is_lost(
    hand_in: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = hand_in(TEXT, "a.txt")
    monkeypatch.setattr(sandbox, "_is_proven", False)
    monkeypatch.setattr(sandbox, "_PACKAGE", Path("/nowhere"))
    with pytest.raises(Exception, match="reading has stopped") as caught:
        pipeline.process(document.pk)
    assert caught.value.code == "sandbox-broken"
    document.refresh_from_db()
    assert (document.status, document.error_code) == (Status.PENDING, "sandbox-broken")
    running.run_queue(QUEUE)
    document.refresh_from_db()
    assert document.status == Status.PENDING and "reading has stopped" in document.error
    assert job_of(READ, document.pk).attempts == 0


def test_a_stage_that_runs_again_leaves_the_same(take: Take) -> None:
    attached = [("a.txt", TEXT), ("b.txt", TEXT)]
    document = take(files.mail_bytes(attached=attached), "mail.eml")
    before = list(document.passages.values_list("text", "start", "end", "heading"))
    children = set(document.children.values_list("pk", flat=True))
    Document.objects.filter(pk=document.pk).update(status=Status.PENDING, stage=Stage.RECEIVED)
    pipeline.process(document.pk)
    assert list(document.passages.values_list("text", "start", "end", "heading")) == before
    assert set(document.children.values_list("pk", flat=True)) == children and len(children) == 2


def test_a_second_copy_under_the_same_label_is_the_same_document(hand_in: Take) -> None:
    first = hand_in(TEXT, "a.txt")
    again = services.receive(io.BytesIO(TEXT), name="b.txt", label=LABEL, received_by="ben")
    other = services.receive(io.BytesIO(TEXT), name="b.txt", label="other", received_by="ben")
    assert again.is_duplicate and again.document == first
    assert not other.is_duplicate and other.document != first
    assert (Blob.objects.count(), Document.objects.count(), Submission.objects.count()) == (1, 2, 3)


def test_relabelling_takes_attachments_and_passages_along(take: Take) -> None:
    document = take(files.mail_bytes(attached=[("a.txt", TEXT)]), "mail.eml")
    changed = services.relabel(document.pk, "relief|SECRET")
    assert len(changed) == 2
    assert set(Document.objects.values_list("label", flat=True)) == {"relief|SECRET"}
    assert set(Document.objects.values_list("passages__label", flat=True)) == {"relief|SECRET"}


@pytest.mark.django_db(transaction=True)
def test_removing_takes_everything_along_but_not_what_others_still_have(take: Take) -> None:
    document = take(files.image_bytes(files.picture()), "scan.png")
    other = services.receive(
        blob_path(document.blob_id).open("rb"), name="scan.png", label="other", received_by="ben"
    ).document
    digest = document.blob_id
    assert document_folder(document.pk).is_dir()
    services.remove(document.pk)
    assert not document_folder(document.pk).exists() and blob_path(digest).is_file()
    services.remove(other.pk)
    assert not blob_path(digest).exists() and not Blob.objects.exists()


def test_a_worker_takes_what_waits_and_what_the_dead_left_and_nothing_else(hand_in: Take) -> None:
    waiting, working, abandoned = (hand_in(TEXT + bytes([48 + i]), f"{i}.txt") for i in range(3))
    held_by_a_worker(READ, working.pk)
    worker_dies(abandoned)
    assert running.run_queue(QUEUE, seconds=300) >= 2
    stages = {document.pk: document.stage for document in Document.objects.all()}
    assert stages[working.pk] == Stage.IDENTIFY
    assert {stages[waiting.pk], stages[abandoned.pk]} <= {Stage.EMBED, Stage.INDEX, Stage.DONE}


def test_reconciling_makes_good_a_broker_that_lost_everything(
    hand_in: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(waking, "wake", woken.append)
    monkeypatch.setattr("ingest.work.services.wake", woken.append)
    hand_in(TEXT, "a.txt")
    reconcile()
    assert QUEUE in woken


def test_a_document_whose_reading_is_cancelled_says_so_and_can_be_retried(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    cancel(job_of(READ, document.pk).pk)
    document.refresh_from_db()
    assert (document.status, document.error) == (Status.FAILED, "It was stopped.")
    services.retry(document.pk)
    assert pipeline.process(document.pk).stage == Stage.EMBED


def test_a_job_that_an_operator_retries_takes_its_document_back(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    job = job_of(READ, document.pk)
    cancel(job.pk)
    retry(job.pk)
    document.refresh_from_db()
    assert (document.status, document.stage, document.error) == (Status.PENDING, Stage.RECEIVED, "")
    assert pipeline.process(document.pk).stage == Stage.EMBED


def test_an_original_that_changed_on_disk_is_found_out(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    blob_path(document.blob_id).write_bytes(b"something else")
    document = pipeline.process(document.pk)
    assert (document.status, document.error_code) == (Status.FAILED, "original-missing")


@pytest.mark.django_db(transaction=True)
def test_two_hundred_uploads_at_once_lose_nothing() -> None:
    def upload(number: int) -> bool:
        try:
            content = f"Upload number {number} of the night shift.".encode()
            return services.receive(
                io.BytesIO(content), name=f"{number}.txt", label=LABEL, received_by="ana"
            ).is_duplicate
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=40) as pool:
        duplicates = list(pool.map(upload, [*range(150), *range(50)]))
    assert sum(duplicates) == 50
    assert (Document.objects.filter(status=Status.PENDING).count(), Submission.objects.count()) == (150, 200)
    assert all(blob_path(digest).is_file() for digest in Blob.objects.values_list("digest", flat=True))


WORKER = """
import sys, django
django.setup()
from django.core.management import call_command
import dataclasses, datetime
from ingest import kinds, ledger, pipeline, services
from ingest.models import Document
from ingest.work.registry import register
register(dataclasses.replace(kinds.READ, lease=datetime.timedelta(seconds=8)))
if sys.argv[1] == "receive":
    enter = ledger.Reading.enter
    def enter_and_say(reading, stage):
        enter(reading, stage)
        print(stage, flush=True)
    ledger.Reading.enter = enter_and_say
    call_command("migrate", verbosity=0)
    with open(sys.argv[2], "rb") as stream:
        services.receive(stream, name="scan.pdf", label="x", received_by="ana")
    pipeline.process(Document.objects.get().pk)
else:
    import time
    while (waiting := pipeline.next_waiting()) is None:
        time.sleep(0.2)
    document = pipeline.process(waiting)
    print(document.status, document.stage, document.pages.count(), document.passages.count() > 0, flush=True)
"""


def test_killing_the_worker_in_the_middle_of_ocr_loses_nothing(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(files.pdf_bytes([files.picture(size=(1654, 2339))] * 2))
    environment = {
        **os.environ,
        "DONOVAN_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "donovan.settings",
    }
    command = [sys.executable, "-c", WORKER]
    with subprocess.Popen(
        [*command, "receive", scan], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    ) as worker:
        # Said when the first page goes to Tesseract: a kill by the clock may come after the work is done.
        assert worker.stdout is not None and b"ocr\n" in iter(worker.stdout.readline, b"")
        worker.send_signal(signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    finished = subprocess.run(
        [*command, "finish"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert finished.stdout.split() == ["running", "embed", "2", "True"]
