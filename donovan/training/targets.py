"""What a candidate must be better in: the locked test split of the data set that it learnt from.

Built-in suites say nothing of the owner's field, and most of what they ask is answered already. So where the
test split can be asked of what serves, it is the target and they only guard against loss; where it cannot
(choices between two answers), the suite of the role stays the target, and the gate says so.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.evaluation.catalogue import held_out_suite, metrics_of, target_of
from donovan.evaluation.presentation import title_of_suite
from donovan.evaluation.suites.held_out import questions_in
from donovan.feedback.datasets import reading
from donovan.feedback.datasets.models import DatasetVersion
from donovan.training.kinds import kind_fitting, role_for
from donovan.training.margins import REQUIREMENTS
from donovan.training.models import Candidate

FEWEST_TO_PROVE: Final = 30
"""Items of a test from which on a gain in it counts: with fewer the interval itself is not to be trusted."""

_SPREAD: Final = 0.3
"""The usual standard deviation of what one item gains or loses, in shares."""

_SEEN: Final = 1.96 + 0.84
"""Standard errors that a difference is found by in four of five cases, at the level of 95 %."""


@dataclass(frozen=True)
class Target:
    """The suite and the metric in it that must be better. `is_own` says that it is the owner's own test."""

    suite: str
    metric: str
    is_own: bool

    @property
    def title(self) -> str:
        return f"{title_of_suite(self.suite)}, {metrics_of(self.suite)[self.metric].title}"


def target_for(candidate: Candidate) -> Target:
    """The target of a candidate of any role but triage, which is measured on its test split in any case."""
    version = version_learnt_from(candidate.facts)
    if version is not None and version.counts.get("test"):
        suite = held_out_suite(candidate.role, version.task, version.pk)
        if suite:
            return Target(suite, target_of(suite), True)
    wanted = REQUIREMENTS[candidate.role]
    return Target(wanted.suite, wanted.metric, False)


def suites_for(candidate: Candidate) -> tuple[str, ...]:
    """All suites that a candidate needs: its target first, then those that guard against loss."""
    return tuple(dict.fromkeys((target_for(candidate).suite, *REQUIREMENTS[candidate.role].suites)))


def version_learnt_from(facts: Mapping[str, Any]) -> DatasetVersion | None:
    """The version of a data set that a candidate says it learnt from; None where it is gone."""
    maker, _, name = str(facts.get("dataset", "")).rpartition("/")
    number = facts.get("dataset_version")
    if not name or not isinstance(number, int):
        return None
    rows = DatasetVersion.objects.filter(dataset__name=name, number=number).select_related("dataset")
    return rows.filter(dataset__created_by__username=maker).first()


def least_gain(n: int, spread: float = _SPREAD) -> float:
    """The gain, as a share, that a test of `n` items shows in four of five cases."""
    return min(1.0, _SEEN * spread / math.sqrt(n)) if n else 1.0


def said_before(person: User, kind: str, dataset: str) -> str:
    """What the test split of a data set will be able to show of a model trained on it, in words.

    Raises DatasetError and WrongField, as starting the training does.
    """
    version = reading.find_version(dataset, scope_for(person))
    role = role_for(kind or kind_fitting(version.task), version.task)
    if role == "triage":
        return _words(int(version.counts.get("test", 0)), "test document")
    if not version.counts.get("test"):
        return f"It has no test split, so it can only be held against the suite of its role. {ENOUGH}"
    if not held_out_suite(role, version.task, version.pk):
        return "Nothing here measures choices on a test split, so it is held against the suite of its role."
    is_asked = version.task == "relevance"
    count = questions_in(reading.read_split(version, "test")) if is_asked else int(version.counts["test"])
    return _words(count, "test question" if is_asked else "test row")


ENOUGH: Final = f"A gain counts from {FEWEST_TO_PROVE} test items on; 200 show one of about {0.06:.2f}."


def _words(count: int, what: str) -> str:
    counted = f"{count} {what}{'' if count == 1 else 's'}"
    if count < FEWEST_TO_PROVE:
        few = "too few to prove a gain, so the gate will refuse it"
        return f"It will be measured on {counted}: {few}. {ENOUGH}"
    return f"It will be measured on {counted}, which show a gain of about {least_gain(count):.2f} or more."
