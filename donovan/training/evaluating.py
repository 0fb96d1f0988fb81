"""Measuring a candidate: the suites its gate needs, on it and on what serves, made by a worker."""

import logging
import time
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from donovan.access.models import User
from donovan.audit.services import record
from donovan.evaluation.errors import UnusableData
from donovan.insight.renewal import kept_alive
from donovan.training import doorbell
from donovan.training.errors import TrainingError
from donovan.training.gate import ask_gate, readable_candidate
from donovan.training.models import Candidate, GateReport
from donovan.training.permissions import require_model_owner
from donovan.training.runs import Told, evaluate_missing
from retrieval.model_folders import ModelTampered

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
_RENEWAL_SECONDS = 15.0
_TELL_SECONDS = 2.0
UNEXPECTED = "It could not be measured. Try again."


@transaction.atomic
def request_evaluation(person: User, candidate_id: uuid.UUID | str) -> Candidate:
    """Let a worker run every suite that the gate still needs, and ask the gate then."""
    require_model_owner(person, "let a candidate be measured")
    candidate = readable_candidate(person, candidate_id)
    if candidate.evaluation_asked_by_id is not None:
        raise TrainingError("It is being measured already.")
    candidate.evaluation_asked_by, candidate.evaluation_words = person, "waiting for a worker"
    candidate.evaluation_until = None
    candidate.save(update_fields=["evaluation_asked_by", "evaluation_words", "evaluation_until"])
    record(
        person.get_username(),
        "promotion",
        "asked",
        labels=candidate.labels,
        detail={"change": "evaluate", "candidate": str(candidate.pk)},
    )
    doorbell.ring(doorbell.EVALUATE, candidate.pk)
    return candidate


def waiting() -> QuerySet[Candidate]:
    """Candidates that somebody wants measured and that nobody living measures."""
    free = Q(evaluation_until=None) | Q(evaluation_until__lt=timezone.now())
    return Candidate.objects.filter(free, evaluation_asked_by__isnull=False)


def carry_out(candidate_id: uuid.UUID) -> None:
    """Measure an asked-for candidate, and ask the gate. What goes wrong is kept in words."""
    if not waiting().filter(pk=candidate_id).update(evaluation_until=timezone.now() + LEASE):
        return
    ours = Candidate.objects.filter(pk=candidate_id)
    candidate = ours.select_related("evaluation_asked_by").get()
    person = candidate.evaluation_asked_by
    words = ""
    try:
        with kept_alive(
            lambda: ours.update(evaluation_until=timezone.now() + LEASE),
            seconds=_RENEWAL_SECONDS,
            name=f"lease-of-evaluation-{candidate_id}",
        ):
            if person is not None:
                evaluate(candidate, person, tell=_teller(candidate))
    except TrainingError as error:
        words = error.sentence
    except Exception as error:
        logger.error("measuring candidate %s failed: %s", candidate_id, type(error).__name__)
        words = f"{UNEXPECTED} ({type(error).__name__})"
    ours.update(evaluation_asked_by=None, evaluation_until=None, evaluation_words=words[:300])


def evaluate(candidate: Candidate, person: User, *, tell: Told, size: str = "quick") -> GateReport:
    """Run what is missing now, and ask the gate; its report. Raises TrainingError with a sentence."""
    require_model_owner(person, "let a candidate be measured")
    try:
        evaluate_missing(candidate, person, size=size, tell=tell)
    except (ModelTampered, UnusableData) as error:
        raise TrainingError(error.sentence) from error
    return ask_gate(person, candidate.pk)


def _teller(candidate: Candidate) -> Told:
    at = 0.0

    def tell(words: str) -> None:
        nonlocal at
        if time.monotonic() - at > _TELL_SECONDS:
            at = time.monotonic()
            Candidate.objects.filter(pk=candidate.pk).update(evaluation_words=words[:300])

    return tell
