"""The record can be trusted: every kind of tampering is found, and an honest record never accused."""

import json
import random
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection, transaction

from donovan.audit import chain
from donovan.audit.models import AuditRecord
from donovan.audit.services import AuditUnavailable, record
from donovan.audit.verification import verify_chain

pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int = 8) -> None:
    for number in range(count):
        record(
            "ana", "view", labels=["relief:CUI"], documents=[f"document-{number}"], detail={"page": number}
        )


def kinds() -> set[str]:
    return {problem.kind for problem in verify_chain().problems}


def raw(statement: str, parameters: tuple[object, ...] = ()) -> None:
    """What somebody with the database but without the key can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_an_honest_record_is_intact() -> None:
    write()
    report = verify_chain()
    assert report.is_intact
    assert (report.records, report.checkpoints) == (8, 8)


def test_an_empty_record_is_intact() -> None:
    assert verify_chain().is_intact


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "ben"),
        ("action", "search"),
        ("outcome", "refused"),
        ("source", "10.0.0.9"),
        ("labels", "[]"),
        ("documents", '["another"]'),
        ("detail", '{"page": 99}'),
        ("at", "2020-01-01 00:00:00"),
        ("seal", "0" * 64),
    ],
)
def test_an_edit_of_any_field_is_found(column: str, value: str) -> None:
    write()
    raw(f"UPDATE audit_auditrecord SET {column} = %s WHERE sequence = 4", (value,))
    report = verify_chain()
    assert 4 in {problem.sequence for problem in report.problems}
    assert "altered" in kinds()


@pytest.mark.parametrize("sequence", [1, 4])
def test_a_deletion_is_found(sequence: int) -> None:
    write()
    raw("DELETE FROM audit_auditrecord WHERE sequence = %s", (sequence,))
    assert "missing" in kinds()


def test_a_deletion_that_closes_the_gap_is_found() -> None:
    write()
    raw("DELETE FROM audit_auditrecord WHERE sequence = 4")
    raw("UPDATE audit_auditrecord SET sequence = sequence + 1000 WHERE sequence > 4")
    raw("UPDATE audit_auditrecord SET sequence = sequence - 1001 WHERE sequence > 1000")
    assert "altered" in kinds()


def test_a_reordering_is_found() -> None:
    write()
    raw("UPDATE audit_auditrecord SET sequence = 999 WHERE sequence = 3")
    raw("UPDATE audit_auditrecord SET sequence = 3 WHERE sequence = 5")
    raw("UPDATE audit_auditrecord SET sequence = 5 WHERE sequence = 999")
    assert "altered" in kinds()


def test_an_insertion_is_found() -> None:
    write()
    row = AuditRecord.objects.get(sequence=8)
    row.sequence, row.at = 9, row.at + timedelta(seconds=1)
    row.save(force_insert=True)
    assert "altered" in kinds()


def test_a_cut_end_is_found() -> None:
    write()
    raw("DELETE FROM audit_auditrecord WHERE sequence > 5")
    assert kinds() == {"truncated"}


def test_a_wiped_record_is_found() -> None:
    write()
    raw("DELETE FROM audit_auditrecord")
    assert kinds() == {"truncated"}


def test_a_cut_end_that_the_application_wrote_on_is_found() -> None:
    write()
    raw("DELETE FROM audit_auditrecord WHERE sequence > 5")
    write(6)
    assert "replaced" in kinds()


def test_a_forged_checkpoint_is_found(settings: LazySettings) -> None:
    write()
    (path,) = Path(settings.CHECKPOINT_DIR).glob("*.jsonl")
    lines = path.read_text().splitlines()
    row = json.loads(lines[3])
    lines[3] = json.dumps({**row, "seal": "0" * 64})
    path.write_text("\n".join([*lines, "not a checkpoint"]) + "\n")
    problems = verify_chain().problems
    assert [problem.kind for problem in problems] == ["checkpoint", "checkpoint"]


def test_a_chain_made_with_another_key_is_found(settings: LazySettings) -> None:
    write()
    settings.AUDIT_KEY = "another key"
    assert not verify_chain().is_intact


def test_three_hundred_random_tamperings_are_all_found() -> None:
    """Zero missed in 300 bounds the rate of missed ones below 1 in 100."""
    write(12)
    chance = random.Random(7)
    columns = ("actor", "action", "outcome", "source", "seal", "at")
    honest = list(AuditRecord.objects.order_by("sequence").values())
    missed = 0
    for _ in range(300):
        with transaction.atomic():
            victim = chance.choice(honest)["sequence"]
            kind = chance.choice(("edit", "delete", "cut", "swap"))
            if kind == "edit":
                column = chance.choice(columns)
                value = "2001-01-01 00:00:00" if column == "at" else f"x{chance.randrange(10**9)}"
                raw(f"UPDATE audit_auditrecord SET {column} = %s WHERE sequence = %s", (value, victim))
            elif kind == "delete":
                raw("DELETE FROM audit_auditrecord WHERE sequence = %s", (victim,))
            elif kind == "cut":
                raw("DELETE FROM audit_auditrecord WHERE sequence >= %s", (victim,))
            else:
                other = victim % 12 + 1
                raw("UPDATE audit_auditrecord SET sequence = 9999 WHERE sequence = %s", (victim,))
                raw("UPDATE audit_auditrecord SET sequence = %s WHERE sequence = %s", (victim, other))
                raw("UPDATE audit_auditrecord SET sequence = %s WHERE sequence = 9999", (other,))
            missed += verify_chain().is_intact
            transaction.set_rollback(True)
    assert missed == 0
    assert verify_chain().is_intact


def test_an_action_undone_leaves_neither_record_nor_checkpoint() -> None:
    write(2)
    with pytest.raises(RuntimeError), transaction.atomic():
        record("ana", "upload")
        raise RuntimeError
    write(1)
    report = verify_chain()
    assert report.is_intact
    assert (report.records, report.checkpoints) == (3, 3)


def test_without_a_place_for_checkpoints_nothing_is_recorded_and_nothing_done(settings: LazySettings) -> None:
    settings.CHECKPOINT_DIR = "/proc/no-folder-can-be-made-here"
    with pytest.raises(AuditUnavailable), transaction.atomic():
        AuditRecord.objects.create(sequence=77, at="2026-01-01T00:00:00Z", actor="x", action="x", seal="x")
        record("ana", "upload")
    assert not AuditRecord.objects.exists()


REFUSE = {
    "sqlite": (
        "CREATE TRIGGER no_audit BEFORE INSERT ON audit_auditrecord BEGIN SELECT RAISE(ABORT, 'full'); END",
        "DROP TRIGGER no_audit",
    ),
    "postgresql": (
        "ALTER TABLE audit_auditrecord ADD CONSTRAINT no_audit CHECK (sequence < 0) NOT VALID",
        "ALTER TABLE audit_auditrecord DROP CONSTRAINT no_audit",
    ),
}


def test_a_database_that_refuses_the_row_stops_the_action() -> None:
    refuse, let = REFUSE[connection.vendor]
    raw(refuse)
    try:
        with pytest.raises(AuditUnavailable):
            record("ana", "upload")
    finally:
        raw(let)


def test_writers_at_the_same_time_leave_no_gap() -> None:
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            for _ in range(10):
                record(name, "search")
        except Exception as error:  # kept for the assertion of the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"person-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(AuditRecord.objects.order_by("sequence").values_list("sequence", flat=True)) == list(
        range(1, 41)
    )
    report = verify_chain()
    assert report.is_intact
    assert report.checkpoints == 40


def test_the_last_records_can_be_verified_alone() -> None:
    write()
    raw("UPDATE audit_auditrecord SET actor = 'ben' WHERE sequence = 2")
    assert verify_chain(first=5).is_intact
    assert verify_chain(first=5).records == 4
    assert not verify_chain().is_intact


def test_what_is_recorded_survives_the_way_through_the_database() -> None:
    detail = {
        "seconds": 0.1,
        "big": 1e20,
        "who": {"b", "a"},
        "nested": {1: ["é", None, True]},
        "long": "x" * 999,
    }
    record("ana", "ask", detail=detail)
    row = AuditRecord.objects.get()
    assert row.detail["seconds"] == "0.1"
    assert row.detail["who"] == ["a", "b"]
    assert len(row.detail["long"]) == chain.LONGEST_TEXT
    assert verify_chain().is_intact


def test_the_command_says_whether_the_record_can_be_trusted(capsys: pytest.CaptureFixture[str]) -> None:
    write(3)
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"intact": True, "records": 3, "checkpoints": 3, "problems": []}
    raw("UPDATE audit_auditrecord SET actor = 'ben' WHERE sequence = 2")
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify_audit", stdout=out)
    assert exit_.value.code == 1
    assert "Record 2" in out.getvalue()
