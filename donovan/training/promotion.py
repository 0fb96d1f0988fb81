"""Letting a candidate serve, and going back: a pointer is moved, nothing is copied or changed.

An embedder takes its index along: everything is staged first, then index and pointer move in one
transaction. Whatever served before stays where it is, so going back is quick.
"""

import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.audit.services import record
from donovan.training.approvals import NEEDED, approvers, refusals
from donovan.training.errors import TrainingError
from donovan.training.gate import ask_gate, readable_candidate
from donovan.training.models import Candidate, GateReport, Move
from donovan.training.permissions import may_read, require_model_owner
from retrieval import swapping
from retrieval.embedding_errors import EmbedderUnavailable
from retrieval.model_folders import ROLES, ModelFolder, ModelTampered, read_model
from retrieval.models import ServedModel
from retrieval.serving import before, current, point

OnProgress = Callable[[int, int], None]
Within = Callable[[], None]
NOTHING_BEFORE = "Nothing else served in this role before, so there is nothing to go back to."


def nobody(_done: int, _total: int) -> None:
    """Nobody listens."""


def alone() -> None:
    """Nothing else happens with the move."""


def promote(
    person: User, candidate_id: uuid.UUID | str, *, on_progress: OnProgress = nobody, within: Within = alone
) -> Move:
    """Let the candidate serve in its role from the next request on.

    The gate is asked again now, and two different people must have said yes to what it finds. `on_progress`
    hears how many passages of how many an embedder has read; `within` is called in the transaction that
    moves the pointer, and what it raises undoes the move. Raises TrainingError with a sentence.
    """
    candidate, report, model = promotable(person, candidate_id)
    if candidate.role == "embedder":
        _prepared(model, on_progress)
        # Minutes have passed: what was true of the candidate and its approvals must be true still.
        candidate, report, model = promotable(person, candidate_id)
    kept = partial(_promoted, person=person, candidate=candidate, report=report)
    return _moved(candidate.role, model, kept, on_progress, within)


def promotable(person: User, candidate_id: uuid.UUID | str) -> tuple[Candidate, GateReport, ModelFolder]:
    """The candidate, its report and its checked folder, or TrainingError with what stands in the way."""
    require_model_owner(person, "promote a model")
    candidate = readable_candidate(person, candidate_id)
    now = current(candidate.role)
    if now is not None and (now.name, now.digest) == (candidate.name, candidate.digest):
        raise TrainingError("This model serves already.")
    try:
        model = read_model(candidate.folder, candidate.digest)
    except ModelTampered as error:
        raise TrainingError(error.sentence) from error
    report = ask_gate(person, candidate.pk)
    if not report.is_passed:
        reasons = [check["reason"] for check in report.content["checks"] if not check["is_passed"]]
        raise TrainingError(f"The gate refuses it. {' '.join(reasons)}")
    against = refusals(candidate, report)
    if against:
        raise TrainingError(f"{against[0].by} refused it: {against[0].remark}")
    said_yes = approvers(candidate, report)
    if len(said_yes) < NEEDED:
        names = f" So far: {', '.join(str(one) for one in said_yes)}." if said_yes else ""
        raise TrainingError(
            f"Two different people must approve what the gate found (report {report.digest[:12]}).{names}"
        )
    return candidate, report, model


def roll_back(
    person: User,
    role: str,
    *,
    to_base: bool = False,
    on_progress: OnProgress = nobody,
    within: Within = alone,
) -> Move:
    """Let serve again what served in `role` before the last promotion, or the base model.

    Raises TrainingError where nothing did, or where what served is no longer what it was.
    """
    require_model_owner(person, "roll back a model")
    if role not in ROLES:
        raise TrainingError(f"There is no role “{role[:40]}”. Choose one of {', '.join(ROLES)}.")
    now = current(role)
    if to_base and (now is None or not now.folder):
        raise TrainingError("The base model serves already.")
    row = None if to_base else previous(role)
    _require_readable(person, role)
    try:
        model = read_model(Path(settings.MODELS_DIR) / row.folder, row.digest) if row and row.folder else None
    except ModelTampered as error:
        raise TrainingError(f"{error.sentence} Go back to the base model instead.") from error
    return _moved(role, model, partial(_rolled_back, person=person), on_progress, within)


def previous(role: str) -> ServedModel | None:
    """What served before the last promotion that stands; None is the base model.

    Rolling back twice goes back two promotions, not forth again. Raises TrainingError where there is nothing.
    """
    now = current(role)
    if now is None:
        raise TrainingError(NOTHING_BEFORE)
    stack: list[ServedModel | None] = []
    for move in Move.objects.filter(role=role).select_related("served", "instead_of").order_by("pk"):
        if move.kind == Move.Kind.PROMOTION:
            if not stack:
                stack.append(move.instead_of)
            stack.append(move.served)
        elif not move.served.folder:
            stack = [move.served]
        elif len(stack) > 1:
            stack.pop()
            stack[-1] = move.served
    if not stack or stack[-1] is None or stack[-1].pk != now.pk:
        # The pointer was moved by other means than these; what it came from is all there is to know.
        found = before(role)
        if not now.folder and (found is None or not found.folder):
            raise TrainingError(NOTHING_BEFORE)
        return found
    if len(stack) < 2:
        raise TrainingError(NOTHING_BEFORE)
    return stack[-2]


def _require_readable(person: User, role: str) -> None:
    """What serves is named to whoever rolls it back, so it must be theirs to know of."""
    now = current(role)
    candidate = Candidate.objects.filter(role=role, digest=now.digest).first() if now else None
    if candidate is not None and not may_read(scope_for(person), candidate.labels):
        raise TrainingError(NOTHING_BEFORE)


def _prepared(model: ModelFolder, on_progress: OnProgress) -> None:
    try:
        swapping.prepare(model, on_progress=on_progress)
    except EmbedderUnavailable as error:
        raise TrainingError(str(error)) from error
    except ModelTampered as error:
        raise TrainingError(error.sentence) from error


def _moved(
    role: str,
    model: ModelFolder | None,
    kept: Callable[[ServedModel, ServedModel | None], Move],
    on_progress: OnProgress,
    also: Within,
) -> Move:
    """Move the pointer and keep the move and its record in the same transaction."""
    was = current(role)
    moves: list[Move] = []

    def within(served: ServedModel) -> None:
        also()
        moves[:] = [kept(served, was)]

    if role == "embedder":
        try:
            swapping.swap(model, on_progress=on_progress, within=within)
        except swapping.SwapBusy as error:
            raise TrainingError(error.sentence) from error
        except EmbedderUnavailable as error:
            raise TrainingError(str(error)) from error
        except ModelTampered as error:
            raise TrainingError(error.sentence) from error
    else:
        with transaction.atomic():
            within(point(role, model))
    return moves[0]


def _promoted(
    served: ServedModel,
    was: ServedModel | None,
    *,
    person: User,
    candidate: Candidate,
    report: GateReport,
) -> Move:
    Candidate.objects.filter(role=candidate.role, state=Candidate.State.PROMOTED).update(
        state=Candidate.State.RETIRED
    )
    Candidate.objects.filter(pk=candidate.pk).update(state=Candidate.State.PROMOTED)
    move = Move.objects.create(
        role=candidate.role,
        kind=Move.Kind.PROMOTION,
        candidate=candidate,
        served=served,
        instead_of=was,
        report_digest=report.digest,
        by=person,
    )
    _record(person, move, candidate.labels)
    return move


def _rolled_back(served: ServedModel, was: ServedModel | None, *, person: User) -> Move:
    left = Candidate.objects.filter(role=served.role, state=Candidate.State.PROMOTED)
    labels = [label for candidate in left for label in candidate.labels]
    left.update(state=Candidate.State.RETIRED)
    back = Candidate.objects.filter(role=served.role, digest=served.digest).first() if served.folder else None
    if back is not None:
        Candidate.objects.filter(pk=back.pk).update(state=Candidate.State.PROMOTED)
    move = Move.objects.create(
        role=served.role,
        kind=Move.Kind.ROLLBACK,
        candidate=back,
        served=served,
        instead_of=was,
        by=person,
    )
    _record(person, move, labels)
    return move


def _record(person: User, move: Move, labels: list[str]) -> None:
    record(
        person.get_username(),
        "promotion",
        labels=labels,
        detail={
            "change": move.kind,
            "role": move.role,
            "model": move.served.name,
            "digest": move.served.digest,
            "instead_of": move.instead_of.name if move.instead_of else "base",
            "report": move.report_digest,
            "candidate": str(move.candidate_id or ""),
        },
    )
