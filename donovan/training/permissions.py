"""Who may do what here. Model owners train, promote and roll back; reviewers read and approve with them."""

from donovan.access.models import Role, User
from donovan.library.derived import look_up_labels
from donovan.training.errors import NotAllowed
from donovan.training.models import Candidate, TrainingJob
from retrieval.scope import AccessScope

APPROVERS = (Role.MODEL_OWNER, Role.REVIEWER)


def require_model_owner(person: User, what: str) -> None:
    """Raises NotAllowed unless `person` is an active model owner; `what` ends "Only a model owner may"."""
    if not person.is_active or person.role != Role.MODEL_OWNER:
        raise NotAllowed(f"Only a model owner may {what}.")


def require_approver(person: User) -> None:
    """Raises NotAllowed unless `person` is an active model owner or reviewer."""
    if not person.is_active or person.role not in APPROVERS:
        raise NotAllowed("Only a model owner or a reviewer may say yes or no to a candidate.")


def readable_jobs(scope: AccessScope) -> list[TrainingJob]:
    """The jobs whose training data the caller may read all of, newest first."""
    rows = list(TrainingJob.objects.select_related("started_by", "candidate"))
    look_up_labels(rows)
    return [job for job in rows if may_read(scope, job.labels)]


def readable_candidates(scope: AccessScope) -> list[Candidate]:
    """The candidates whose training data the caller may read all of, newest first."""
    rows = list(Candidate.objects.select_related("job"))
    look_up_labels(rows)
    return [one for one in rows if may_read(scope, one.labels)]


def may_read(scope: AccessScope, labels: list[str]) -> bool:
    """Whether the scope is not empty and covers every label."""
    return bool(scope.labels) and all(scope.may_read(label) for label in labels)
