"""Candidates that passed the gate and wait for people: for the next approval, or to be promoted."""

from dataclasses import dataclass

from donovan.access.models import Role, User
from donovan.access.scope import scope_for
from donovan.training.approvals import NEEDED, approvers
from donovan.training.models import Candidate
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


def waiting_of(candidate: Candidate) -> Waiting | None:
    """What the candidate waits for; None where it serves, served, was refused or has not passed the gate."""
    if candidate.state not in (State.CANDIDATE, State.APPROVED):
        return None
    report = candidate.gate_reports.first()
    if report is None or not report.is_passed:
        return None
    return Waiting(candidate, tuple(approvers(candidate, report)))


def waiting_for(person: User) -> list[Waiting]:
    """What waits for this person, newest first."""
    found = (waiting_of(candidate) for candidate in readable_candidates(scope_for(person)))
    return [one for one in found if one is not None and one.is_for(person)]
