"""The suite runs that speak about a candidate: made on its very digest, and on what serves at this moment."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from donovan.access.models import User
from donovan.evaluation.comparison import compare
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.models import SuiteRun
from donovan.evaluation.presentation import title_of_suite
from donovan.evaluation.runs import run_suite
from donovan.evaluation.subjects import CURRENT, Subject, subject_of
from donovan.training.errors import TrainingError
from donovan.training.margins import FRESH
from donovan.training.models import Candidate
from donovan.training.targets import FEWEST_TO_PROVE, Target, suites_for, target_for

OnProgress = Callable[[str], None]


@dataclass(frozen=True)
class Pair:
    """The runs of one suite on what serves and on the candidate; None where one is missing."""

    suite: str
    serving: SuiteRun | None
    candidate: SuiteRun | None

    @property
    def is_whole(self) -> bool:
        return self.serving is not None and self.candidate is not None

    @property
    def missing(self) -> str:
        """What is missing, in words; empty where nothing is."""
        sides = [
            words
            for words, run in (("the candidate", self.candidate), ("what serves now", self.serving))
            if run is None
        ]
        return f"{self.suite} on {' and '.join(sides)}" if sides else ""


def subjects_of(candidate: Candidate) -> tuple[Subject, Subject]:
    """What serves now, and the same with the candidate in its role.

    Raises ModelTampered where a folder is not what was recorded, UnusableData where it is gone.
    """
    return subject_of((CURRENT,)), subject_of((CURRENT, f"{candidate.role}/{candidate.name}"))


def pairs_of(candidate: Candidate) -> list[Pair]:
    """For each needed suite a fresh pair of runs over the same items; raises what `subjects_of` raises."""
    serving, trained = subjects_of(candidate)
    return [_pair(suite, serving, trained) for suite in suites_for(candidate)]


def _pair(suite: str, serving: Subject, trained: Subject) -> Pair:
    before, after = _runs(suite, serving), _runs(suite, trained)
    for material in dict.fromkeys(run.material for run in after):
        # The first of several over the same items: nobody measures until it looks better, and a run that is
        # made again on schedule takes no approval away.
        first_before = [run for run in before if run.material == material][-1:]
        if first_before:
            return Pair(suite, first_before[0], [run for run in after if run.material == material][-1])
    return Pair(suite, before[0] if before and not after else None, after[0] if after else None)


def _runs(suite: str, subject: Subject) -> list[SuiteRun]:
    """Fresh runs that are done, newest first. A run with a limit measured a part, which proves nothing."""
    rows = SuiteRun.objects.filter(
        suite=suite,
        subject_digest=subject.digest_for(suite),
        state=SuiteRun.State.DONE,
        limit=None,
        finished_at__gte=timezone.now() - FRESH,
    )
    return list(rows.order_by("-finished_at"))


def evaluate_missing(
    candidate: Candidate,
    person: User,
    *,
    size: str = "quick",
    on_progress: OnProgress,
    suite_done: Callable[[], None] = lambda: None,
) -> None:
    """Run every needed suite that is missing, one after the other; `suite_done` is called after each. Raises
    TrainingError where one fails.
    """
    serving, trained = subjects_of(candidate)
    target = target_for(candidate)
    for pair in pairs_of(candidate):
        wanted_size = next((run.size for run in (pair.candidate, pair.serving) if run is not None), size)
        for subject, run, words in (
            (serving, pair.serving, "what serves now"),
            (trained, pair.candidate, "the candidate"),
        ):
            if run is None:
                _run(pair.suite, subject, person, wanted_size, words, on_progress)
                suite_done()
        if pair.suite == target.suite and failed_target(_pair(pair.suite, serving, trained), target):
            on_progress(f"{title_of_suite(pair.suite)}: not better, so nothing else is measured.")
            return


def failed_target(pair: Pair, target: Target) -> bool:
    """Whether the target was measured and the candidate is not better in it: no other suite can help then."""
    if pair.serving is None or pair.candidate is None:
        return False
    try:
        found = compare(pair.serving, pair.candidate)
    except UnusableData:
        return False
    overall = found.overall(target.metric)
    return (
        overall is None
        or not found.is_better(target.metric)
        or (target.is_own and overall.n < FEWEST_TO_PROVE)
    )


def _run(suite: str, subject: Subject, person: User, size: str, words: str, on_progress: OnProgress) -> None:  # noqa: PLR0917
    title = title_of_suite(suite)
    on_progress(f"{title} on {words}")
    try:
        run = run_suite(
            suite,
            subject,
            user=person,
            size=size,
            on_progress=lambda done, total, _what: on_progress(f"{title} on {words}: {done} of {total}"),
            # Whoever was killed while it measured this has left a run, which is not made a second time.
            joins=True,
        )
    except UnusableData as error:
        raise TrainingError(str(error)) from error
    # Where this evaluation is no longer ours, or is to stop, that is what ended the run.
    on_progress(f"{title} on {words}")
    if run.state != SuiteRun.State.DONE:
        raise TrainingError(f"{title} on {words} could not be measured. {run.notice}".strip())
