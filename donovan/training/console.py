"""What the commands of this room share: errors as sentences, settings, candidates by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.services import AuditUnavailable
from donovan.evaluation.errors import UnusableData
from donovan.feedback.datasets.errors import DatasetError, DatasetNotFound
from donovan.library.console import caller_named, wrong
from donovan.training.errors import NotAllowed, TrainingError
from donovan.training.gate import NO_CANDIDATE
from donovan.training.models import Candidate
from donovan.training.permissions import readable_candidates
from retrieval.model_folders import ModelTampered


@contextmanager
def sentences() -> Iterator[None]:
    """Every refusal as a sentence: exit 2 where the arguments are wrong, 1 where it failed."""
    try:
        yield
    except (NotAllowed, DatasetNotFound) as error:
        raise wrong(error.sentence) from error
    except (TrainingError, DatasetError, UnusableData, ModelTampered, AuditUnavailable) as error:
        raise CommandError(error.sentence) from error


def person_named(username: str) -> User:
    """The active person of that name. Raises CommandError (exit 2)."""
    return caller_named(username).user


def candidate_named(person: User, named: str) -> Candidate:
    """The candidate with this id, name or role/name that the person may see. Raises CommandError (exit 2)."""
    for candidate in readable_candidates(scope_for(person)):
        if named in (str(candidate.pk), candidate.name, f"{candidate.role}/{candidate.name}"):
            return candidate
    raise wrong(NO_CANDIDATE)
