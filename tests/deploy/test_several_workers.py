"""What a site does that outgrows one machine: records in PostgreSQL, a broker in Redis, several workers. One
worker, the broker with all that it held and every connection to the database are killed while they work.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.deploy.running import ROOT, Running, started, wait_until
from tests.deploy.test_nothing_lost import PEOPLE, manage
from tests.support import postgresql
from tests.support.redis_server import RedisServer

pytestmark = [pytest.mark.slow, pytest.mark.long]
DOCUMENTS = 500
MORE_WORKERS = 2
SENT = """
import io
from donovan.library.services import label_for_operator, take_in
label = label_for_operator("relief", "UNCLASSIFIED")
for number in range({first}, {last}):
    text = f"Lorry {{number}} of the relief column stands at gate {{number % 7}}, code QX{{number:05d}}."
    take_in(io.BytesIO(text.encode()), name=f"lorry-{{number}}.txt", label=label, actor="rita")
"""
STATES = """
import json
from collections import Counter
from ingest.models import Document, Passage
from ingest.work.models import Job
from retrieval.models import IndexedDocument, IndexSegment
from donovan.audit.services import verify_chain
print(json.dumps({
    "documents": Counter(Document.objects.values_list("status", flat=True)),
    "names": Document.objects.values_list("name", flat=True).distinct().count(),
    "passages": Passage.objects.count(),
    "indexed": IndexedDocument.objects.filter(segment__is_current=True).count(),
    "vectors": sum(IndexSegment.objects.filter(is_current=True).values_list("passage_count", flat=True)),
    "open": Job.objects.filter(state__in=("waiting", "running"), kind__startswith="documents").count(),
    "is_chain_whole": verify_chain().is_intact,
}))
"""


@pytest.fixture
def database() -> Iterator[str]:
    with postgresql.serving() as address:
        yield address


@pytest.fixture
def broker() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def site(
    database: str, broker: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    monkeypatch.setenv("DONOVAN_DATABASE_URL", database)
    monkeypatch.setenv("DONOVAN_BROKER_URL", broker.address)
    monkeypatch.setenv("DONOVAN_WORKERS", "1")
    data = tmp_path / "site"
    data.mkdir()
    manage(data, "migrate", "--no-input", "--verbosity", "0")
    manage(data, "shell", "-c", PEOPLE)
    with started(data, "deploy.supervisor") as running:
        running.wait_for("Donovan is up", seconds=240)
        yield running


@pytest.fixture
def more_workers(site: Running) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Workers as further machines would run them."""
    words = [sys.executable, "-m", "celery", "--app", "donovan", "worker", "--queues", "celery"]
    found = []
    for number in range(MORE_WORKERS):
        with (site.data / "logs" / f"worker-{number}.log").open("wb") as log:
            found.append(
                subprocess.Popen(
                    [*words, "--hostname", f"more{number}@%h", "--concurrency", "1", "--loglevel", "INFO"],
                    cwd=ROOT,
                    env={**os.environ, "DONOVAN_DATA": str(site.data), "OMP_THREAD_LIMIT": "1"},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
    yield found
    for process in found:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def states(data: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads(manage(data, "shell", "--no-imports", "-c", STATES).splitlines()[-1])
    return told


def ready(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM ingest_document WHERE status = 'ready'").fetchone()
    return int(row[0]) if row else 0


def cut_off_everybody(database: str) -> int:
    with psycopg.connect(database) as connection:
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        return len(
            connection.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
            ).fetchall()
        )


def test_three_workers_lose_and_double_nothing_whatever_is_killed(
    site: Running, database: str, broker: RedisServer, more_workers: list["subprocess.Popen[bytes]"]
) -> None:
    manage(site.data, "shell", "-c", SENT.format(first=0, last=DOCUMENTS // 2))
    wait_until(lambda: ready(database) >= 20, 300, "nothing is being read")
    os.killpg(more_workers[0].pid, signal.SIGKILL)

    wait_until(lambda: ready(database) >= 60, 300, "the others do not go on")
    broker.kill()
    # Acknowledged while nobody can be woken.
    manage(site.data, "shell", "-c", SENT.format(first=DOCUMENTS // 2, last=DOCUMENTS))
    broker.start()

    wait_until(lambda: ready(database) >= 150, 300, "nobody is woken after the broker lost what it held")
    assert cut_off_everybody(database) > 0
    wait_until(lambda: ready(database) >= 250, 300, "nobody goes on after the database cut them off")
    assert cut_off_everybody(database) > 0

    wait_until(lambda: ready(database) >= DOCUMENTS, 900, "not every document came to its end")
    assert states(site.data) == {
        "documents": {"ready": DOCUMENTS},
        "names": DOCUMENTS,
        "passages": DOCUMENTS,
        "indexed": DOCUMENTS,
        "vectors": DOCUMENTS,
        "open": 0,
        "is_chain_whole": True,
    }
    assert more_workers[1].poll() is None, "a worker ended because something else did"
    found = manage(site.data, "search", "QX00499", "--as", "ben", "--json")
    assert "lorry-499.txt" in found
