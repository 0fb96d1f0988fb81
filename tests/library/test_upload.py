"""Handing in: every file gets its own outcome, and what is acknowledged is kept."""

import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from donovan.access.models import Membership, User
from donovan.audit import services as audit
from donovan.audit.models import AuditRecord
from donovan.library import services
from donovan.library.callers import Caller
from ingest import passwords
from ingest.blobs import blob_path
from ingest.models import Blob, Document, Status, Submission
from ingest.work.models import Job


def _file(name: str, content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or f"text of {name}".encode())


def _send(client: Client, *files: SimpleUploadedFile, **fields: str) -> dict[str, object]:
    data = {"collection": "relief", "marking": "UNCLASSIFIED", **fields, "files": list(files)}
    response = client.post(reverse("library:upload"), data, headers={"accept": "application/json"})
    return dict(json.loads(response.content), status=response.status_code)


def test_uploaded_file_waits_and_is_on_disk_and_on_record(
    ben: User, client_for: Callable[[User], Client]
) -> None:
    answer = _send(client_for(ben), _file("report.txt", b"Two lorries."))
    document = Document.objects.get()
    assert answer["files"][0]["outcome"] == "received"
    assert answer["files"][0]["address"] == reverse("library:document", args=[document.pk])
    assert (document.status, document.label, document.received_by) == (
        Status.PENDING,
        "relief:UNCLASSIFIED",
        "ben",
    )
    assert blob_path(document.blob_id).read_bytes() == b"Two lorries."
    record = AuditRecord.objects.get(action="upload")
    assert (record.actor, record.labels, record.documents) == ("ben", [document.label], [str(document.pk)])
    assert "lorries" not in json.dumps(record.detail)


def test_passwords_are_kept_for_the_reader_alone_and_stand_in_no_record(
    ben: User, client_for: Callable[[User], Client]
) -> None:
    answer = _send(client_for(ben), _file("sealed.7z"), passwords="lock 7\r\n\r\ngate\r\n")
    document = Document.objects.get()
    assert answer["files"][0]["outcome"] == "received" and passwords.of(document.pk) == ("lock 7", "gate")
    assert "gate" not in json.dumps(list(AuditRecord.objects.values()), default=str)
    refused = _send(client_for(ben), _file("other.7z"), passwords="x" * 201)
    assert refused["status"] == 400 and "At most 50 passwords" in refused["files"][0]["sentence"]
    assert Document.objects.count() == 1


def test_what_failed_for_want_of_a_password_waits_again_with_those_of_a_file(
    ben: User, client_for: Callable[[User], Client], tmp_path: Path
) -> None:
    _send(client_for(ben), _file("sealed.7z"))
    document = Document.objects.get()
    Job.objects.update(state=Job.State.DONE)
    Document.objects.update(status=Status.FAILED, error_code="encrypted")
    (tmp_path / "words.txt").write_text("gate\nlock 7\n")
    out = io.StringIO()
    call_command("unlock", str(tmp_path / "words.txt"), stdout=out)
    assert "1 documents are read again" in out.getvalue()
    document.refresh_from_db()
    assert document.status == Status.PENDING and passwords.of(document.pk) == ("gate", "lock 7")
    record = AuditRecord.objects.filter(action="administer").order_by("pk").last()
    assert record.documents == [str(document.pk)] and "gate" not in json.dumps(record.detail)
    for wrong in (("none.txt",), (str(tmp_path / "words.txt"), "seven")):
        with pytest.raises(CommandError):
            call_command("unlock", *wrong)


def test_it_works_without_scripts(ben: User, client_for: Callable[[User], Client]) -> None:
    response = client_for(ben).post(
        reverse("library:upload"),
        {"collection": "relief", "marking": "U", "files": [_file("a.txt"), _file("empty.txt", b"\x00")]},
    )
    assert response.status_code == 200
    assert [outcome.outcome for outcome in response.context["outcomes"]] == ["received", "received"]
    assert "a.txt" in response.content.decode()


def test_one_bad_file_stops_nothing(ben: User, client_for: Callable[[User], Client]) -> None:
    empty = SimpleUploadedFile("empty.txt", b"")
    answer = _send(client_for(ben), _file("one.txt"), empty, _file("two.txt"))
    outcomes = [file["outcome"] for file in answer["files"]]
    assert outcomes == ["received", "refused", "received"]
    assert "empty" in answer["files"][1]["sentence"]
    assert Document.objects.count() == 2


def test_a_second_copy_is_told_and_kept_once(ben: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(ben)
    _send(client, _file("one.txt", b"same"))
    answer = _send(client, _file("two.txt", b"same"))
    assert answer["files"][0]["outcome"] == "duplicate"
    assert Document.objects.count() == 1
    assert Submission.objects.count() == 2


def test_a_copy_that_one_may_not_see_is_not_told(
    ana: User, ben: User, client_for: Callable[[User], Client]
) -> None:
    _send(client_for(ana), _file("one.txt", b"same"), marking="SECRET//HARBOR")
    answer = _send(client_for(ben), _file("two.txt", b"same"))
    assert answer["files"][0]["outcome"] == "received"
    assert (Document.objects.count(), Blob.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("username", "marking", "outcome"),
    [
        ("ana", "SECRET//HARBOR//NOFORN", "received"),
        ("ben", "CUI", "received"),
        ("ben", "SECRET", "refused"),
        ("chloe", "SECRET//REL TO USA, GBR", "received"),
        ("chloe", "SECRET//NOFORN", "refused"),
        ("rita", "SECRET//NOFORN", "received"),
        ("rita", "SECRET//HARBOR", "refused"),
        ("omar", "UNCLASSIFIED", "refused"),
        ("ada", "UNCLASSIFIED", "refused"),
    ],
)
def test_nobody_hands_in_what_they_may_not_read(
    username: str, marking: str, outcome: str, cast: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    answer = _send(client_for(cast[username]), _file("one.txt"), marking=marking)
    assert answer["files"][0]["outcome"] == outcome
    assert Document.objects.exists() is (outcome == "received")
    if outcome == "refused":
        assert AuditRecord.objects.filter(action="denial", actor=username).exists()


def test_a_member_without_the_right_to_upload_is_refused(
    ben: User, client_for: Callable[[User], Client]
) -> None:
    Membership.objects.filter(user=ben, collection_id="relief").update(may_upload=False)
    answer = _send(client_for(ben), _file("one.txt"))
    assert answer["files"][0]["outcome"] == "refused"
    assert "collection" in answer["files"][0]["sentence"]


def test_an_unknown_collection_is_refused_like_a_closed_one(
    omar: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(omar)
    closed = _send(client, _file("one.txt"), collection="relief")
    unknown = _send(client, _file("one.txt"), collection="no-such")
    assert closed == unknown


@pytest.mark.parametrize("marking", ["", "SECRIT", "UNCLASSIFIED//", "SECRET//REL TO", "x" * 5000])
def test_a_marking_that_cannot_be_read_is_refused_with_a_sentence(
    marking: str, ana: User, client_for: Callable[[User], Client]
) -> None:
    answer = _send(client_for(ana), _file("one.txt"), marking=marking)
    assert answer["files"][0]["outcome"] == "refused"
    assert answer["files"][0]["sentence"].endswith(".")
    assert answer["status"] == 400
    assert not Document.objects.exists()


def test_a_form_without_files_gets_a_sentence(ben: User, client_for: Callable[[User], Client]) -> None:
    response = client_for(ben).post(
        reverse("library:upload"), {"collection": "relief", "marking": "UNCLASSIFIED"}
    )
    assert response.status_code == 400
    assert "Choose one or more files" in response.content.decode()


def test_a_file_over_the_limit_is_refused_and_the_others_arrive(
    ben: User, client_for: Callable[[User], Client], settings: LazySettings
) -> None:
    settings.MAX_UPLOAD_MB = 1
    large = SimpleUploadedFile("large.txt", b"x" * (2 * 1024 * 1024))
    answer = _send(client_for(ben), _file("one.txt"), large, _file("two.txt"))
    assert [file["outcome"] for file in answer["files"]] == ["received", "refused", "received"]
    assert "1 MB" in answer["files"][1]["sentence"]


def test_two_hundred_files_at_once_are_all_received(ben: User, client_for: Callable[[User], Client]) -> None:
    answer = _send(client_for(ben), *(_file(f"{number}.txt") for number in range(200)))
    assert [file["outcome"] for file in answer["files"]] == ["received"] * 200
    assert Document.objects.filter(status=Status.PENDING).count() == 200


def test_nothing_is_kept_when_the_record_cannot_be_written(
    ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: object, **_named: object) -> None:
        raise audit.AuditUnavailable

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(audit.AuditUnavailable):
        services.upload(
            Caller.named(ben, source="test"),
            io.BytesIO(b"text"),
            name="one.txt",
            collection="relief",
            marking="UNCLASSIFIED",
        )
    assert not Document.objects.exists()
    assert not Submission.objects.exists()


def test_names_are_shown_as_text(ben: User, client_for: Callable[[User], Client]) -> None:
    name = "<img src=x onerror=alert(1)>.txt"
    client = client_for(ben)
    _send(client, _file(name))
    page = client.get(reverse("library:documents")).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_known_markings_stay_within_the_clearance(ben: User, client_for: Callable[[User], Client]) -> None:
    markings = client_for(ben).get(reverse("library:upload")).context["markings"]
    assert markings == ["CUI", "UNCLASSIFIED"]


def test_content_decides_what_is_a_duplicate_not_the_name(
    ben: User, client_for: Callable[[User], Client]
) -> None:
    answer = _send(client_for(ben), _file("a.txt", b"one"), _file("a.txt", zlib.compress(b"two")))
    assert [file["outcome"] for file in answer["files"]] == ["received", "received"]
