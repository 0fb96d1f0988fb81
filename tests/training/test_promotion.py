"""Promotion and rollback move a pointer and nothing else, for the right people, on the record."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from donovan.access.models import User
from donovan.assistant.made_by import models_in_use
from donovan.audit.models import AuditRecord
from donovan.feedback.datasets.models import DatasetVersion
from donovan.training.approvals import say
from donovan.training.errors import NotAllowed, TrainingError
from donovan.training.gate import ask_gate
from donovan.training.models import Candidate, Move
from donovan.training.promotion import previous, promote, roll_back
from retrieval.serving import current, pointer_key
from tests.training.making import BETTER, claims, made_candidate, make_dataset, measured

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(mia: User) -> DatasetVersion:
    return make_dataset(mia, "claims", claims())


def approved(mia: User, rita: User, version: DatasetVersion, name: str, gain: float = 0.1) -> Candidate:
    """A candidate that was measured against what serves now, passes, and has both approvals."""
    candidate = made_candidate(mia, version, name)
    measured(candidate, mia, {"target": {"": gain}})
    report = ask_gate(mia, candidate.pk)
    for person in (mia, rita):
        say(person, candidate.pk, report.digest, is_yes=True)
    return candidate


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_only_a_model_owner_promotes_and_rolls_back(cast: dict[str, User], version: DatasetVersion) -> None:
    candidate = approved(cast["mia"], cast["rita"], version, "first")
    for name in ("ana", "ben", "rita", "omar", "ada"):
        with pytest.raises(NotAllowed):
            promote(cast[name], candidate.pk)
        with pytest.raises(NotAllowed):
            roll_back(cast[name], "verifier")
    assert current("verifier") is None


def test_promotion_and_rollback_move_only_the_pointer(
    mia: User, rita: User, version: DatasetVersion, settings: object
) -> None:
    first = approved(mia, rita, version, "first")
    folder = first.folder.parent
    before = files_of(folder)

    move = promote(mia, first.pk)
    assert (move.served.name, move.served.digest) == ("first", first.digest)
    assert models_in_use()["verifier"] == f"first@{first.digest[:12]}"
    first.refresh_from_db()
    assert first.state == Candidate.State.PROMOTED

    second = approved(mia, rita, version, "second", 0.2)
    promote(mia, second.pk)
    first.refresh_from_db()
    assert first.state == Candidate.State.RETIRED
    both = files_of(folder)

    roll_back(mia, "verifier")
    assert pointer_key("verifier") == f"first@{first.digest}"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (Candidate.State.PROMOTED, Candidate.State.RETIRED)

    roll_back(mia, "verifier")
    assert pointer_key("verifier") == ""
    with pytest.raises(TrainingError, match="nothing to go back to"):
        roll_back(mia, "verifier")
    assert files_of(folder) == both and before.items() <= both.items()


def test_one_click_past_all_to_the_base(mia: User, rita: User, version: DatasetVersion) -> None:
    for name, gain in (("first", 0.1), ("second", 0.2)):
        promote(mia, approved(mia, rita, version, name, gain).pk)
    roll_back(mia, "verifier", to_base=True)
    assert pointer_key("verifier") == ""
    with pytest.raises(TrainingError):
        previous("verifier")


def test_each_move_is_on_the_record_with_both_models_and_the_report(
    mia: User, rita: User, version: DatasetVersion
) -> None:
    candidate = approved(mia, rita, version, "first")
    move = promote(mia, candidate.pk)
    said = AuditRecord.objects.filter(action="promotion").order_by("sequence").last()

    assert said is not None
    assert (said.actor, said.labels) == ("mia", candidate.labels)
    assert said.detail["change"] == "promotion"
    assert said.detail["digest"] == candidate.digest
    assert said.detail["report"] == move.report_digest == candidate.gate_reports.get().digest


def test_it_is_refused_without_two_approvals_after_a_no_or_when_tampered_with(
    mia: User, rita: User, version: DatasetVersion
) -> None:
    candidate = made_candidate(mia, version, "one")
    measured(candidate, mia, BETTER)
    report = ask_gate(mia, candidate.pk)
    say(mia, candidate.pk, report.digest, is_yes=True)
    with pytest.raises(TrainingError, match="Two different people must approve"):
        promote(mia, candidate.pk)

    say(rita, candidate.pk, report.digest, is_yes=False, remark="Too few scans.")
    with pytest.raises(TrainingError, match="Too few scans"):
        promote(mia, candidate.pk)

    say(rita, candidate.pk, report.digest, is_yes=True)
    (candidate.folder / "weights.json").write_text('"other"')
    with pytest.raises(TrainingError, match=r"weights\.json was changed"):
        promote(mia, candidate.pk)
    assert current("verifier") is None and not Move.objects.exists()


def test_an_approver_who_left_does_not_count(mia: User, rita: User, version: DatasetVersion) -> None:
    candidate = approved(mia, rita, version, "first")
    rita.is_active = False
    rita.save()
    with pytest.raises(TrainingError, match="Two different people"):
        promote(mia, candidate.pk)


def test_a_candidate_is_held_against_what_serves_now_whatever_it_was_approved_against(
    mia: User, rita: User, version: DatasetVersion
) -> None:
    early = approved(mia, rita, version, "early")
    promote(mia, approved(mia, rita, version, "later", 0.15).pk)
    with pytest.raises(TrainingError, match="not better by more than noise"):
        promote(mia, early.pk)


def command(*words: str) -> dict[str, object]:
    out = StringIO()
    call_command(*words, "--json", stdout=out, stderr=StringIO())
    return dict(json.loads(out.getvalue()))


def test_the_commands_speak_json_and_end_with_1_and_2(mia: User, rita: User, version: DatasetVersion) -> None:
    candidate = made_candidate(mia, version, "first")
    measured(candidate, mia, BETTER)

    assert command("promote", "first", "--as", "mia", "--check")["gate"]["passed"] is True  # type: ignore[index]
    assert command("promote", "first", "--as", "mia", "--approve")["approved_by"] == ["mia"]
    with pytest.raises(CommandError, match="Two different people") as refused:
        command("promote", "first", "--as", "mia")
    assert refused.value.returncode == 1
    assert command("promote", "verifier/first", "--as", "rita", "--approve")["state"] == "approved"
    assert command("promote", str(candidate.pk), "--as", "mia")["serves"] is True
    assert command("rollback", "verifier", "--as", "mia") == {
        "role": "verifier",
        "serves": "base",
        "digest": "",
        "was": "first",
    }
    for words in (("promote", "none", "--as", "mia"), ("promote", "first", "--as", "ana")):
        with pytest.raises(CommandError) as wrong:
            command(*words)
        assert wrong.value.returncode == 2
    with pytest.raises(CommandError) as nothing:
        command("rollback", "verifier", "--as", "mia")
    assert nothing.value.returncode == 1


def test_asking_the_gate_ends_with_1_where_it_refuses(mia: User, version: DatasetVersion) -> None:
    made_candidate(mia, version, "unmeasured")
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("promote", "unmeasured", "--as", "mia", "--check", "--json", stdout=out)
    assert refused.value.returncode == 1
    assert json.loads(out.getvalue())["gate"]["passed"] is False
