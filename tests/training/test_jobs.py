"""Training jobs: who may, what they keep, and that no kill costs more than a checkpoint."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from donovan.access.models import User
from donovan.audit.models import AuditRecord
from donovan.feedback.datasets.errors import DatasetNotFound
from donovan.feedback.datasets.reading import folder_of, read_split
from donovan.training import jobs, setting_list
from donovan.training.checkpoints import load_last
from donovan.training.errors import NotAllowed, TrainingError, WrongField
from donovan.training.jobs import HISTORY_LENGTH, bounded, run_job
from donovan.training.kinds import KINDS
from donovan.training.models import Candidate, TrainingJob
from donovan.training.services import continue_job, start_job, stop_job
from donovan.training.setting_list import Setting
from donovan.training.targets import said_before
from donovan.training.trainers.classifier import train_classifier
from donovan.training.work import TRAIN
from ingest.work import leases
from ingest.work.errors import LeaseLost
from ingest.work.models import Job
from ingest.work.services import enqueue
from retrieval.classifying import WEIGHTS
from retrieval.model_folders import read_model
from retrieval.serving import current
from tests.support.work import held_by_a_worker, let_lease_run_out
from tests.training.counting import EVERY, STEPS
from tests.training.making import documents, label, make_dataset
from tests.training.relevance_rows import relevance_rows

State = TrainingJob.State
pytestmark = pytest.mark.django_db(transaction=True)


def start(person: User, **more: object) -> TrainingJob:
    return start_job(person, "classifier", "sorted", wakes=False, **more)  # type: ignore[arg-type]


def children() -> list[int]:
    """The processes that train for this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if b"donovan.training.child" in words and int(parent) == os.getpid():
                found.append(int(entry.name))
    return found


def test_only_a_model_owner_starts_stops_and_goes_on(cast: dict[str, User]) -> None:
    make_dataset(cast["mia"], "sorted", documents())
    job = start(cast["mia"])
    for name in ("ana", "ben", "rita", "omar", "ada"):
        with pytest.raises(NotAllowed):
            start(cast[name])
        with pytest.raises(NotAllowed):
            stop_job(cast[name], job.pk)
        with pytest.raises(NotAllowed):
            continue_job(cast[name], job.pk)
    assert TrainingJob.objects.count() == 1


def test_a_data_set_that_one_may_not_read_is_not_there(cast: dict[str, User]) -> None:
    secret = label("SECRET//HARBOR//NOFORN")
    make_dataset(cast["mia"], "sorted", documents(), labels=[secret])
    with pytest.raises(DatasetNotFound):
        User.objects.filter(pk=cast["mia"].pk).update(compartments=[])
        start(User.objects.get(pk=cast["mia"].pk))


def test_a_kind_learns_only_from_its_own_task(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    with pytest.raises(TrainingError, match="learns from examples of relevance"):
        start_job(mia, "retriever", "sorted", wakes=False)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"treshold": 0.5}, "Did you mean “threshold”"),
        ({"epoch": 3}, "It has threshold"),
        ({"threshold": 2}, "must be a number from 0 to 1"),
        ({"threshold": "high"}, "must be a number from 0 to 1"),
        ({"precision": 0.9}, "no setting “precision” for a classifier on this data"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_waits(
    mia: User, chosen: dict[str, object], words: str
) -> None:
    make_dataset(mia, "sorted", documents())
    with pytest.raises(WrongField, match=words):
        start(mia, settings=chosen)
    assert not TrainingJob.objects.exists()


def test_a_training_with_a_setting_that_it_does_not_have_cannot_go_on(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    job = start(mia)
    TrainingJob.objects.filter(pk=job.pk).update(state=State.FAILED, settings={"epoch": 3})
    with pytest.raises(TrainingError, match="Start a new training instead"):
        continue_job(mia, job.pk)


def test_without_a_kind_it_is_the_one_that_learns_from_such_data(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    assert start_job(mia, "", "sorted", wakes=False).kind == "classifier"


def test_starting_is_on_the_record_with_data_seed_and_labels(mia: User) -> None:
    version = make_dataset(mia, "sorted", documents())
    job = start(mia, seed=7)

    said = AuditRecord.objects.filter(action="training").get()
    assert (said.actor, said.labels, said.detail["seed"]) == ("mia", version.labels, 7)
    assert job.dataset_named == "mia/sorted@1"
    assert (job.dataset_digest, job.marking, job.role) == (version.digest, "UNCLASSIFIED", "triage")
    assert job.code_version


def test_a_waiting_job_stops_at_once_and_goes_on_when_asked(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    job = start(mia)

    assert stop_job(mia, job.pk).state == State.STOPPED
    assert run_job(job.pk) is None
    with pytest.raises(TrainingError, match="nothing to stop"):
        stop_job(mia, job.pk)
    assert continue_job(mia, job.pk, wakes=False).state == State.WAITING


def test_a_lease_that_ran_out_is_taken_up_and_a_living_one_is_not(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    job = start(mia)
    first = held_by_a_worker(TRAIN, job.pk)
    assert run_job(job.pk) is None

    let_lease_run_out(first.job)
    second = held_by_a_worker(TRAIN, job.pk)

    assert second.token != first.token
    with pytest.raises(LeaseLost):
        first.checkpoint()


def test_a_job_that_never_reaches_a_checkpoint_is_given_up(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    job = start(mia)
    for _ in range(TRAIN.attempts):
        let_lease_run_out(held_by_a_worker(TRAIN, job.pk).job)

    assert run_job(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.notice) == (State.FAILED, TRAIN.given_up)
    assert AuditRecord.objects.filter(action="training", outcome="failed").exists()


def test_the_history_of_the_loss_is_bounded_and_keeps_both_ends() -> None:
    history: list[list[float]] = []
    for step in range(5000):
        history = bounded([*history, [step, 1.0]])

    assert len(history) <= HISTORY_LENGTH
    assert (history[0][0], history[-1][0]) == (0, 4999)


def test_a_changed_data_set_is_refused_before_anything_is_trained(mia: User) -> None:
    version = make_dataset(mia, "sorted", documents())
    job = start(mia)
    (folder_of(version) / "train.jsonl").write_text("{}\n")

    done = run_job(job.pk)

    assert done is not None and done.state == State.FAILED
    assert "was changed after it was made" in done.notice


@pytest.fixture
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = replace(KINDS["classifier"], trainer="tests.training.counting:train_counting")
    monkeypatch.setitem(jobs.KINDS, "classifier", quick)
    pause = Setting("pause", 0.02, "seconds", 0, 1)
    monkeypatch.setattr(setting_list, "SETTINGS", {"classifier": (pause,)})
    monkeypatch.setattr(leases, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "_TELL_SECONDS", 0.0)


def weights(job: TrainingJob) -> bytes:
    return load_file(job.candidate.folder / "counting.safetensors")["weights"].tobytes()


@pytest.mark.usefixtures("_counting")
def test_killed_again_and_again_it_loses_at_most_one_checkpoint_and_ends_the_same(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    whole = run_job(start(mia, seed=3).pk)
    job = start(mia, seed=3, settings={"pause": 0.021})
    kept = 0
    for moment in (3, 11, 24, 25, 47):
        steps: list[int] = []

        def kill(told: TrainingJob, moment: int = moment, steps: list[int] = steps) -> None:
            steps.append(told.step)
            if told.step >= moment:
                for pid in children():
                    os.kill(pid, signal.SIGKILL)

        left = run_job(job.pk, on_progress=kill)
        assert left is not None and left.state == State.WAITING and "ended early" in left.notice
        assert steps[0] == kept + 1, "it went on from the last checkpoint"
        job.refresh_from_db()
        kept = steps[-1] // EVERY * EVERY
        assert (job.checkpoint or 0) >= kept - EVERY
        last = load_last(job.work)
        kept = last.step if last is not None else 0
        assert steps[-1] - kept < EVERY + 1
    assert not Candidate.objects.filter(job=job).exists()

    done = run_job(job.pk)

    assert whole is not None and done is not None and done.state == State.DONE
    assert weights(done) == weights(whole)
    assert [step for step, _loss in done.history][-1] == STEPS
    assert not children()
    assert current("triage") is None


@pytest.mark.usefixtures("_counting")
def test_a_running_training_stops_at_its_next_checkpoint_and_goes_on(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    job = start(mia)

    def stop(told: TrainingJob) -> None:
        if told.step == 12 and TrainingJob.objects.get(pk=job.pk).state == State.RUNNING:
            stop_job(mia, job.pk)

    stopped = run_job(job.pk, on_progress=stop)
    assert stopped is not None and stopped.state == State.STOPPED
    assert stopped.checkpoint and 15 <= stopped.checkpoint < STEPS

    continue_job(mia, job.pk, wakes=False)
    done = run_job(job.pk)
    assert done is not None and done.state == State.DONE


@pytest.mark.usefixtures("_counting")
def test_a_worker_that_lost_its_job_kills_its_training(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    job = start(mia)

    def lose(told: TrainingJob) -> None:
        Job.objects.filter(subject=job.pk).update(token="another worker")

    left = run_job(job.pk, on_progress=lose)

    assert left is not None and left.state == State.RUNNING
    assert not children()
    assert not Candidate.objects.exists()


@pytest.mark.usefixtures("_counting")
def test_a_model_that_was_written_before_its_worker_died_is_not_trained_again(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    done = run_job(start(mia).pk)
    assert done is not None
    Candidate.objects.all().delete()
    enqueue(TRAIN, done.pk)
    let_lease_run_out(held_by_a_worker(TRAIN, done.pk).job)

    again = run_job(done.pk, on_progress=lambda _: pytest.fail("it was trained again"))

    assert again is not None and again.state == State.DONE
    assert Candidate.objects.get().digest == read_model(again.candidate.folder).digest


@pytest.mark.slow
def test_the_real_trainer_in_its_process_gives_what_it_gives_here(mia: User, tmp_path: Path) -> None:
    version = make_dataset(mia, "sorted", documents())
    done = run_job(start(mia, seed=3).pk)

    assert done is not None and done.state == State.DONE
    rows = [list(read_split(version, split)) for split in ("train", "dev")]
    result = train_classifier(
        *rows,
        work=tmp_path / "alone",
        settings={},
        seed=3,
        on_progress=lambda _: None,
        is_stopped=lambda: False,
    )
    result.fill(tmp_path)
    here = {name: array.tobytes() for name, array in load_file(tmp_path / WEIGHTS).items()}
    there = load_file(done.candidate.folder / WEIGHTS)
    assert {name: array.tobytes() for name, array in there.items()} == here
    model = read_model(done.candidate.folder, done.candidate.digest)
    assert model.facts["dataset_digest"] == version.digest
    assert {"base_digest", "code_version", "seed", "labels", "marking", "trained_by"} <= set(model.facts)
    assert done.metrics["dev_accuracy"] > 0.9


def test_what_the_test_split_can_show_is_said_before_anything_is_trained(mia: User) -> None:
    make_dataset(mia, "sorted", documents())
    assert "6 test documents: too few to prove a gain" in said_before(mia, "classifier", "sorted")
    rows = relevance_rows("train", of=slice(0, 8))
    few = make_dataset(mia, "town", [*rows, *relevance_rows("test", of=slice(8, 20))])
    assert "12 test questions: too few" in said_before(mia, "retriever", f"{few}")
    many = [
        {**one, "id": f"{at}-{one['id']}", "input": one["input"] | {"question": f"{at} {one['id']}"}}
        for at in range(20)
        for one in relevance_rows("test")
    ]
    enough = make_dataset(mia, "city", [*rows, *many])
    assert "show a gain of about 0.0" in said_before(mia, "retriever", f"{enough}")


def test_an_adapter_from_one_row_is_refused_before_it_starts(mia: User) -> None:
    row = {
        "id": "one",
        "task": "answer",
        "input": {"question": "When?", "context": ["On 4 May."], "draft": "In May."},
        "value": {"answer": "On 4 May."},
        "split": "train",
        "group": "one",
    }
    make_dataset(mia, "single", [row])
    with pytest.raises(WrongField, match="1 training row can teach"):
        start_job(mia, "llm", "single", wakes=False)
    assert not TrainingJob.objects.exists()
