"""The gate: every way of not being good enough is refused with its own reason; two people must say yes."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from donovan.access.models import Membership, User
from donovan.access.scope import scope_for
from donovan.audit.models import AuditRecord
from donovan.evaluation.models import ItemScore, SuiteRun
from donovan.feedback.datasets.models import DatasetVersion
from donovan.feedback.datasets.reading import folder_of
from donovan.training.approvals import approvers, say
from donovan.training.errors import NotAllowed, TrainingError
from donovan.training.gate import ask_gate
from donovan.training.models import Candidate, GateReport
from donovan.training.permissions import readable_candidates
from donovan.training.targets import target_for
from ingest.models import Blob, Document, Status
from retrieval.model_folders import read_model
from retrieval.serving import point
from tests.training.making import BETTER, claims, label, made_candidate, make_dataset, measured

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(mia: User) -> DatasetVersion:
    return make_dataset(mia, "claims", claims())


@pytest.fixture
def candidate(mia: User, version: DatasetVersion) -> Candidate:
    return made_candidate(mia, version, "good")


def failed(report: GateReport) -> dict[str, str]:
    return {check["key"]: check["reason"] for check in report.content["checks"] if not check["is_passed"]}


def test_an_honest_better_one_passes(mia: User, candidate: Candidate) -> None:
    measured(candidate, mia, BETTER)

    report = ask_gate(mia, candidate.pk)

    assert failed(report) == {}
    assert report.is_passed
    assert set(report.content["comparisons"]) == {
        target_for(candidate).suite,
        *("verification", "answers", "refusals", "summaries", "red-team"),
    }


def test_what_was_not_measured_is_named(mia: User, candidate: Candidate) -> None:
    reasons = failed(ask_gate(mia, candidate.pk))
    assert "verification on the candidate and what serves now" in reasons["runs"]
    assert "target" in reasons and "losses:red-team" in reasons


def test_one_that_is_worse_in_one_language_only_is_refused_for_that_language(
    mia: User, candidate: Candidate
) -> None:
    measured(candidate, mia, {**BETTER, "answers": {"es": -0.2, "": 0.2}})

    reasons = failed(ask_gate(mia, candidate.pk))

    assert list(reasons) == ["losses:answers"]
    assert "language es" in reasons["losses:answers"]


def test_a_good_mean_does_not_hide_a_bad_language_of_the_target(mia: User, candidate: Candidate) -> None:
    measured(candidate, mia, {"target": {"ru": -0.1, "": 0.3}})
    reasons = failed(ask_gate(mia, candidate.pk))
    lost = f"losses:{target_for(candidate).suite}"
    assert list(reasons) == [lost]
    assert "language ru" in reasons[lost]


def test_one_that_is_no_better_than_noise_is_refused(mia: User, candidate: Candidate) -> None:
    measured(candidate, mia, {})
    reasons = failed(ask_gate(mia, candidate.pk))
    assert list(reasons) == ["target"]
    assert "not better by more than noise" in reasons["target"]


def test_a_tampered_file_is_refused(mia: User, candidate: Candidate) -> None:
    measured(candidate, mia, BETTER)
    (candidate.folder / "weights.json").write_text('"bad"')
    assert "weights.json was changed after it was written" in failed(ask_gate(mia, candidate.pk))["folder"]


def test_a_leak_between_splits_is_refused(mia: User) -> None:
    rows = claims()
    rows.append({**rows[0], "id": "leak", "split": "test", "group": "elsewhere"})
    leaky = made_candidate(mia, make_dataset(mia, "leaky", rows), "leaky")
    measured(leaky, mia, BETTER)

    reasons = failed(ask_gate(mia, leaky.pk))

    assert list(reasons) == ["splits"]
    assert "leak" in reasons["splits"] and "lie in different splits" in reasons["splits"]


def test_a_changed_data_set_is_refused(mia: User, candidate: Candidate, version: DatasetVersion) -> None:
    measured(candidate, mia, BETTER)
    with (folder_of(version) / "test.jsonl").open("a") as stream:
        stream.write("{}\n")
    assert "was changed after it was made" in failed(ask_gate(mia, candidate.pk))["dataset"]


def test_other_data_than_it_says_is_refused(mia: User, version: DatasetVersion) -> None:
    liar = made_candidate(mia, version, "liar", dataset_digest="0" * 64)
    assert "is not the data" in failed(ask_gate(mia, liar.pk))["dataset"]


def test_another_embedder_than_the_one_in_use_is_refused(mia: User, version: DatasetVersion) -> None:
    other = made_candidate(mia, version, "other", embedder="nine@000000000000")
    assert "trained with the embedder nine@000000000000" in failed(ask_gate(mia, other.pk))["base"]


def test_data_that_somebody_it_serves_may_not_read_is_refused(mia: User) -> None:
    secret = made_candidate(
        mia, make_dataset(mia, "secret", claims(), labels=[label("SECRET//NOFORN")]), "secret"
    )
    measured(secret, mia, BETTER)

    reasons = failed(ask_gate(mia, secret.pk))

    assert list(reasons) == ["readers"]
    assert "may not read all of its training data" in reasons["readers"]
    assert "2 of the 5 people" in reasons["readers"]


def test_a_candidate_rises_with_a_document_that_it_learnt_from(mia: User, rita: User) -> None:
    document = Document.objects.create(
        blob=Blob.objects.create(digest="d" * 64, size=1),
        label=label(),
        name="1.txt",
        title="Report",
        status=Status.READY,
    )
    version = make_dataset(mia, "risen", [one | {"document": str(document.pk)} for one in claims()])
    candidate = made_candidate(mia, version, "risen")
    measured(candidate, mia, BETTER)
    assert "readers" not in failed(ask_gate(mia, candidate.pk))

    document.label = label("SECRET//NOFORN")
    document.save()

    assert "(SECRET//NOFORN)" in failed(ask_gate(mia, candidate.pk))["readers"]
    Membership.objects.filter(user=rita).delete()
    assert list(readable_candidates(scope_for(rita))) == []


def test_runs_that_are_old_or_partial_or_of_another_model_do_not_count(
    mia: User, candidate: Candidate
) -> None:
    measured(candidate, mia, BETTER)
    runs = SuiteRun.objects.filter(suite="answers")
    for change in (
        {"finished_at": timezone.now() - timedelta(days=90)},
        {"limit": 3},
        {"subject_digest": "x"},
    ):
        before = {run.pk: run for run in runs}
        runs.update(**change)
        assert "answers" in failed(ask_gate(mia, candidate.pk))["runs"]
        for run in before.values():
            run.save()
    assert failed(ask_gate(mia, candidate.pk)) == {}


def test_the_same_findings_are_one_report_and_others_another(
    mia: User, rita: User, candidate: Candidate
) -> None:
    measured(candidate, mia, BETTER)
    first, second = ask_gate(mia, candidate.pk), ask_gate(rita, candidate.pk)
    assert first.pk == second.pk

    SuiteRun.objects.filter(suite="answers").delete()
    third = ask_gate(mia, candidate.pk)
    assert third.digest != first.digest and not third.is_passed
    said = AuditRecord.objects.filter(action="promotion").order_by("sequence").last()
    assert said is not None
    assert (said.outcome, said.labels) == ("refused", candidate.labels)
    assert "runs" in json.dumps(said.detail)


def test_only_model_owners_and_reviewers_ask_and_say(cast: dict[str, User], candidate: Candidate) -> None:
    for name in ("ana", "ben", "omar", "ada"):
        with pytest.raises(NotAllowed):
            ask_gate(cast[name], candidate.pk)
        with pytest.raises(NotAllowed):
            say(cast[name], candidate.pk, "", is_yes=True)


def test_a_candidate_that_one_may_not_read_is_not_there(mia: User, rita: User) -> None:
    hidden = made_candidate(
        mia, make_dataset(mia, "hidden", claims(), labels=[label("SECRET//HARBOR//NOFORN")]), "hidden"
    )
    Membership.objects.filter(user=rita).delete()
    with pytest.raises(TrainingError, match="There is no such candidate"):
        ask_gate(rita, hidden.pk)


def test_two_different_people_approve_and_one_person_twice_is_one(
    mia: User, rita: User, candidate: Candidate
) -> None:
    measured(candidate, mia, BETTER)
    report = ask_gate(mia, candidate.pk)

    say(mia, candidate.pk, report.digest, is_yes=True)
    say(mia, candidate.pk, report.digest, is_yes=True)
    assert approvers(candidate, report) == [mia]
    candidate.refresh_from_db()
    assert candidate.state == Candidate.State.CANDIDATE

    say(rita, candidate.pk, report.digest, is_yes=True)
    candidate.refresh_from_db()
    assert candidate.state == Candidate.State.APPROVED


def test_an_approval_means_nothing_for_another_report(mia: User, rita: User, candidate: Candidate) -> None:
    measured(candidate, mia, BETTER)
    report = ask_gate(mia, candidate.pk)
    say(rita, candidate.pk, report.digest, is_yes=True)
    SuiteRun.objects.filter(suite="answers").delete()
    changed = ask_gate(mia, candidate.pk)

    assert approvers(candidate, changed) == []
    with pytest.raises(TrainingError, match="something else since"):
        say(mia, candidate.pk, report.digest, is_yes=True)
    with pytest.raises(TrainingError, match="refuses this candidate"):
        say(mia, candidate.pk, changed.digest, is_yes=True)


def test_a_refusal_needs_a_reason_and_counts_more_than_approvals(
    mia: User, rita: User, candidate: Candidate
) -> None:
    measured(candidate, mia, BETTER)
    report = ask_gate(mia, candidate.pk)
    with pytest.raises(TrainingError, match="Say why"):
        say(rita, candidate.pk, report.digest, is_yes=False)
    say(rita, candidate.pk, report.digest, is_yes=False, remark="The slice of scans is too small.")
    candidate.refresh_from_db()
    assert (candidate.state, candidate.remark) == (
        Candidate.State.REFUSED,
        "The slice of scans is too small.",
    )


def test_a_model_that_comes_to_serve_in_another_role_makes_nothing_void(
    mia: User, candidate: Candidate
) -> None:
    measured(candidate, mia, BETTER)
    before = ask_gate(mia, candidate.pk)
    other = made_candidate(mia, make_dataset(mia, "bulletins", claims()), "bulletins", role="triage")
    point("triage", read_model(other.folder))
    after = ask_gate(mia, candidate.pk)
    assert after.is_passed and after.digest == before.digest


def test_what_did_not_get_worse_says_how_large_a_loss_would_have_been_seen(
    mia: User, candidate: Candidate
) -> None:
    measured(candidate, mia, BETTER)
    checks = {check["key"]: check["reason"] for check in ask_gate(mia, candidate.pk).content["checks"]}
    assert (
        "A loss would have been seen from: over all 0.09 (45 items), English 0.33 (15)"
        in checks["losses:answers"]
    )


def test_of_too_few_test_items_a_gain_proves_nothing(mia: User, candidate: Candidate) -> None:
    measured(candidate, mia, BETTER)
    ItemScore.objects.filter(run__suite=target_for(candidate).suite, item__gte="3").delete()
    reason = failed(ask_gate(mia, candidate.pk))["target"]
    assert "Fewer than 30 items prove nothing" in reason
