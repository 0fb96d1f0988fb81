"""The pages of evaluation in Chromium: accessible, calm on a narrow screen, driven by keys."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from donovan.access.models import User
from donovan.evaluation import attacks
from donovan.evaluation.models import OwnQuestion, OwnSuite, SuiteRun
from donovan.evaluation.runs import request_run, stop_run
from donovan.evaluation.standing import keep_standing
from donovan.evaluation.subjects import subject_of
from tests.evaluation.conftest import MakeRun
from tests.evaluation.test_attacks import GOOD
from tests.ui.test_in_the_browser import open_as, serious  # noqa: F401 - fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("en", "es", "ru")
IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def pages(cast: dict[str, User], make_run: MakeRun) -> list[str]:
    """The addresses of all pages, with something on each."""
    mia = cast["mia"]
    names = {f"{language}-{number}": language for language in LANGUAGES for number in range(12)}
    names["zh-1"] = "zh"
    a = make_run(dict.fromkeys(names, 0.5), languages=names)
    b = make_run({name: 0.9 if name[:2] != "ru" else 0.2 for name in names}, languages=names)
    keep_standing("answers", user=mia, size="quick", every_days=7)
    waiting = request_run("retrieval", subject_of(["base"]), user=mia)
    SuiteRun.objects.filter(pk=waiting.pk).update(
        state=SuiteRun.State.RUNNING, progress_done=3, progress_total=40, progress_words="questions asked"
    )
    stopped = request_run("answers", subject_of(["base"]), user=mia)
    stop_run(stopped, user=mia)
    attacks.add_attack(user=mia, said=GOOD)
    suite = OwnSuite.objects.create(slug="mia-bridges", title="Bridges", owner=mia)
    OwnQuestion.objects.create(
        suite=suite, author=mia, question="When does the bridge open?", expected=["24 September"]
    )
    return [
        "/evaluation/",
        f"/evaluation/runs/{b.pk}/",
        f"/evaluation/runs/{waiting.pk}/",
        f"/evaluation/runs/{stopped.pk}/",
        f"/evaluation/compare/?a={a.pk}&b={b.pk}",
        "/evaluation/attacks/",
        "/evaluation/own/",
        "/evaluation/own/mia-bridges/",
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    open_as: Callable[..., Page],  # noqa: F811
    mia: User,
    pages: list[str],
    scheme: str,
    width: int,
) -> None:
    look: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    for address in pages:
        page = open_as(mia, address, **look)
        assert serious(page) == [], address
        assert not page.evaluate(IS_WIDER), f"{address} at {width} px"
        page.context.close()


def test_keys_lead_from_the_suites_to_a_run(
    open_as: Callable[..., Page],  # noqa: F811
    mia: User,
    pages: list[str],
) -> None:
    page = open_as(mia, "/evaluation/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/evaluation/runs/*/")
    assert page.get_by_role("heading", name="Retrieval").is_visible()
