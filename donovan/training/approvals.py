"""Saying yes or no to a candidate. Two different people must say yes to the same gate report."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from donovan.access.models import User
from donovan.audit.services import record
from donovan.training.errors import TrainingError
from donovan.training.gate import readable_candidate
from donovan.training.models import Approval, Candidate, GateReport
from donovan.training.permissions import APPROVERS, require_approver

NEEDED = 2
_LONGEST_REMARK = 2000


@transaction.atomic
def say(
    person: User, candidate_id: UUID | str, report_digest: str, *, is_yes: bool, remark: str = ""
) -> Approval:
    """One person's word on the report with this digest; it replaces what they said of the same report before.

    Raises TrainingError when the gate has found something else since, when it did not pass, or for a no
    without a reason.
    """
    require_approver(person)
    candidate = readable_candidate(person, candidate_id)
    report = candidate.gate_reports.first()
    if report is None:
        raise TrainingError("The gate has not looked at this candidate yet. Ask it first.")
    if report.digest != report_digest:
        raise TrainingError("The gate has found something else since you opened this page. Look at it again.")
    if is_yes and not report.is_passed:
        raise TrainingError("The gate refuses this candidate, so nobody can approve it. Its reasons say why.")
    if not is_yes and not remark.strip():
        raise TrainingError("Say why you refuse it; whoever trained it needs to know.")
    if candidate.state == Candidate.State.PROMOTED:
        raise TrainingError("This model serves already.")
    approval, _ = Approval.objects.update_or_create(
        candidate=candidate,
        report_digest=report.digest,
        by=person,
        defaults={"is_yes": is_yes, "remark": remark.strip()[:_LONGEST_REMARK]},
    )
    candidate.state = _state(candidate, report)
    if not is_yes:
        candidate.remark = approval.remark
    candidate.save(update_fields=["state", "remark"])
    record(
        person.get_username(),
        "promotion",
        "approved" if is_yes else "refused",
        labels=candidate.labels,
        detail={"change": "approval", "candidate": str(candidate.pk), "report": report.digest},
    )
    return approval


def approvers(candidate: Candidate, report: GateReport) -> list[User]:
    """The different people who said yes to this report and may still say so."""
    return approvers_in_each({candidate.pk: report})[candidate.pk]


def approvers_in_each(reports: Mapping[UUID, GateReport]) -> dict[UUID, list[User]]:
    """The same for several candidates, each with its report, by the id of the candidate."""
    found: dict[UUID, list[User]] = {candidate_id: [] for candidate_id in reports}
    rows = Approval.objects.filter(candidate__in=list(reports), is_yes=True).select_related("by")
    for row in rows:
        is_of_it = row.report_digest == reports[row.candidate_id].digest
        if is_of_it and row.by.is_active and row.by.role in APPROVERS:
            found[row.candidate_id].append(row.by)
    return found


def refusals(candidate: Candidate, report: GateReport) -> list[Approval]:
    """Every no to this report."""
    rows = Approval.objects.filter(candidate=candidate, report_digest=report.digest, is_yes=False)
    return list(rows.select_related("by"))


def _state(candidate: Candidate, report: GateReport) -> str:
    if refusals(candidate, report):
        return Candidate.State.REFUSED
    if len(approvers(candidate, report)) >= NEEDED:
        return Candidate.State.APPROVED
    return Candidate.State.CANDIDATE
