"""The whole product, running: a supervisor with its services on its own data folder, and Chromium in front.

A few documents of the demo are loaded, not all: enough to ask, to cite, to refuse and to differ by clearance.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "donovan-demo"
SMALL_DEMO = 9
START_SECONDS = 120


@dataclass
class Site:
    """A running installation."""

    address: str
    data: Path
    demo: Path
    environment: dict[str, str]

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def small_manifest(demo: Path) -> None:
    """Keep the first documents of each marking and at least one that must be read from its image."""
    rows = json.loads((demo / "manifest.json").read_text())
    by_marking: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_marking.setdefault(row["marking"], []).append(row)
    kept: list[dict[str, str]] = []
    while len(kept) < SMALL_DEMO and any(by_marking.values()):
        for group in by_marking.values():
            if group and len(kept) < SMALL_DEMO:
                kept.append(group.pop(0))
    (demo / "manifest.json").write_text(json.dumps(kept))


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    demo_copy = tmp_path_factory.mktemp("demo") / "collection"
    shutil.copytree(demo, demo_copy)
    small_manifest(demo_copy)
    port = free_port()
    environment = os.environ | {
        "DONOVAN_DATA": str(data),
        "DONOVAN_PORT": str(port),
        "HF_HUB_OFFLINE": "1",
    }
    running = Site(f"http://127.0.0.1:{port}", data, demo_copy, environment)
    for arguments in (("migrate", "-v0"), ("load_demo", str(demo_copy))):
        done = running.manage(*arguments)
        assert done.returncode == 0, done.stderr[-2000:]
    log = (data / "supervisor.log").open("w")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "deploy.supervisor"], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    try:
        wait_until_up(running, supervisor)
        yield running
    finally:
        supervisor.terminate()
        try:
            supervisor.wait(30)
        except subprocess.TimeoutExpired:
            supervisor.kill()


def wait_until_up(running: Site, supervisor: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert supervisor.poll() is None, (running.data / "supervisor.log").read_text()[-2000:]
        try:
            if httpx.get(running.address, follow_redirects=True).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise AssertionError((running.data / "supervisor.log").read_text()[-2000:])


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page_as(context: BrowserContext, site: Site):
    """A function that signs a person in and gives the page they land on."""

    def sign_in(username: str) -> Page:
        page = context.new_page()
        page.goto(site.address)
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(site.address + "/")
        return page

    return sign_in
