"""Measuring a candidate: the suites its gate needs, on it and on what serves, made by a worker."""

import uuid
from collections.abc import Callable

from django.db import transaction

from donovan.access.models import User
from donovan.audit.services import record
from donovan.evaluation.errors import UnusableData
from donovan.training.errors import TrainingError
from donovan.training.gate import ask_gate, readable_candidate
from donovan.training.models import Candidate, GateReport
from donovan.training.permissions import require_model_owner
from donovan.training.runs import OnProgress, evaluate_missing
from donovan.training.work import EVALUATE
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler
from ingest.work.services import enqueue
from retrieval.model_folders import ModelTampered


@transaction.atomic
def request_evaluation(person: User, candidate_id: uuid.UUID | str) -> Candidate:
    """Let a worker run every suite that the gate still needs, and ask the gate then."""
    require_model_owner(person, "let a candidate be measured")
    candidate = readable_candidate(person, candidate_id)
    if candidate.evaluation_asked_by_id is not None:
        raise TrainingError("It is being measured already.")
    candidate.evaluation_asked_by, candidate.evaluation_words = person, ""
    candidate.save(update_fields=["evaluation_asked_by", "evaluation_words"])
    record(
        person.get_username(),
        "promotion",
        "asked",
        labels=candidate.labels,
        detail={"change": "evaluate", "candidate": str(candidate.pk)},
    )
    enqueue(EVALUATE, candidate.pk, asked_by=person.get_username())
    return candidate


class _Evaluations(Handler):
    """Measures an asked-for candidate and asks the gate. Each suite that is done is a checkpoint."""

    refusals = (TrainingError,)

    def run(self, held: Held) -> str:
        candidate = Candidate.objects.select_related("evaluation_asked_by").filter(pk=held.subject).first()
        if candidate is None or candidate.evaluation_asked_by is None:
            raise SubjectGone

        def on_progress(words: str) -> None:
            held.check()
            held.on_progress(Progress(words=words))

        evaluate(
            candidate, candidate.evaluation_asked_by, on_progress=on_progress, suite_done=held.checkpoint
        )
        return ""

    def follow(self, job: Job) -> None:
        candidate = Candidate.objects.filter(pk=job.subject)
        if job.is_open:
            person = User.objects.filter(username=job.asked_by).first()
            candidate.filter(evaluation_asked_by=None).update(evaluation_asked_by=person, evaluation_words="")
        else:
            candidate.update(evaluation_asked_by=None, evaluation_words=job.notice[:300])


EVALUATIONS = _Evaluations()


def evaluate(
    candidate: Candidate,
    person: User,
    *,
    on_progress: OnProgress,
    size: str = "quick",
    suite_done: Callable[[], None] = lambda: None,
) -> GateReport:
    """Run what is missing now, and ask the gate; its report. Raises TrainingError with a sentence."""
    require_model_owner(person, "let a candidate be measured")
    try:
        evaluate_missing(candidate, person, size=size, on_progress=on_progress, suite_done=suite_done)
    except (ModelTampered, UnusableData) as error:
        raise TrainingError(error.sentence) from error
    return ask_gate(person, candidate.pk)
