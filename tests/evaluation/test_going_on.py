"""A run that is stopped, that fails or whose worker dies goes on: what was measured stays measured."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from donovan.access.models import User
from donovan.evaluation import kept_items, performing, runs
from donovan.evaluation.errors import EvaluationRefused, SuiteInterrupted, SuiteStopped, UnusableData
from donovan.evaluation.kept_items import KeptItems
from donovan.evaluation.measuring import WENT_ON, Item, Kept
from donovan.evaluation.models import SuiteRun
from donovan.evaluation.subjects import Subject, subject_of
from ingest.work.leases import Held
from ingest.work.models import Job
from tests.support.work import let_leases_run_out

Ending = Callable[[int], None]


@pytest.fixture(autouse=True)
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.SCRATCH_DIR = tmp_path / "scratch"


def kept(name: str, score: float = 0.5) -> dict[str, Any]:
    return kept_items.as_json(Kept(f"asked {name}", Item(name, {"ndcg": score}, {"language": "en"})))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The items that a process measured, in place of which stands one that is ended after the second."""
    found: list[str] = []

    def measured(request: Mapping[str, Any], _subject: Subject, **told: Any) -> dict[str, Any]:
        items = []
        for number, name in enumerate(("q1", "q2", "q3", "q4")):
            if name not in request["known"]:
                if number == 2 and not request["known"]:
                    ENDINGS.pop()()
                found.append(name)
                told["keep"](kept(name))
            items.append(kept(name)["item"])
        facts = {WENT_ON: len(request["known"])} if request["known"] else {}
        return {"items": items, "material": "same", "unmeasured": [], "facts": facts}

    monkeypatch.setattr(performing, "measure_apart", measured)
    return found


def raising(error: BaseException) -> Callable[[], None]:
    def end() -> None:
        raise error

    return end


ENDINGS: list[Callable[[], None]] = []


def test_a_run_that_was_stopped_goes_on_after_what_it_had_measured(mia: User, asked: list[str]) -> None:
    ENDINGS.append(raising(SuiteStopped()))
    run = runs.run_suite("retrieval", subject_of(["base"]), user=mia)
    assert (run.state, asked) == (SuiteRun.State.STOPPED, ["q1", "q2"])
    assert kept_items.count(run.pk) == 2
    runs.go_on(run, user=mia)
    runs.perform(run.pk)
    run.refresh_from_db()
    assert (run.state, run.notice, asked) == (SuiteRun.State.DONE, "", ["q1", "q2", "q3", "q4"])
    assert run.scores.count() == 4
    assert run.facts[WENT_ON] == 2
    # Nothing of it is left beside the database.
    assert list(Path(KeptItems(run)._path).parent.iterdir()) == []


def test_so_does_one_that_failed_and_one_whose_worker_died(mia: User, rita: User, asked: list[str]) -> None:
    ENDINGS.append(raising(UnusableData("The disk is full.")))
    failed = runs.run_suite("retrieval", subject_of(["base"]), user=mia)
    assert failed.notice == "The disk is full."
    assert runs.go_on_now(failed, user=rita).state == SuiteRun.State.DONE
    ENDINGS.append(raising(SystemExit()))
    with pytest.raises(SystemExit):
        runs.run_suite("retrieval", subject_of(["base"]), user=mia)
    killed = SuiteRun.objects.get(state=SuiteRun.State.RUNNING)
    with pytest.raises(UnusableData, match="stopped or that failed"):
        runs.go_on_now(killed, user=mia)
    Job.objects.filter(subject=killed.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    asked.clear()
    assert runs.go_on_now(killed, user=mia).state == SuiteRun.State.DONE
    assert asked == ["q3", "q4"]


def test_a_person_at_the_keyboard_stops_it_and_is_told_which_run_it_was(mia: User, asked: list[str]) -> None:
    ENDINGS.append(raising(KeyboardInterrupt()))
    with pytest.raises(SuiteInterrupted) as raised:
        runs.run_suite("retrieval", subject_of(["base"]), user=mia)
    run = SuiteRun.objects.get()
    assert run.pk == raised.value.run_id
    assert run.state == SuiteRun.State.STOPPED
    assert Job.objects.get(subject=run.pk).state == Job.State.STOPPED


def test_who_may_not_run_it_does_not_go_on_with_it_and_what_is_done_does_not_go_on(
    mia: User, ana: User, asked: list[str]
) -> None:
    ENDINGS.append(raising(SuiteStopped()))
    run = runs.run_suite("retrieval", subject_of(["base"]), user=mia)
    with pytest.raises(EvaluationRefused):
        runs.go_on(run, user=ana)
    done = runs.go_on_now(run, user=mia)
    assert not runs.may_go_on(mia, done)
    with pytest.raises(UnusableData, match="stopped or that failed"):
        runs.go_on(done, user=mia)


def test_other_code_or_another_model_begins_anew(
    mia: User, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    run = runs.request_run("retrieval", subject_of(["base"]), user=mia)
    KeptItems(run).add(kept("q1"))
    assert set(KeptItems(run).read()) == {"q1"}
    settings.LLM_DIGEST = "another"
    assert KeptItems(run).read() == {}
    assert kept_items.count(run.pk) == 0
    KeptItems(run).add(kept("q1"))
    monkeypatch.setattr(kept_items, "code_digest", lambda: "another")
    assert KeptItems(run).read() == {}


def test_it_goes_on_with_the_folder_of_larger_sets_that_it_began_with(mia: User, tmp_path: Path) -> None:
    run = runs.request_run("retrieval", subject_of(["base"]), user=mia)
    assert KeptItems(run).data is None
    KeptItems(run, tmp_path).add(kept("q1"))
    assert KeptItems(run).data == tmp_path
    assert KeptItems(run, tmp_path / "another").data == tmp_path / "another"


def test_the_file_is_for_this_account_and_a_line_that_was_cut_off_is_measured_again(mia: User) -> None:
    run = runs.request_run("retrieval", subject_of(["base"]), user=mia)
    KeptItems(run).add(kept("q1"))
    KeptItems(run).add(kept("q2", 1.0))
    path = KeptItems(run)._path
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text(encoding="utf-8") + json.dumps(kept("q3"))[:40], encoding="utf-8")
    found = KeptItems(run).read()
    assert {name: said["item"]["scores"]["ndcg"] for name, said in found.items()} == {"q1": 0.5, "q2": 1.0}


@pytest.mark.long
def test_a_real_run_that_goes_on_gives_the_figures_of_one_that_never_stopped(mia: User) -> None:
    whole = runs.run_suite("verification", subject_of(["base"]), user=mia, limit=4)
    told: list[str] = []
    stopped = runs.run_suite(
        "verification",
        subject_of(["base"]),
        user=mia,
        limit=4,
        on_progress=lambda _done, _total, words: told.append(words),
        is_stopped=lambda: any("reports-es" in words for words in told),
    )
    assert stopped.state == SuiteRun.State.STOPPED
    done = runs.go_on_now(stopped, user=mia)
    assert done.state == SuiteRun.State.DONE, done.notice
    assert done.facts[WENT_ON] > 4
    assert (done.figures, done.material) == (whole.figures, whole.material)


def test_a_run_whose_worker_dies_is_done_by_whoever_waits_for_it(
    mia: User, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was waited for only, for ever where nobody else was there to do it."""
    acquire, quicker = runs.acquire, []

    def beaten(job_id: uuid.UUID, **given: Any) -> Held | None:
        held = acquire(job_id, **given)
        if not quicker:
            quicker.append(held)
            return None
        return held

    monkeypatch.setattr(runs, "acquire", beaten)
    monkeypatch.setattr(runs.time, "sleep", lambda _seconds: let_leases_run_out())
    ENDINGS.append(lambda: None)
    assert runs.run_suite("retrieval", subject_of(["base"]), user=mia).state == SuiteRun.State.DONE
    assert asked == ["q1", "q2", "q3", "q4"]
