"""Looking through what was decided: accept it, put it right, or send it back to the labellers.

items_to_review(caller, project_id) -> list[ProjectItem]       decided, not reviewed, least certain first
accept(caller, item_id, *, note="") -> ProjectItem
fix(caller, item_id, value, *, note="") -> ProjectItem
send_back(caller, item_id, *, note) -> ProjectItem             labelled anew; the note is shown with it
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donovan.feedback.models import Annotation
from donovan.feedback.projects.access import item_for, project_for, readable_items, require
from donovan.feedback.projects.deciding import LONGEST_NOTE, UNDECIDED, current_slots, decide, keep_decision
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.schema import checked_label
from donovan.feedback.projects.services import note as record_note
from donovan.library.callers import Caller

Role = ProjectMember.Role
Review = ProjectItem.Review


def items_to_review(caller: Caller, project_id: UUID | str) -> list[ProjectItem]:
    """Decided items that nobody has reviewed and the caller may read, the least certain first."""
    project = project_for(caller, project_id, Role.REVIEWER)
    decided = readable_items(caller, project).filter(
        state=ProjectItem.State.DONE, copy_of=None, is_gold=False, review__in=["", Review.SENT_BACK]
    )
    return list(decided.order_by(F("confidence").asc(nulls_last=True), "ordinal"))


def accept(caller: Caller, item_id: UUID | str, *, note: str = "") -> ProjectItem:
    """Say that what was decided is right."""
    with transaction.atomic():
        item = _decided(caller, item_id)
        _reviewed(caller, item, Review.ACCEPTED, note=note)
    return item


def fix(caller: Caller, item_id: UUID | str, value: Mapping[str, Any], *, note: str = "") -> ProjectItem:
    """Put a decision right; the reviewer's answer is kept as a label of its own.

    The answer that was decided already is accepted instead.
    """
    with transaction.atomic():
        item = _decided(caller, item_id)
        checked = checked_label(item.project, item.input, value)
        if checked == item.final:
            _reviewed(caller, item, Review.ACCEPTED, note=note)
            return item
        keep_decision(caller, item, checked, note=note)
        decide(item.pk, checked, ProjectItem.How.REVIEWED, by=caller.name, note=note)
        LabelProject.objects.filter(pk=item.project_id).update(needs_looking=True)
        _reviewed(caller, item, Review.FIXED, note=note)
    return item


def send_back(caller: Caller, item_id: UUID | str, *, note: str) -> ProjectItem:
    """Have an item labelled anew, with a note to the labellers. What was said of it is withdrawn."""
    require(bool(note.strip()), "Say what is wrong, so that the labellers can do it better.")
    with transaction.atomic():
        item = _decided(caller, item_id)
        require(
            item.project.is_open, "The project is not open, so nobody could label it anew. Resume it first."
        )
        now = timezone.now()
        Annotation.objects.filter(assignment__in=current_slots(item)).update(withdrawn_at=now)
        item.assignments.filter(
            state__in=[Assignment.State.DONE, Assignment.State.OPEN, Assignment.State.SKIPPED]
        ).update(state=Assignment.State.SENT_BACK)
        ProjectItem.objects.filter(pk=item.pk).update(
            state=ProjectItem.State.OPEN, wanted=item.project.overlap, taken=0, given=0, priority=1.0,
            is_calibration=False, **UNDECIDED,
        )  # fmt: skip
        ProjectItem.objects.filter(copy_of=item.pk).update(state=ProjectItem.State.OPEN, **UNDECIDED)
        _reviewed(caller, item, Review.SENT_BACK, note=note)
    return item


def _decided(caller: Caller, item_id: UUID | str) -> ProjectItem:
    item = item_for(caller, item_id, Role.REVIEWER)
    require(
        item.state == ProjectItem.State.DONE and not item.is_gold,
        "This item is not decided now. Open the list again.",
    )
    return item


def _reviewed(caller: Caller, item: ProjectItem, review: str, *, note: str = "") -> None:
    ProjectItem.objects.filter(pk=item.pk).update(
        review=review,
        review_note=note.strip()[:LONGEST_NOTE],
        reviewed_by=caller.name,
        reviewed_at=timezone.now(),
    )
    record_note(caller, item.project, "reviewed", item=str(item.pk), review=str(review))
    item.refresh_from_db()
