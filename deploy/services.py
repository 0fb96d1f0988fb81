"""The services of one installation, in one table: what is started, in which order, and when each is ready."""

import http.client
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.instance import HOST, ROOT

# The web application runs the checks of the project; a worker would load every page for them.
WORKER_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1", "CELERY_SKIP_CHECKS": "1"}


@dataclass(frozen=True)
class Service:
    """One process to keep alive.

    `ready_when` is asked until it answers True; `ready_line`, where given, is part of an output line that
    says so. `patience` is how many seconds the service may take for that; `grace` how many to end by itself.
    The others wait for one with a `head_start`, at most that many seconds. One that runs `once` ends by
    itself when its work is done, and is not started again.
    """

    name: str
    words: tuple[str, ...]
    ready_when: Callable[[], bool] | None = None
    ready_line: str = ""
    patience: float = 120.0
    grace: float = 10.0
    head_start: float = 0.0
    once: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def socket_answers(path: Path) -> Callable[[], bool]:
    """True once something listens on a Unix socket."""

    def ask() -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
            trial.settimeout(1.0)
            try:
                trial.connect(str(path))
            except OSError:
                return False
        return True

    return ask


def page_answers(port: int) -> Callable[[], bool]:
    """True once the web application answers a request with anything but an error of its own."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=5.0)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def workers() -> int:
    """Documents worked on at once, as in the settings."""
    return int(os.environ.get("DONOVAN_WORKERS") or os.cpu_count() or 1)


def common_environment(data: Path) -> dict[str, str]:
    return {
        "DONOVAN_DATA": str(data),
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        # glibc keeps an arena for each thread otherwise; two halve what an idle service holds.
        "MALLOC_ARENA_MAX": "2",
        # Where the account forbids compiled files, each start would compile torch and its friends anew: 16 s.
        "PYTHONDONTWRITEBYTECODE": "",
    }


def table(data: Path, port: int) -> list[Service]:
    """Every service in the order of its start. They end in the opposite order."""
    python = sys.executable
    manage = (python, str(ROOT / "manage.py"))
    return [
        Service(
            "embedding host",
            (*manage, "run_embedding_host"),
            ready_when=socket_answers(data / "run" / "embedder.sock"),
            # The first of all starts compiles torch and its friends, beside everything else that begins.
            patience=300.0,
        ),
        Service(
            "model host", (*manage, "run_model_host"), ready_when=socket_answers(data / "run" / "llm.sock")
        ),
        Service(
            "worker",
            (
                *(python, "-m", "celery", "--app", "donovan", "worker", "--beat", "--loglevel", "INFO"),
                *("--queues", "celery", "--concurrency", str(workers()), "--max-tasks-per-child", "100"),
                # One host and a queue of files: there is nobody to exchange gossip or heartbeats with.
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            ready_line=" ready.",
            grace=20.0,
            environment=WORKER_ENVIRONMENT,
        ),
        Service(
            "insight worker",
            (
                *(python, "-m", "celery", "--app", "donovan", "worker", "--loglevel", "INFO"),
                *("--hostname", "insight@%h", "--queues", "insight"),
                # A child that a large table made large is replaced once it is done.
                *("--concurrency", "1", "--max-tasks-per-child", "20", "--max-memory-per-child", "250000"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            ready_line=" ready.",
            grace=20.0,
            environment=WORKER_ENVIRONMENT,
        ),
        Service(
            "training worker",
            (
                *(python, "-m", "celery", "--app", "donovan", "worker", "--loglevel", "INFO"),
                *("--hostname", "training@%h", "--queues", "training"),
                # What is heavy runs in processes of its own, so a pool of children would only cost memory.
                *("--pool", "solo"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            ready_line=" ready.",
            grace=20.0,
            environment=WORKER_ENVIRONMENT,
        ),
        Service(
            "web",
            (
                *(python, "-m", "uvicorn", "donovan.asgi:application", "--host", HOST, "--port", str(port)),
                # Addresses hold queries, and queries belong into no log; actions have a record of their own.
                *(
                    "--no-access-log",
                    # Whom a proxy serves is believed of those alone that the settings name.
                    "--no-proxy-headers",
                    "--no-server-header",
                    "--lifespan",
                    "off",
                    "--timeout-graceful-shutdown",
                    "3",
                ),
            ),
            ready_when=page_answers(port),
            # All at once would take turns on the processors, and the page to sign in would come last.
            head_start=60.0,
        ),
    ]


def demonstration() -> Service:
    """Takes the documents of the demonstration in, beside everything else."""
    return Service("demonstration", (sys.executable, "-m", "deploy.demonstration"), once=True)
