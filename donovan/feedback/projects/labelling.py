"""The labeller's work: one item, one answer, the next.

    next_item(caller, project_id) -> Assignment | None    what to label now; None when nothing is left
    give_label(caller, assignment_id, value, *, seconds=None) -> Annotation
    skip(caller, assignment_id, reason, *, note="") -> None         reason of Assignment.Skip
    undo(caller, project_id) -> Assignment | None         the last answer, open again; None if there is none

The item is `assignment.item`. A slot at an item is claimed by a compare-and-set on `ProjectItem.taken`, so
that two people never get the same last one, and given back when it is not answered in time.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from donovan.audit import services as audit
from donovan.feedback.models import Annotation
from donovan.feedback.projects.access import (
    documents_of_item,
    may_read_item,
    project_for,
    readable_items,
    require,
)
from donovan.feedback.projects.deciding import reopen, settle, undecided_by_skips
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.schema import checked_label
from donovan.feedback.projects.stream import is_golden, mixed
from donovan.feedback.services import keep_label
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere

LEASE = timedelta(minutes=30)
LONGEST_NOTE = 500
_TRIED_AT_ONCE = 20
_TOO_LATE = "This item has gone to somebody else meanwhile. Go on with the next one."
_TAKEN = (Assignment.State.OPEN, Assignment.State.DONE, Assignment.State.SKIPPED)

Role = ProjectMember.Role


def next_item(caller: Caller, project_id: UUID | str) -> Assignment | None:
    """What the caller is to label now: the item they have open already, or the next in turn.

    Only items that the caller may read whole are given, each at most once; near-duplicates of them never.
    """
    project = project_for(caller, project_id, Role.LABELLER)
    _require_work(caller, project)
    give_back_lapsed(project)
    open_now = _open_slot(caller, project)
    if open_now is not None:
        return open_now
    for item in _candidates(caller, project):
        claimed = _claim(caller, project, item)
        if claimed is not None:
            return claimed
    return None


def give_label(
    caller: Caller, assignment_id: UUID | str, value: Mapping[str, Any], *, seconds: float | None = None
) -> Annotation:
    """Keep the caller's answer to an open slot of theirs. `seconds` is the time taken as the page measured
    it; the time since the item was shown bounds it.
    """
    with transaction.atomic():
        slot = _own_slot(caller, assignment_id)
        item, project = slot.item, slot.item.project
        _require_work(caller, project)
        checked = checked_label(project, item.input, value)
        _hold(slot)
        now = timezone.now()
        passed = (now - slot.given_at).total_seconds()
        taken = passed if seconds is None else max(0.0, min(float(seconds), passed))
        label = keep_label(
            user=caller.user,
            task=project.task,
            target=Annotation.Target.ITEM,
            target_id=str(item.pk),
            shown=_shown(project, item, slot),
            value=checked,
            labels=item.labels,
            documents=documents_of_item(item),
            question=str(item.input.get("question", ""))[:4000],
            seconds=taken,
            origin=Annotation.Origin.PROJECT,
            source=caller.source,
        )
        slot.state, slot.label, slot.done_at, slot.seconds = Assignment.State.DONE, label, now, taken
        slot.save()
        ProjectItem.objects.filter(pk=item.pk).update(given=F("given") + 1)
        LabelProject.objects.filter(pk=project.pk).update(needs_looking=True)
        settle(item.pk)
    return label


def skip(caller: Caller, assignment_id: UUID | str, reason: str, *, note: str = "") -> None:
    """Leave an item out, and say why. Where enough people could not tell, an adjudicator decides."""
    require(reason in Assignment.Skip.values, "Say why: unclear instruction, cannot tell, or a broken item.")
    with transaction.atomic():
        slot = _own_slot(caller, assignment_id)
        slot.state, slot.skip, slot.note = Assignment.State.SKIPPED, reason, note.strip()[:LONGEST_NOTE]
        slot.done_at = timezone.now()
        slot.save()
        ProjectItem.objects.filter(pk=slot.item_id, taken__gt=0).update(taken=F("taken") - 1)
        undecided_by_skips(slot.item_id)
        audit.record(
            caller.name,
            "label",
            source=caller.source,
            labels=slot.item.labels,
            detail={"item": str(slot.item_id), "skipped": reason},
        )


def undo(caller: Caller, project_id: UUID | str) -> Assignment | None:
    """Take the caller's last label back and open its item for them again.

    It reaches back to that one and no further, whatever the item: who could go on would see which items do
    not come back. What an adjudicator or a reviewer has decided since stays decided, too.
    """
    with transaction.atomic():
        project = project_for(caller, project_id, Role.LABELLER)
        _require_work(caller, project)
        done = Assignment.objects.filter(
            item__project=project,
            person=caller.user,
            state=Assignment.State.DONE,
            label__withdrawn_at__isnull=True,
            round=_round(project),
        )
        slot = done.select_related("item", "label").order_by("-done_at").first()
        if (
            slot is None
            or has_undone(caller, project, slot.done_at)
            or not may_read_item(caller, slot.item)
            or not reopen(slot.item_id)
        ):
            return None
        _lay_aside(caller, project)
        now = timezone.now()
        Annotation.objects.filter(assignment=slot).update(withdrawn_at=now)
        slot.state = Assignment.State.UNDONE
        slot.save(update_fields=["state"])
        again = Assignment.objects.create(
            item=slot.item, person=caller.user, round=slot.round, given_at=now, until=now + LEASE
        )
        audit.record(
            caller.name,
            "label",
            source=caller.source,
            labels=slot.item.labels,
            detail={"item": str(slot.item_id), "undone": str(slot.label_id)},
        )
    return again


def has_undone(caller: Caller, project: LabelProject, since: datetime | None) -> bool:
    """Whether the caller has taken a label back since then, and not answered again."""
    undone = Assignment.objects.filter(
        item__project=project, person=caller.user, state=Assignment.State.UNDONE, round=_round(project)
    )
    return undone.filter(done_at__gt=since).exists() if since is not None else False


def give_back_lapsed(project: LabelProject) -> int:
    """Free the slots that were not answered in time; how many there were."""
    lapsed = Assignment.objects.filter(
        item__project=project, state=Assignment.State.OPEN, until__lt=timezone.now()
    )
    return sum(_free(slot) for slot in lapsed)


def _free(slot: Assignment) -> bool:
    with transaction.atomic():
        freed = Assignment.objects.filter(pk=slot.pk, state=Assignment.State.OPEN).update(
            state=Assignment.State.LAPSED
        )
        if freed:
            ProjectItem.objects.filter(pk=slot.item_id, taken__gt=0).update(taken=F("taken") - 1)
    return bool(freed)


def _lay_aside(caller: Caller, project: LabelProject) -> None:
    """What the caller has open goes back, because an older item is opened again."""
    for slot in Assignment.objects.filter(
        item__project=project, person=caller.user, state=Assignment.State.OPEN
    ):
        _free(slot)


def _require_work(caller: Caller, project: LabelProject) -> None:
    require(project.is_open, f"This project is {project.get_state_display()}; nothing is given out now.")
    member = ProjectMember.objects.filter(project=project, user=caller.user, role=Role.LABELLER).first()
    if member is None:
        raise NotFoundHere
    require(not member.is_paused, "The owner of the project has paused your queue. Ask them to go on.")


def _round(project: LabelProject) -> int:
    return project.round if project.state == LabelProject.State.CALIBRATING else 0


def _open_slot(caller: Caller, project: LabelProject) -> Assignment | None:
    slots = Assignment.objects.filter(
        item__project=project, person=caller.user, state=Assignment.State.OPEN
    ).select_related("item", "item__project")
    for slot in slots:
        is_in_turn = slot.round == _round(project) and slot.item.state == ProjectItem.State.OPEN
        if is_in_turn and may_read_item(caller, slot.item):
            Assignment.objects.filter(pk=slot.pk).update(until=timezone.now() + LEASE)
            return slot
        _free(slot)
    return None


def _candidates(caller: Caller, project: LabelProject) -> list[ProjectItem]:
    """The next items for the caller, best first, among those that they may read and did not have yet."""
    here = _round(project)
    had = Assignment.objects.filter(item__project=project, person=caller.user, state__in=_TAKEN)
    if here:
        had = had.filter(round=here)
    items = readable_items(caller, project).filter(state=ProjectItem.State.OPEN, copy_of=None)
    items = items.exclude(pk__in=had.values("item_id"))
    # Who has seen what others said of an item does not label it any more.
    items = items.exclude(Q(decided_by=caller.name) | Q(reviewed_by=caller.name))
    if here:
        # Everybody answers these, also who joined after they were given out.
        batch = items.filter(is_calibration=True)
        return list(batch.order_by("ordinal")[:_TRIED_AT_ONCE])
    in_turn = _in_turn(items.filter(is_gold=False, taken__lt=F("wanted")))
    if in_turn and _is_golden_moment(caller, project):
        known = sorted(items.filter(is_gold=True), key=lambda item: mixed(caller.name, item.pk))
        return [*known[:1], *in_turn]
    return in_turn


def _in_turn(items: QuerySet[ProjectItem]) -> list[ProjectItem]:
    """Items that others have begun come first, so that they are decided; then by the machine's order."""
    return list(items.order_by("-taken", "-priority", "ordinal")[:_TRIED_AT_ONCE])


def _is_golden_moment(caller: Caller, project: LabelProject) -> bool:
    """Whether the next item has a known answer."""
    place = Assignment.objects.filter(
        item__project=project, person=caller.user, state__in=_TAKEN, round=0
    ).count()
    return is_golden(caller.name, project, place)


def _claim(caller: Caller, project: LabelProject, item: ProjectItem) -> Assignment | None:
    now = timezone.now()
    rows = ProjectItem.objects.filter(pk=item.pk, state=ProjectItem.State.OPEN)
    if not item.is_gold and not _round(project):
        rows = rows.filter(taken__lt=F("wanted"))
    try:
        with transaction.atomic():
            if not rows.update(taken=F("taken") + 1):
                return None
            slot = Assignment.objects.create(
                item=item, person=caller.user, round=_round(project), given_at=now, until=now + LEASE
            )
            audit.record(
                caller.name,
                "view",
                source=caller.source,
                labels=item.labels,
                documents=documents_of_item(item),
                detail={"page": "labelling", "project": str(project.pk), "item": str(item.pk)},
            )
    except IntegrityError:
        # The same person in another window was quicker: that slot is theirs already.
        return _open_slot(caller, project)
    return slot


def _own_slot(caller: Caller, assignment_id: UUID | str) -> Assignment:
    try:
        slot = Assignment.objects.select_related("item", "item__project").get(
            pk=assignment_id, person=caller.user
        )
    except (Assignment.DoesNotExist, ValidationError, ValueError):
        raise NotFoundHere from None
    project_for(caller, slot.item.project_id, Role.LABELLER)
    if not may_read_item(caller, slot.item):
        raise NotFoundHere
    is_here = slot.state in (Assignment.State.OPEN, Assignment.State.LAPSED)
    require(is_here and slot.round == _round(slot.item.project), "This item is answered already.")
    return slot


def _hold(slot: Assignment) -> None:
    """Make sure of the slot: one that lapsed is claimed again, if it is still free."""
    changed = Assignment.objects.filter(pk=slot.pk, state=slot.state).update(state=Assignment.State.OPEN)
    require(bool(changed), _TOO_LATE)
    if slot.state == Assignment.State.LAPSED:
        item = ProjectItem.objects.filter(pk=slot.item_id, state=ProjectItem.State.OPEN)
        free = item if slot.item.is_gold or slot.round else item.filter(taken__lt=F("wanted"))
        require(bool(free.update(taken=F("taken") + 1)), _TOO_LATE)


def _shown(project: LabelProject, item: ProjectItem, slot: Assignment) -> dict[str, Any]:
    shows = project.schema.get("shows_prelabel", False)
    return {
        "input": item.input,
        "project": str(project.pk),
        "round": slot.round,
        "instruction": hashlib.sha256(project.instruction.encode()).hexdigest(),
        "prelabel": item.prelabel if shows else None,
        "prelabel_model": item.prelabel_model if shows else "",
    }
