"""The pages of models in Chromium: accessible, and no wider than the screen, with everything on them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from donovan.access.models import User
from donovan.training.approvals import say
from donovan.training.gate import ask_gate
from donovan.training.models import TrainingJob
from donovan.training.promotion import promote
from donovan.training.services import start_job
from tests.training.making import BETTER, claims, made_candidate, make_dataset, measured

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(
    browser: Browser, live_server: Any, client_for: Callable[[User], Client]
) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def open_page(user: User, address: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        cookie = client_for(user).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_every_page_is_accessible_and_fits_its_screen(
    open_as: Callable[..., Page], mia: User, rita: User
) -> None:
    version = make_dataset(mia, "claims", claims())
    first = made_candidate(mia, version, "claims-v1-classifier-0aaa1111")
    measured(first, mia, BETTER)
    report = ask_gate(mia, first.pk)
    for person in (mia, rita):
        say(person, first.pk, report.digest, is_yes=True)
    promote(mia, first.pk)
    bad = made_candidate(mia, version, "claims-v1-classifier-0bbb2222")
    measured(bad, mia, {"verification": {"ru": -0.2, "": 0.3}})
    ask_gate(mia, bad.pk)
    job = start_job(mia, "classifier", "claims", rings=False)
    TrainingJob.objects.filter(pk=job.pk).update(
        state="running",
        step=40,
        total_steps=100,
        loss=0.31,
        checkpoint=40,
        seconds_per_step=2.0,
        worked_seconds=80.0,
        words="examples embedded",
        history=[[step, 1.0 / (step + 1)] for step in range(0, 40, 4)],
    )
    addresses = {
        "models": reverse("training:models"),
        "candidate": reverse("training:candidate", args=[bad.pk]),
        "job": reverse("training:job", args=[job.pk]),
        "rollback": reverse("training:rollback", args=["verifier"]),
    }
    for scheme, width in (("light", 1440), ("dark", 400)):
        for name, address in addresses.items():
            page = open_as(mia, address, color_scheme=scheme, viewport={"width": width, "height": 900})
            rows = Axe().run(page).response["violations"]
            serious = [
                f"{row['id']}: {row['nodes'][0]['html']}"
                for row in rows
                if row["impact"] in ("serious", "critical")
            ]
            if folder := os.environ.get("DONOVAN_SHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
            assert serious == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
