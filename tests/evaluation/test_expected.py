"""How long a run takes is said before it begins, by what was measured here and may be read."""

import itertools

import pytest

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import User
from donovan.evaluation import expected as expecting
from donovan.evaluation.catalogue import QUICK_MINUTES, SUITES
from donovan.evaluation.expected import QUESTION_SECONDS, REFERENCE, START_SECONDS, expected, recent_runs
from donovan.evaluation.measuring import FULL, QUICK, WENT_ON
from donovan.evaluation.models import SuiteRun
from tests.evaluation.conftest import MakeRun


@pytest.fixture(autouse=True)
def _no_larger_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "data_folder", lambda: None)


def took(run: SuiteRun, seconds: float, **facts: object) -> SuiteRun:
    run.seconds, run.facts = seconds, facts
    run.save()
    return run


def test_there_is_a_reference_for_every_suite_and_quick_keeps_its_promise() -> None:
    sizes = set(itertools.product((QUICK, FULL), (False, True)))
    assert set(REFERENCE) == set(SUITES)
    for suite, seconds in REFERENCE.items():
        assert set(seconds) == sizes, suite
        assert max(seconds[QUICK, False], seconds[QUICK, True]) <= 60 * QUICK_MINUTES, suite


def test_the_last_run_of_the_same_kind_says_it(mia: User, make_run: MakeRun) -> None:
    took(make_run({"q1": 1.0}), 30.0)
    took(make_run({"q1": 1.0}), 40.0)
    # These measured something else, or began in the middle.
    took(make_run({"q1": 1.0}), 2.0, **{WENT_ON: 100})
    took(make_run({"q1": 1.0}), 900.0, has_larger_sets=True)
    SuiteRun.objects.filter(pk=took(make_run({"q1": 1.0}), 1.0).pk).update(limit=3)
    assert expected("retrieval", QUICK, recent_runs(mia)).words == "about 40 s, as the last time"


def test_a_suite_that_never_ran_is_expected_by_how_fast_others_were(mia: User, make_run: MakeRun) -> None:
    before = expected("answers", FULL, recent_runs(mia))
    assert before.seconds == REFERENCE["answers"][FULL, False]
    assert "none has run here yet" in before.words
    assert expected("answers", FULL, [], limit=3).words.startswith("at most ")
    took(make_run({"q1": 1.0}), 3 * REFERENCE["retrieval"][QUICK, False])
    after = expected("answers", FULL, recent_runs(mia))
    assert after.seconds == pytest.approx(3 * before.seconds)
    assert "by how fast other suites ran here" in after.words
    own = expected("own:bridges", FULL, recent_runs(mia), questions=10)
    assert own.seconds == pytest.approx(3 * (START_SECONDS + 10 * QUESTION_SECONDS))


def test_a_run_that_may_not_be_read_says_nothing(mia: User, rita: User, make_run: MakeRun) -> None:
    secret = label_for("relief", parse_marking("SECRET//HARBOR//NOFORN"))
    took(make_run({"q1": 1.0}, suite="own:bridges", metric="gold", labels={"q1": [secret]}), 4000.0)
    assert "as the last time" in expected("own:bridges", QUICK, recent_runs(mia), questions=1).words
    assert "as the last time" not in expected("own:bridges", QUICK, recent_runs(rita), questions=1).words
