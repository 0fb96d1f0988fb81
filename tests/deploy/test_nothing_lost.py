"""The real services, killed in the middle of their work: what was acknowledged ends ready, and is found."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageDraw, ImageFont

from deploy import processes
from tests.deploy.running import ROOT, Running, started, wait_until

PEOPLE = "from donovan.access.cast import create_demo_people; create_demo_people()"
STATES = (
    "import json; from ingest.models import Document; "
    "print(json.dumps({d.name: [d.status, d.error] for d in Document.objects.all()}))"
)
# A lease outlasts its worker by a minute and a half, so that no slow one is robbed; the test does not wait.
LET_LEASES_RUN_OUT = (
    "from django.utils import timezone; from ingest.work.models import Job; "
    "Job.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now())"
)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SETTLED = {"ready", "failed", "quarantined"}
PORTS = ("Aldera", "Brevik", "Corvina", "Dunmore", "Eskholm", "Farrow", "Galway", "Hestia")

pytestmark = pytest.mark.slow


def manage(data: Path, *words: str) -> str:
    outcome = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, "DONOVAN_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """All services as `make run` starts them, on an empty data folder with the demonstration's people."""
    data = tmp_path_factory.mktemp("site")
    manage(data, "migrate", "--no-input", "--verbosity", "0")
    manage(data, "shell", "-c", PEOPLE)
    with started(data, "deploy.supervisor") as running:
        running.wait_for("Donovan is up", seconds=180)
        yield running


@pytest.fixture
def rita(site: Running) -> Iterator[httpx.Client]:
    """Somebody who may add documents, signed in."""
    address = f"http://127.0.0.1:{site.port}"
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        page = browser.get("/")
        names = {"username": "rita", "password": "donovan-demo", "csrfmiddlewaretoken": token_in(page.text)}
        page = browser.post(page.url, data=names)
        assert page.status_code == 200, page.text
        yield browser


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, page[:1000]
    return found[1]


def note(port: str) -> tuple[str, bytes]:
    return f"{port}.txt", f"Harbour note. The port of {port} is closed to vessels until Thursday.\n".encode()


def scan(folder: Path, port: str) -> tuple[str, bytes]:
    """A page that has to be read from its image, which takes the worker long enough to be killed."""
    image = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype(FONT, 26)
    lines = [
        f"{line + 1}. The berth at {port} is inspected on day {line + 1} of the month." for line in range(40)
    ]
    ImageDraw.Draw(image).multiline_text((90, 90), "\n".join(lines), fill=0, font=font, spacing=12)
    path = folder / f"{port}.png"
    image.save(path)
    return path.name, path.read_bytes()


def upload(browser: httpx.Client, files: list[tuple[str, bytes]]) -> set[str]:
    """Hand files in and return the names that were acknowledged."""
    outcome = browser.post(
        "/upload/",
        data={
            "csrfmiddlewaretoken": token_in(browser.get("/upload/").text),
            "collection": "relief",
            "marking": "UNCLASSIFIED",
        },
        files=[("files", file) for file in files],
        headers={"Accept": "application/json"},
    )
    assert outcome.status_code == 200, outcome.text
    return {each["name"] for each in outcome.json()["files"] if each["outcome"] == "received"}


def states(data: Path) -> dict[str, list[str]]:
    told: dict[str, list[str]] = json.loads(
        manage(data, "shell", "--no-imports", "-c", STATES).splitlines()[-1]
    )
    return told


def wait_until_settled(data: Path, names: set[str], seconds: float = 240) -> dict[str, list[str]]:
    deadline = time.monotonic() + seconds
    while True:
        found = states(data)
        if names <= {name for name, (status, _) in found.items() if status in SETTLED}:
            return found
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {found}"
        time.sleep(2)


def test_a_killed_worker_loses_no_acknowledged_document(site: Running, rita: httpx.Client) -> None:
    kept = upload(rita, [note("Ilmen")])
    worker = site.service("worker").pid
    os.kill(worker, signal.SIGKILL)
    manage(site.data, "shell", "-c", LET_LEASES_RUN_OUT)
    site.wait_for_successor("worker", worker)
    found = wait_until_settled(site.data, kept)
    assert {name: found[name] for name in kept} == {"Ilmen.txt": ["ready", ""]}


@pytest.mark.long
def test_killing_each_service_loses_no_acknowledged_document(
    site: Running, rita: httpx.Client, tmp_path: Path
) -> None:
    kept = upload(rita, [scan(tmp_path, port) for port in PORTS[:3]] + [note(port) for port in PORTS[:4]])
    worker = site.service("worker").pid
    wait_until(lambda: len(processes.descendants(worker)) > 4, 30, "the worker does not begin")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: processes.group_members(worker) == [], 10, "a killed worker left its pool behind")
    manage(site.data, "shell", "-c", LET_LEASES_RUN_OUT)
    site.wait_for_successor("worker", worker)

    kept |= upload(rita, [note(port) for port in PORTS[4:6]])
    hosts = [site.service(name).pid for name in ("embedding host", "model host", "web")]
    for host in hosts:
        os.kill(host, signal.SIGKILL)
    for name, pid in zip(("embedding host", "model host", "web"), hosts, strict=True):
        site.wait_for_successor(name, pid, seconds=90)

    kept |= upload(rita, [note(port) for port in PORTS[6:]])
    assert len(kept) == 11
    found = wait_until_settled(site.data, kept)
    assert {name: found[name] for name in kept if found[name][0] != "ready"} == {}
    assert set(found) - {"Ilmen.txt"} == kept

    for port in PORTS:
        page = rita.get("/search/", params={"q": port}, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert f"{port}.txt" in page.text


def test_queries_and_document_text_stand_in_no_log(site: Running, rita: httpx.Client) -> None:
    assert rita.get("/search/", params={"q": "zanzibarfisch"}).status_code == 200
    texts = "".join(path.read_text(errors="replace") for path in (site.data / "logs").iterdir())
    assert "zanzibarfisch" not in texts
    assert "closed to vessels" not in texts


def test_the_services_listen_on_loopback_and_on_private_sockets_only(site: Running) -> None:
    sockets = [site.data / "run" / name for name in ("embedder.sock", "llm.sock")]
    assert all(path.is_socket() for path in sockets)
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{site.process.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == site.port:
                listening.append(fields[1].rpartition(":")[0])
    assert listening == ["0100007F"]
