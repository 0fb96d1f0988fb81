"""Whoever holds the database and the checkpoints, and not the key, changes nothing without being found."""

import errno
import shutil
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import RequestFactory

from donovan.access.middleware import source_of
from donovan.audit import checkpoints
from donovan.audit.models import AuditRecord
from donovan.audit.services import AuditUnavailable, record
from donovan.audit.verification import verify_chain
from tests.audit.tampering import Campaign

pytestmark = pytest.mark.django_db(transaction=True)


def test_some_hundred_tamperings_of_record_and_checkpoints_are_all_found() -> None:
    campaign = Campaign(seed=11)
    assert verify_chain().is_intact
    missed = [way for way in campaign.ways for _ in range(12) if not campaign.attempt(way)]
    assert missed == []
    assert len(campaign.ways) > 20
    assert verify_chain().is_intact


def test_a_copy_carried_elsewhere_proves_what_all_that_is_kept_here_cannot(tmp_path: Path) -> None:
    """Everything put back to an earlier day, checkpoints, head and genesis too: only a copy shows it."""
    folder = checkpoints.folders()[0]
    record("ana", "view")
    earlier = tmp_path / "earlier"
    shutil.copytree(folder, earlier)
    record("ana", "export")
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    AuditRecord.objects.filter(sequence=2).delete()
    shutil.rmtree(folder)
    shutil.copytree(earlier, folder)
    assert verify_chain().is_intact
    assert [problem.kind for problem in verify_chain(copy=copy).problems] == ["truncated"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "copy" in {problem.kind for problem in verify_chain(copy=empty).problems}


def test_a_second_place_finds_what_was_removed_from_the_first(settings: LazySettings, tmp_path: Path) -> None:
    settings.CHECKPOINT_COPY_DIR = str(tmp_path / "elsewhere")
    for _ in range(4):
        record("ana", "view")
    assert verify_chain().is_intact
    AuditRecord.objects.all().delete()
    shutil.rmtree(settings.CHECKPOINT_DIR)
    assert "truncated" in {problem.kind for problem in verify_chain().problems}


@pytest.mark.parametrize("place", ["CHECKPOINT_DIR", "CHECKPOINT_COPY_DIR"])
def test_without_room_for_checkpoints_nothing_is_done(
    settings: LazySettings, tmp_path: Path, place: str
) -> None:
    settings.CHECKPOINT_COPY_DIR = str(tmp_path / "elsewhere")
    record("ana", "view")
    settings.CHECKPOINT_ROOM_BYTES = 1 << 60
    with pytest.raises(AuditUnavailable) as refused, transaction.atomic():
        record("ana", "upload")
    cause = refused.value.__cause__
    assert isinstance(cause, OSError) and cause.errno == errno.ENOSPC
    assert AuditRecord.objects.count() == 1


def test_a_line_that_a_stopped_process_did_not_leave_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    record("ana", "view")
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "keep", lambda *_: None)
        record("ana", "view")
        record("ana", "view")
    assert verify_chain().is_intact
    record("ana", "view")
    report = verify_chain()
    assert report.is_intact
    assert report.checkpoints == 4


def test_lines_of_an_earlier_version_hold_and_the_new_rules_begin_where_they_end() -> None:
    folder = checkpoints.folders()[0]
    for _ in range(12):
        record("ana", "view")
    rows = dict(AuditRecord.objects.values_list("sequence", "seal"))
    shutil.rmtree(folder)
    folder.mkdir()
    old = [
        f'{{"sequence":{n},"seal":"{seal}","signature":"{checkpoints._signature("checkpoint", n, seal, 1)}"}}'
        for n, seal in rows.items()
        if n != 5  # that version went on where a line failed
    ]
    (folder / "audit-2025-01.jsonl").write_text("\n".join(old) + "\n")
    assert verify_chain().is_intact
    for _ in range(3):
        record("ana", "view")
    report = verify_chain()
    assert report.problems == []
    assert report.checkpoints == 14
    # Going back to the rules of that version is found once more than a few records would be without a line.
    for _ in range(9):
        record("ana", "view")
    for path in folder.iterdir():
        if path.name != "audit-2025-01.jsonl":
            path.unlink()
    assert "genesis" in {problem.kind for problem in verify_chain().problems}


@pytest.mark.parametrize(
    ("connected", "said", "kept"),
    [
        ("10.0.0.9", "192.0.2.7", "10.0.0.9"),
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.7, 127.0.0.1", "192.0.2.7"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_a_proxy_that_the_site_named_says_whom_it_serves(
    settings: LazySettings, connected: str, said: str, kept: str
) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=connected, HTTP_X_FORWARDED_FOR=said)
    assert source_of(request) == connected
    settings.TRUSTED_PROXIES = frozenset({"127.0.0.1"})
    assert source_of(request) == kept
