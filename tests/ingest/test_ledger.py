"""The database is the truth: claims, leases and attempts hold whatever dies."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from ingest import doorbell, ledger, limits, pipeline, sandbox, services
from ingest.blobs import blob_path
from ingest.errors import failure
from ingest.models import Blob, Document, Stage, Status, Submission
from ingest.pages import document_folder
from ingest.protocol import Event
from ingest.tasks import process_document
from tests.ingest import files
from tests.ingest.conftest import LABEL, Take

ROOT = Path(__file__).resolve().parents[2]
TEXT = b"The convoy left the northern depot at dawn and crossed the river before noon."


def worker_dies(document: Document) -> None:
    """What the database looks like after kill -9: in work, a stage open, and the lease runs out."""
    assert ledger.Lease.take(document.pk) is not None
    Document.objects.filter(pk=document.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_only_one_of_two_workers_gets_a_document(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    first, second = ledger.Lease.take(document.pk), ledger.Lease.take(document.pk)
    assert first is not None and second is None


def test_a_worker_that_lost_its_lease_changes_nothing(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    old = ledger.Lease.take(document.pk)
    assert old is not None
    Document.objects.filter(pk=document.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert ledger.Lease.take(document.pk) is not None
    for act in (lambda: old.enter(Stage.PASSAGES), lambda: old.end(Status.FAILED, failure("empty"))):
        with pytest.raises(ledger.LeaseLost):
            act()
    document.refresh_from_db()
    assert document.status == Status.RUNNING


def test_a_document_whose_worker_died_is_finished_by_the_next(hand_in: Take) -> None:
    document = hand_in(TEXT, "a.txt")
    worker_dies(document)
    assert pipeline.claim_next() == document.pk
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
    assert pipeline.claim_next() is None


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
    assert (document.status, document.error_code, document.attempts) == (
        Status.QUARANTINED,
        "reader-crashed",
        2,
    )
    services.retry(document.pk)
    document = pipeline.process(document.pk)
    assert (document.stage, document.error_code, document.attempts) == (Stage.EMBED, "", 1)


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
    assert (document.status, document.attempts, document.error_code) == (Status.PENDING, 0, "sandbox-broken")


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


def test_the_sweep_rings_for_what_waits_and_for_nothing_else(
    hand_in: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(doorbell, "ring", lambda task, *arguments: rung.extend(arguments))
    waiting, working, abandoned = (hand_in(TEXT + bytes([48 + i]), f"{i}.txt") for i in range(3))
    assert ledger.Lease.take(working.pk) is not None
    worker_dies(abandoned)
    assert pipeline.sweep() == 2
    assert set(rung) == {str(waiting.pk), str(abandoned.pk)}


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
from ingest import ledger, limits, pipeline, services
from ingest.models import Document
limits.LEASE_SECONDS = 8
if sys.argv[1] == "receive":
    enter = ledger.Lease.enter
    def enter_and_say(lease, stage):
        enter(lease, stage)
        print(stage, flush=True)
    ledger.Lease.enter = enter_and_say
    call_command("migrate", verbosity=0)
    with open(sys.argv[2], "rb") as stream:
        services.receive(stream, name="scan.pdf", label="x", received_by="ana")
    pipeline.process(Document.objects.get().pk)
else:
    import time
    while (waiting := pipeline.claim_next()) is None:
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


def test_a_finished_document_rings_for_the_next_and_an_idle_bell_for_nobody(
    hand_in: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hand_in(TEXT, "a.txt"), hand_in(TEXT + b"!", "b.txt")
    rung: list[str] = []
    monkeypatch.setattr(doorbell, "ring", lambda task, *arguments: rung.extend(arguments))
    process_document(str(first.pk))
    assert rung == [str(second.pk)]
    process_document(str(first.pk))
    process_document("00000000-0000-0000-0000-000000000000")
    assert rung == [str(second.pk)]
