"""The gate: what a candidate must show before two people can say yes, kept as a report that never changes.

The digest of a report is that of everything it says. Asked again, the gate gives the same report for the same
candidate, data, runs and serving models, and another one as soon as any of that is another; an approval names
the digest it was given to, and so means nothing for another report.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.services import record
from donovan.evaluation.catalogue import roles_measured
from donovan.evaluation.comparison import Comparison
from donovan.evaluation.errors import UnusableData
from donovan.training.class_checks import class_checks
from donovan.training.errors import TrainingError
from donovan.training.gate_checks import (
    Check,
    check_base,
    check_dataset,
    check_folder,
    check_languages,
    check_losses,
    check_readers,
    check_runs,
    check_target,
    compare_pairs,
)
from donovan.training.models import Candidate, GateReport
from donovan.training.permissions import may_read, require_approver
from donovan.training.runs import Pair, pairs_of
from donovan.training.targets import suites_for, target_for
from retrieval.model_folders import ROLES, ModelTampered
from retrieval.serving import pointer

NO_CANDIDATE = "There is no such candidate."


@dataclass(frozen=True)
class Findings:
    """All checks, and what the page shows beside them."""

    checks: tuple[Check, ...]
    content: dict[str, Any]

    @property
    def is_passed(self) -> bool:
        return all(check.is_passed for check in self.checks)

    @property
    def digest(self) -> str:
        said = json.dumps(self.content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def readable_candidate(person: User, candidate_id: uuid.UUID | str) -> Candidate:
    """The candidate, for somebody who may read all that it was trained on. Raises TrainingError."""
    candidate = Candidate.objects.filter(pk=candidate_id).first()
    if candidate is None or not may_read(scope_for(person), candidate.labels):
        raise TrainingError(NO_CANDIDATE)
    return candidate


def ask_gate(person: User, candidate_id: uuid.UUID | str) -> GateReport:
    """Check the candidate now; the report, which is an earlier one where nothing changed since.

    Raises TrainingError for somebody who may not ask. What is wrong with the candidate stands in the report.
    """
    require_approver(person)
    candidate = readable_candidate(person, candidate_id)
    found = examine(candidate, person)
    with transaction.atomic():
        latest = GateReport.objects.filter(candidate=candidate).first()
        if latest is not None and latest.digest == found.digest:
            return latest
        report = GateReport.objects.create(
            candidate=candidate,
            digest=found.digest,
            content=found.content,
            is_passed=found.is_passed,
            made_by=person,
        )
        record(
            person.get_username(),
            "promotion",
            "passed" if found.is_passed else "refused",
            labels=candidate.labels,
            detail={
                "change": "gate",
                "candidate": str(candidate.pk),
                "report": found.digest,
                "failed": [check.key for check in found.checks if not check.is_passed],
            },
        )
    return report


def examine(candidate: Candidate, person: User) -> Findings:
    """Every check, in the order in which a person would ask; nothing is changed."""
    folder = check_folder(candidate)
    checks = [folder, *check_dataset(candidate, person), check_base(candidate), check_readers(candidate)]
    pairs: list[Pair] = []
    comparisons: dict[str, Comparison | str] = {}
    if folder.is_passed and candidate.role == "triage":
        checks += class_checks(candidate, person)
    elif folder.is_passed:
        try:
            pairs = pairs_of(candidate)
        except (ModelTampered, UnusableData) as error:
            checks.append(Check("runs", "It was measured", False, str(error)))
        comparisons = compare_pairs(pairs)
    if candidate.role != "triage":
        target = target_for(candidate)
        if pairs:
            checks.append(check_runs(pairs, target))
        checks.append(check_target(target, comparisons))
        checks += check_languages(candidate, target, comparisons)
        checks += [check_losses(suite, comparisons.get(suite)) for suite in suites_for(candidate)]
    content = {
        "candidate": {"role": candidate.role, "name": candidate.name, "digest": candidate.digest},
        "serving": {role: pointer(role).key for role in roles_bound_by(candidate)},
        "checks": [check.as_json() for check in checks],
        "runs": {
            pair.suite: [str(run.pk) if run else "" for run in (pair.serving, pair.candidate)]
            for pair in pairs
        },
        "comparisons": {
            suite: found.as_json() for suite, found in comparisons.items() if isinstance(found, Comparison)
        },
    }
    return Findings(tuple(checks), content)


def roles_bound_by(candidate: Candidate) -> list[str]:
    """The roles that what was measured rests on: a model that serves in another changes nothing."""
    if candidate.role == "triage":
        return ["embedder", "triage"]
    measured = {role for suite in suites_for(candidate) for role in roles_measured(suite)}
    return [role for role in ROLES if role in measured or role == candidate.role]
