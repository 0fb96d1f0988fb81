"""How long a run will take, said before it begins: by the last such run here, else by the speed of others.

    this suite has run here in this size     what it took
    other suites have run here               REFERENCE, times how fast this machine was in these
    nothing has run here                     REFERENCE

Only runs that the person may read are looked at, and only questions that they may read are counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from django.utils import timezone

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.ui.templatetags.donovan_ui import duration

from . import own_suite
from .catalogue import HELD_OUT, OWN
from .measuring import FULL, QUICK, WENT_ON
from .models import SuiteRun
from .performing import data_folder
from .run_access import may_read_run
from .subjects import Subject

REFERENCE: Final[Mapping[str, Mapping[tuple[str, bool], float]]] = {
    "retrieval": {(QUICK, False): 25, (FULL, False): 25, (QUICK, True): 45, (FULL, True): 600},
    "answers": {(QUICK, False): 160, (FULL, False): 255, (QUICK, True): 265, (FULL, True): 1110},
    "refusals": {(QUICK, False): 165, (FULL, False): 285, (QUICK, True): 215, (FULL, True): 690},
    "verification": {(QUICK, False): 20, (FULL, False): 30, (QUICK, True): 25, (FULL, True): 55},
    "translation": {(QUICK, False): 20, (FULL, False): 20, (QUICK, True): 40, (FULL, True): 255},
    "summaries": {(QUICK, False): 55, (FULL, False): 120, (QUICK, True): 95, (FULL, True): 460},
    "red-team": {(QUICK, False): 50, (FULL, False): 50, (QUICK, True): 75, (FULL, True): 180},
}
"""Seconds by suite, (size, whether the public sets are at hand), on two cores with the models that come with
the program.

The processor time of a run was measured, of which 0.65 is what the clock shows where both cores are free.
What was not run, the full size with the public sets, is reckoned from what an item of each set took.
"""

START_SECONDS: Final = 15.0
QUESTION_SECONDS: Final = 2.0
PASSAGES_A_SECOND: Final = 60.0
"""For own questions there: to load the models, to ask one, to embed again."""

HELD_OUT_SECONDS: Final[Mapping[str, float]] = {QUICK: 60.0, FULL: 300.0}
"""For the test split of a data set; how many rows it has counts less than what must be indexed first."""

_RUNS_LOOKED_AT: Final = 30
_SHORTEST: Final = 10.0


@dataclass(frozen=True)
class Expected:
    """`seconds` from start to end, and by what it is known, in words. `is_most` is for a part of a suite."""

    seconds: float
    by: str
    is_most: bool = False

    @property
    def short(self) -> str:
        return f"{'at most' if self.is_most else 'about'} {duration(max(self.seconds, _SHORTEST))}"

    @property
    def words(self) -> str:
        return f"{self.short}, {self.by}"


def expected(
    suite: str,
    size: str,
    runs: Sequence[SuiteRun],
    *,
    limit: int | None = None,
    questions: int = 0,
    passages: int = 0,
) -> Expected:
    """What a run of `suite` will take here at most. `runs` are those that may be read, newest first.

    Of own questions `questions` says how many there are, and `passages` how many are embedded again.
    """
    whole = [run for run in runs if _is_whole(run)]
    has_larger_sets = data_folder() is not None
    for run in whole:
        is_alike = (
            bool(run.facts.get("passages")) == bool(passages)
            if suite.startswith(OWN)
            else bool(run.facts.get("has_larger_sets")) == has_larger_sets
        )
        if is_alike and (run.suite, run.size, run.limit) == (suite, size, limit):
            return Expected(run.seconds or 0.0, "as the last time")
    if suite.startswith(OWN):
        reference = START_SECONDS + QUESTION_SECONDS * questions + passages / PASSAGES_A_SECOND
    elif suite.startswith(HELD_OUT):
        reference = START_SECONDS + HELD_OUT_SECONDS[size]
    else:
        reference = REFERENCE[suite][size, has_larger_sets]
    paces = [pace for run in whole if (pace := _pace(run))]
    if not paces:
        return Expected(reference, "on two free cores; none has run here yet", limit is not None)
    return Expected(reference * median(paces), "by how fast other suites ran here", limit is not None)


def expected_of(user: User, suite: str, size: str, subject: Subject, *, limit: int | None = None) -> Expected:
    """What a run by this person will take here at most. Raises UnusableData for own questions that they may
    not read.
    """
    runs = recent_runs(user)
    if not suite.startswith(OWN):
        return expected(suite, size, runs, limit=limit)
    work = own_suite.own_work(suite.removeprefix(OWN), user=user.pk)
    passages = own_suite.passages_to_embed(work, size, subject)
    return expected(suite, size, runs, limit=limit, questions=len(work.questions), passages=passages)


def recent_runs(user: User) -> list[SuiteRun]:
    """The last finished runs that this person may read, newest first."""
    scope = scope_for(user)
    rows = SuiteRun.objects.filter(state=SuiteRun.State.DONE).order_by("-finished_at")
    return [
        run for run in rows.defer("slices", "figures")[:_RUNS_LOOKED_AT] if may_read_run(user, scope, run)
    ]


def left_in_words(user: User, run: SuiteRun) -> str:
    """How long a run will still take in all; empty where that cannot be told."""
    if run.suite.startswith(OWN) or run.suite not in REFERENCE or WENT_ON in run.facts:
        return ""
    whole = expected(run.suite, run.size, recent_runs(user), limit=run.limit)
    if run.started_at is None:
        return whole.words
    left = whole.seconds - (timezone.now() - run.started_at).total_seconds()
    return f"about {duration(left)} left, {whole.by}" if left > 0.0 else ""


def _is_whole(run: SuiteRun) -> bool:
    """Whether what it took is what such a run takes: it was measured from start to end in one go."""
    return run.state == SuiteRun.State.DONE and bool(run.seconds) and WENT_ON not in run.facts


def _pace(run: SuiteRun) -> float | None:
    """How many times as long as REFERENCE a run took."""
    if run.suite not in REFERENCE or run.limit is not None:
        return None
    return (run.seconds or 0.0) / REFERENCE[run.suite][run.size, bool(run.facts.get("has_larger_sets"))]
