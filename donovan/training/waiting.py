"""Candidates that passed the gate and wait for people: for the next approval, or to be promoted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from donovan.access.models import Role, User
from donovan.access.scope import scope_for
from donovan.training.approvals import NEEDED, approvers_in_each
from donovan.training.models import Candidate, GateReport
from donovan.training.permissions import APPROVERS, readable_candidates

State = Candidate.State


@dataclass(frozen=True)
class Waiting:
    """A candidate that the gate let pass, and who said yes to its newest report."""

    candidate: Candidate
    said_yes: tuple[User, ...]

    @property
    def words(self) -> str:
        """What it waits for."""
        if len(self.said_yes) >= NEEDED:
            return "approved, waits to be promoted"
        return f"passed the gate, waits for approval {len(self.said_yes) + 1} of {NEEDED}"

    def is_for(self, person: User) -> bool:
        """Whether this person can take the next step: an approver who has not said yes, or a model owner."""
        if len(self.said_yes) >= NEEDED:
            return person.role == Role.MODEL_OWNER
        return person.role in APPROVERS and person not in self.said_yes


def newest_reports(candidates: Iterable[Candidate]) -> dict[UUID, GateReport]:
    """What the gate said last of each candidate that it was asked about, by the id of the candidate and
    without what the report holds in full.
    """
    rows = GateReport.objects.filter(candidate__in=[one.pk for one in candidates]).defer("content")
    found: dict[UUID, GateReport] = {}
    for report in rows:  # the newest first: the order of the model
        found.setdefault(report.candidate_id, report)
    return found


def waiting_of_each(
    candidates: Iterable[Candidate], reports: Mapping[UUID, GateReport]
) -> dict[UUID, Waiting]:
    """What each candidate waits for, by its id, given its newest report. One that serves, served, was refused
    or has not passed the gate waits for nothing.
    """
    passed = {
        one.pk: one
        for one in candidates
        if one.state in (State.CANDIDATE, State.APPROVED) and one.pk in reports and reports[one.pk].is_passed
    }
    said_yes = approvers_in_each({key: reports[key] for key in passed})
    return {key: Waiting(one, tuple(said_yes[key])) for key, one in passed.items()}


def waiting_for(person: User) -> list[Waiting]:
    """What waits for this person, newest first."""
    candidates = readable_candidates(scope_for(person))
    found = waiting_of_each(candidates, newest_reports(candidates))
    return [one for one in found.values() if one.is_for(person)]
