"""Moves that take minutes: an embedder reads every passage first. Asked for here, made by a worker.

The worker makes them in a process of its own (`manage.py carry_out_move`), for which the model is loaded, and
which holds the job of its parent by the same token. A process that is killed loses nothing: what was embedded
stands ready, and the next one finds it. The job ends in the transaction that moves the pointer, so that a
zombie moves none.
"""

import uuid

from django.db import transaction

from donovan.access.models import User
from donovan.audit.services import record
from donovan.training.errors import TrainingError
from donovan.training.models import AskedMove, Move
from donovan.training.promotion import previous, promotable, promote, roll_back
from donovan.training.work import MOVE
from ingest.work.command import run_command
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler
from ingest.work.services import enqueue

COMMAND = "carry_out_move"
BUSY = "A change of this role is under way already. Wait until it is done."


def ask_to_promote(person: User, candidate_id: uuid.UUID | str) -> Move | None:
    """Promote at once where that is quick; None where a worker has been asked, because it takes minutes."""
    candidate, _report, _model = promotable(person, candidate_id)
    if candidate.role != "embedder":
        return promote(person, candidate.pk)
    _ask(person, candidate.role, candidate.pk, candidate.labels)
    return None


def ask_to_roll_back(person: User, role: str) -> Move | None:
    """Roll back at once where that is quick; None where a worker has been asked."""
    if role != "embedder":
        return roll_back(person, role)
    previous(role)
    _ask(person, role, None, [])
    return None


@transaction.atomic
def _ask(person: User, role: str, candidate_id: uuid.UUID | None, labels: list[str]) -> None:
    asked = AskedMove.objects.filter(role=role).first()
    if asked is not None and not asked.notice:
        raise TrainingError(BUSY)
    AskedMove.objects.filter(role=role).delete()
    asked = AskedMove.objects.create(role=role, candidate_id=candidate_id, asked_by=person)
    record(
        person.get_username(),
        "promotion",
        "asked",
        labels=labels,
        detail={"change": "ask", "role": role, "candidate": str(candidate_id or "")},
    )
    enqueue(MOVE, asked.pk, asked_by=person.get_username())


class _Moves(Handler):
    """Keeps a process at it, and lets the row of the role say why a move was not made."""

    refusals = (TrainingError,)

    def run(self, held: Held) -> str:
        if not AskedMove.objects.filter(pk=held.subject).exists():
            raise SubjectGone
        return run_command(held, COMMAND)

    def follow(self, job: Job) -> None:
        asked = AskedMove.objects.filter(pk=job.subject)
        if job.state == Job.State.FAILED:
            asked.update(notice=job.notice)
        elif job.state == Job.State.WAITING:
            asked.update(notice="")
        elif not job.is_open:
            asked.delete()


class MovesHere(_Moves):
    """Makes the move in this very process."""

    def run(self, held: Held) -> str:
        asked = AskedMove.objects.select_related("asked_by", "candidate").filter(pk=held.subject).first()
        if asked is None:
            raise SubjectGone

        def on_progress(done: int, total: int) -> None:
            held.on_progress(Progress(done, total, "passages read"))

        if asked.candidate is not None:
            promote(asked.asked_by, asked.candidate.pk, on_progress=on_progress, within=held.complete)
        else:
            roll_back(asked.asked_by, asked.role, on_progress=on_progress, within=held.complete)
        return ""


MOVES = _Moves()
