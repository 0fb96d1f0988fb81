"""Memory of all services together, idle, with the demonstration loaded."""

import tempfile
import time
from pathlib import Path

from deploy import processes
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import SkippedError, installation, load_demo, manage

IDLE_SECONDS = 20.0
LONGEST_WAIT_SECONDS = 600.0
WAITING = (
    "from donovan.insight.processing.runner import waiting_documents as w; print('waiting', w().count())"
)
TARGET_MEGABYTES = 2000.0
SHARED_ONCE = "shared memory counted once (PSS)"
SHARED_EACH = "shared memory counted in each process (RSS)"


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="donovan-bench-") as folder:
        data = Path(folder)
        load_demo(data)
        with installation(data) as running:
            _wait_for_insight(data)
            time.sleep(IDLE_SECONDS)
            whole = processes.tree_memory(running.process.pid)
            figures = [
                Figure(
                    "all services, proportional",
                    whole.proportional / 1e6,
                    "MB",
                    target=TARGET_MEGABYTES,
                    bound="at_most",
                    note=SHARED_ONCE,
                ),
                Figure(
                    "all services, resident",
                    whole.resident / 1e6,
                    "MB",
                    target=TARGET_MEGABYTES,
                    bound="at_most",
                    note=SHARED_EACH,
                ),
            ]
            for service in running.state.services:
                memory = processes.tree_memory(service.pid)
                figures.append(Figure(f"  {service.name}", memory.proportional / 1e6, "MB"))
    return figures


def _wait_for_insight(data: Path) -> None:
    """Until every document was looked into: before that the services are not idle."""
    began = time.monotonic()
    while "waiting 0" not in manage("shell", "-v", "0", "-c", WAITING, data=data):
        if time.monotonic() - began > LONGEST_WAIT_SECONDS:
            raise SkippedError("The documents were not looked into within ten minutes.")
        time.sleep(5)
