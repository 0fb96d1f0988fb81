"""Pages in Chromium as somebody signed in, and what every page must hold in both looks.

The looks and the rules stand here alone; a room only names its pages.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from donovan.access.models import User

OpenAs = Callable[..., Page]
Look = tuple[str, int]

LIGHT_AND_WIDE: Look = ("light", 1440)
DARK_AND_NARROW: Look = ("dark", 400)
LOOKS = (LIGHT_AND_WIDE, DARK_AND_NARROW)
GRAVE = ("serious", "critical")
IS_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
HEIGHT = 900
# Milliseconds. A busy machine is slow, and slowness alone is no failure.
PATIENCE = 240_000
# A folder for a picture of each page that is swept, for people to look at.
PICTURES = os.environ.get("DONOVAN_PICTURES", "")


@contextmanager
def signed_in_pages(browser: Browser, address: str, client_for: Callable[[User], Client]) -> Iterator[OpenAs]:
    """`open_as(ana, "/ask/")` is that page of the server at `address`; nobody for `None`. Options are those
    of a browser's context. Each page is alone in its context; an error in a script fails the test.
    """
    contexts: list[BrowserContext] = []

    def open_page(user: User | None, path: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": HEIGHT}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if user is not None:
            cookie = client_for(user).cookies["sessionid"]
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def faults(page: Page, *, also_slight: bool = False) -> list[str]:
    """What axe finds on a page: grave violations, or with `also_slight` all."""
    return [
        f"{row['id']}: {row['nodes'][0]['html'][:200]}"
        for row in Axe().run(page).response["violations"]
        if also_slight or row["impact"] in GRAVE
    ]


def sweep(
    open_as: OpenAs,
    user: User | None,
    pages: Mapping[str, str],
    *,
    looks: tuple[Look, ...] = LOOKS,
    also_slight: bool = False,
    waits_for: str = "",
) -> list[str]:
    """Open each page, by name and path, in each look; every fault and every page wider than its screen.

    `waits_for` is a state of loading to wait for before a page is looked at.
    """
    wrong = []
    for scheme, width in looks:
        look = {"color_scheme": scheme, "viewport": {"width": width, "height": HEIGHT}}
        page: Page | None = None
        for name, path in pages.items():
            if page is None:
                page = open_as(user, path, **look)
                origin = page.evaluate("location.origin")
            else:
                page.goto(origin + path)
            if waits_for:
                page.wait_for_load_state(waits_for)  # type: ignore[arg-type]
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
            where = f"{name} ({path}), {scheme} at {width} px"
            wrong += [f"{where}: {fault}" for fault in faults(page, also_slight=also_slight)]
            if page.evaluate(IS_WIDER):
                wrong.append(f"{where}: wider than the screen")
        if page is not None:
            page.context.close()
    return wrong
