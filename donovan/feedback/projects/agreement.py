"""How far people agree beyond chance: Cohen, Fleiss and Krippendorff, each by its library.

    agreement_of(caller, project_id) -> Agreement      the owner's, reviewers' and adjudicators'

Computed in a process of its own, which takes some seconds: load it after the page. The same labels are
computed once.

- Cohen's kappa of two people: sklearn.metrics.cohen_kappa_score (Cohen 1960);
- Krippendorff's alpha (nominal, 2004) over all items with two labels or more, with its interval over items:
  the one that is shown;
- Fleiss' kappa: statsmodels.stats.inter_rater.fleiss_kappa (1971), on request: it takes only the items with
  the commonest number of labels.

For spans and texts there are no categories; there the mean likeness of pairs is told instead.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db.models import F

from donovan.feedback.projects.access import OWNER, project_for, readable_items
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.likeness import likeness
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectMember
from donovan.feedback.projects.schema import answer_key, has_choices
from donovan.library.callers import Caller
from ingest.work.errors import Refused
from ingest.work.subprocesses import run_subprocess

_SECONDS, _MEGABYTES = 90.0, 1_500


@dataclass(frozen=True)
class PairAgreement:
    """Cohen's kappa of two people over the items that both labelled; None where it is not defined."""

    one: str
    other: str
    items: int
    same: float
    kappa: float | None


@dataclass(frozen=True)
class Agreement:
    """Agreement in a project. Kappas and alpha are at most 1; 0 is what chance gives. None: not defined.
    `low` and `high` are the 95 % interval of alpha (`krippendorff`).

    `likeness` is the mean over pairs, 0 to 1; for choices the share of pairs that say the same.
    """

    items: int
    people: int
    likeness: float | None
    fleiss: float | None
    krippendorff: float | None
    low: float | None
    high: float | None
    pairs: tuple[PairAgreement, ...]

    @property
    def words(self) -> str:
        """How the alpha is usually read (Krippendorff 2004)."""
        if self.krippendorff is None:
            return "There are not enough common items yet to tell."
        if self.krippendorff >= 0.8:
            return "Reliable: people understand the instruction alike."
        if self.krippendorff >= 0.667:
            return "Good enough for tentative conclusions; look at what is confused."
        return "Low: the instruction leaves too much open. Look at what is confused, and say it more clearly."


def agreement_of(caller: Caller, project_id: UUID | str) -> Agreement:
    """The agreement of a project's labellers over the items that the reader may read."""
    project = project_for(
        caller, project_id, OWNER, ProjectMember.Role.REVIEWER, ProjectMember.Role.ADJUDICATOR
    )
    rows = labels_by_item(caller, project)
    if not has_choices(project):
        return _of_likeness(project, rows)
    votes = [
        (item, person, str(answer_key(project, value)))
        for item, said in sorted(rows.items())
        for person, value in sorted(said.items())
    ]
    return _agreement(_computed(json.dumps(votes)), votes)


def labels_by_item(
    caller: Caller, project: LabelProject, *, is_calibration: bool = False
) -> dict[str, dict[str, dict[str, Any]]]:
    """What was said of each readable item, by item and person."""
    return labels_in_each(caller, [project], is_calibration=is_calibration)[project.pk]


def labels_in_each(
    caller: Caller, projects: Collection[LabelProject], *, is_calibration: bool = False
) -> dict[UUID, dict[str, dict[str, dict[str, Any]]]]:
    """The same in each of several projects, by its id."""
    slots = Assignment.objects.filter(
        item__in=readable_items(caller, *projects),
        state=Assignment.State.DONE,
        label__withdrawn_at__isnull=True,
    )
    if is_calibration:
        slots = slots.filter(item__is_calibration=True, round=F("item__project__round"))
    found: dict[UUID, dict[str, dict[str, dict[str, Any]]]] = {
        project.pk: defaultdict(dict) for project in projects
    }
    for project_id, item, person, value in slots.values_list(
        "item__project_id", "item_id", "person__username", "label__value"
    ):
        found[project_id][str(item)][person] = value
    return found


@lru_cache(maxsize=64)
def _computed(votes: str) -> str:
    """The computation for these labels, kept: an owner opens the same page again and again."""
    try:
        done = run_subprocess(
            "donovan.feedback.projects.kappas",
            {"votes": json.loads(votes)},
            seconds=_SECONDS,
            megabytes=_MEGABYTES,
        )
    except Refused as error:
        raise ProjectError(error.sentence) from error
    return json.dumps(done)


def _agreement(done: str, votes: Sequence[tuple[str, str, str]]) -> Agreement:
    told = json.loads(done)
    alpha = told["krippendorff"] or {}
    pairs = tuple(PairAgreement(**pair) for pair in told["pairs"])
    common = Counter(item for item, _, _ in votes)
    compared = sum(pair.items for pair in pairs)
    return Agreement(
        items=sum(count > 1 for count in common.values()),
        people=len({person for _, person, _ in votes}),
        likeness=sum(pair.same * pair.items for pair in pairs) / compared if compared else None,
        fleiss=told["fleiss"],
        krippendorff=alpha.get("alpha"),
        low=alpha.get("low"),
        high=alpha.get("high"),
        pairs=pairs,
    )


def _of_likeness(project: LabelProject, rows: dict[str, dict[str, dict[str, Any]]]) -> Agreement:
    alike = [
        likeness(project.task, one, other)
        for said in rows.values()
        for one, other in combinations(said.values(), 2)
    ]
    return Agreement(
        items=sum(len(said) > 1 for said in rows.values()),
        people=len({person for said in rows.values() for person in said}),
        likeness=sum(alike) / len(alike) if alike else None,
        fleiss=None,
        krippendorff=None,
        low=None,
        high=None,
        pairs=(),
    )
