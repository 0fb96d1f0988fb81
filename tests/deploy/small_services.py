"""A supervisor with services small enough to be killed often: run as a program by the tests.

python -m tests.deploy.small_services PORT [SERVICE...]
"""

import sys

from deploy import instance
from deploy.services import Service, page_answers
from deploy.supervisor import Supervisor

CLOCK = "import time; print('clock ready.', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('stubborn ready.', flush=True); time.sleep(600)"
)
FAMILY = (
    "import subprocess, time; subprocess.Popen(['sleep', '601']); "
    "print('family ready.', flush=True); time.sleep(600)"
)
FOLLOWER = (
    "import sys, time, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}/'); "
    "print('follower ready.', flush=True); time.sleep(600)"
)


def services(port: int) -> dict[str, Service]:
    python = sys.executable
    return {
        "clock": Service("clock", (python, "-c", CLOCK), ready_line=" ready."),
        "page": Service(
            "page",
            (python, "-m", "http.server", str(port), "--bind", instance.HOST),
            ready_when=page_answers(port),
        ),
        "stubborn": Service("stubborn", (python, "-c", STUBBORN), ready_line=" ready.", grace=0.5),
        "family": Service("family", (python, "-c", FAMILY), ready_line=" ready."),
        # Starts only once the page is there, because that one has a head start.
        "first page": Service(
            "first page",
            (python, "-m", "http.server", str(port), "--bind", instance.HOST),
            ready_when=page_answers(port),
            head_start=60.0,
        ),
        "follower": Service("follower", (python, "-c", FOLLOWER, str(port)), ready_line=" ready."),
        "errand": Service("errand", (python, "-c", "print('fetched')"), once=True),
        "failed errand": Service(
            "failed errand", (python, "-c", "raise SystemExit('the shop is closed')"), once=True
        ),
        "broken": Service(
            "broken", (python, "-c", "raise SystemExit('no such index')"), ready_line=" ready."
        ),
    }


def main() -> int:
    data = instance.data_folder()
    port = int(sys.argv[1])
    lock = instance.take_lock(data)
    if lock is None:
        return 3
    with lock:
        supervisor = Supervisor(data, port, [services(port)[name] for name in sys.argv[2:]])
        supervisor.clear_leftovers()
        return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
