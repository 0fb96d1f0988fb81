"""Running a suite on a subject: in a process of its own, kept with the score of every item.

request_run -> waits -> perform (worker, lease) -> child process measures -> kept, recorded
run_suite   -> the same at once, for a command and for the gate
"""

from collections.abc import Callable
from pathlib import Path

from donovan.access.models import User
from donovan.llm.interface import never

from .models import StandingSuite, SuiteRun
from .subjects import Subject

Told = Callable[[int, int, str], None]
"""Items done, items in all, and what is done, in words."""


def nobody(done: int, total: int, words: str) -> None:
    """For runs that nobody watches."""


def run_suite(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str = "quick",
    limit: int | None = None,
    data: Path | None = None,
    tell: Told = nobody,
    is_stopped: Callable[[], bool] = never,
) -> SuiteRun:
    """Measure the suite `name` (a key of SUITES, or `own:<slug>`) on `subject` now; the finished run.

    `size` is "quick" or "full"; `limit` takes at most so many items, evenly spread; `data` is a folder of
    larger sets (default: DONOVAN_EVAL_DATA where that is set). The run is kept whatever comes of it: its
    state is done, failed (`notice` says why) or stopped. Raises EvaluationRefused for who may not, and
    UnusableData for a suite or size that does not exist.
    """
    raise NotImplementedError


def request_run(
    name: str,
    subject: Subject,
    *,
    user: User,
    size: str = "quick",
    limit: int | None = None,
    standing: StandingSuite | None = None,
) -> SuiteRun:
    """Let the training worker measure a suite; the run, which waits."""
    raise NotImplementedError
