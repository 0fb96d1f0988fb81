"""Moves that take minutes: an embedder reads every passage first. Asked for here, made by a worker.

The worker makes them in a process of its own (`manage.py carry_out_move`), for which the model is loaded. A
process that is killed loses nothing: what was embedded stands ready, and the sweep rings again.
"""

import fcntl
import logging
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from donovan.access.models import User
from donovan.audit.services import record
from donovan.insight.renewal import kept_alive
from donovan.training import doorbell
from donovan.training.errors import TrainingError
from donovan.training.models import AskedMove, Move
from donovan.training.promotion import previous, promotable, promote, roll_back

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
_RENEWAL_SECONDS = 15.0
_TELL_SECONDS = 2.0
BUSY = "A change of this role is under way already. Wait until it is done."
UNEXPECTED = "The change could not be made, and what served before still serves. Try again."


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
    doorbell.ring(doorbell.MOVE, asked.pk)


def waiting() -> QuerySet[AskedMove]:
    """Moves that nobody living makes."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return AskedMove.objects.filter(free, notice="")


def carry_out_apart(asked_id: uuid.UUID) -> None:
    """Make an asked move in a process of its own, and keep its lease meanwhile."""
    ours = AskedMove.objects.filter(pk=asked_id)
    if not waiting().filter(pk=asked_id).update(lease_until=timezone.now() + LEASE):
        return
    with kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=_RENEWAL_SECONDS,
        name=f"lease-of-move-{asked_id}",
    ):
        done = subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "carry_out_move", str(asked_id)],
            capture_output=True,
            check=False,
        )
    if done.returncode:
        logger.error("the move %s ended with status %s", asked_id, done.returncode)
    # Still there: it died, and the sweep rings again; what it had embedded is found again.
    ours.filter(notice="").update(lease_until=None)


def carry_out(asked_id: uuid.UUID) -> None:
    """Make an asked move here. What goes wrong is kept as its notice."""
    asked = AskedMove.objects.select_related("asked_by", "candidate").filter(pk=asked_id, notice="").first()
    if asked is None:
        return
    with _alone(asked.role) as is_alone:
        if not is_alone:
            return
        try:
            if asked.candidate is not None:
                promote(asked.asked_by, asked.candidate.pk, tell=_teller(asked))
            else:
                roll_back(asked.asked_by, asked.role, tell=_teller(asked))
        except TrainingError as error:
            AskedMove.objects.filter(pk=asked_id).update(notice=error.sentence, lease_until=None)
        except Exception as error:
            logger.error("the move %s failed: %s", asked_id, type(error).__name__)
            notice = f"{UNEXPECTED} ({type(error).__name__})"
            AskedMove.objects.filter(pk=asked_id).update(notice=notice, lease_until=None)
        else:
            AskedMove.objects.filter(pk=asked_id).delete()


def _teller(asked: AskedMove) -> Callable[[int, int], None]:
    """Keeps how many passages were read, now and then."""
    at = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal at
        if time.monotonic() - at > _TELL_SECONDS:
            at = time.monotonic()
            AskedMove.objects.filter(pk=asked.pk).update(words=f"{done} of {total} passages read")

    return tell


@contextmanager
def _alone(role: str) -> Iterator[bool]:
    """Whether no other process makes a move in this role; the lock goes with the process."""
    folder = Path(settings.TRAINING_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"move-{role}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
