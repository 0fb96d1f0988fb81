"""The pages of evaluation in Chromium: accessible, calm on a narrow screen, driven by keys."""

import pytest

from donovan.access.models import User
from donovan.evaluation import attacks
from donovan.evaluation.models import OwnQuestion, OwnSuite
from donovan.evaluation.runs import request_run, stop_run
from donovan.evaluation.schedules import keep_schedule
from donovan.evaluation.subjects import subject_of
from donovan.evaluation.work import SUITE
from ingest.work.progress import Progress
from tests.evaluation.conftest import MakeRun
from tests.evaluation.test_attacks import GOOD
from tests.support.browsing import OpenAs, sweep
from tests.support.work import held_by_a_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("en", "es", "ru")


@pytest.fixture
def pages(cast: dict[str, User], make_run: MakeRun) -> dict[str, str]:
    """The addresses of all pages, with something on each."""
    mia = cast["mia"]
    names = {f"{language}-{number}": language for language in LANGUAGES for number in range(12)}
    names["zh-1"] = "zh"
    a = make_run(dict.fromkeys(names, 0.5), languages=names)
    b = make_run({name: 0.9 if name[:2] != "ru" else 0.2 for name in names}, languages=names)
    keep_schedule("answers", user=mia, size="quick", every_days=7)
    waiting = request_run("retrieval", subject_of(["base"]), user=mia)
    held_by_a_worker(SUITE, waiting.pk).on_progress(Progress(3, 40, "questions asked"))
    stopped = request_run("answers", subject_of(["base"]), user=mia)
    stop_run(stopped, user=mia)
    attacks.add_attack(user=mia, said=GOOD)
    suite = OwnSuite.objects.create(slug="mia-bridges", title="Bridges", owner=mia)
    OwnQuestion.objects.create(
        suite=suite, author=mia, question="When does the bridge open?", expected=["24 September"]
    )
    return {
        "suites": "/evaluation/",
        "run": f"/evaluation/runs/{b.pk}/",
        "waiting": f"/evaluation/runs/{waiting.pk}/",
        "stopped": f"/evaluation/runs/{stopped.pk}/",
        "compare": f"/evaluation/compare/?a={a.pk}&b={b.pk}",
        "attacks": "/evaluation/attacks/",
        "own": "/evaluation/own/",
        "own-suite": "/evaluation/own/mia-bridges/",
    }


def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: OpenAs, mia: User, pages: dict[str, str]
) -> None:
    assert sweep(open_as, mia, pages) == []


def test_keys_lead_from_the_suites_to_a_run(open_as: OpenAs, mia: User, pages: dict[str, str]) -> None:
    page = open_as(mia, "/evaluation/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/evaluation/runs/*/")
    assert page.get_by_role("heading", name="Retrieval").is_visible()
