"""From labels to a decision: agreement ends an item, disagreement asks more people, then an adjudicator.

    disputed_items(caller, project_id) -> list[ProjectItem]
    adjudicate(caller, item_id, value, *, note="") -> ProjectItem

Where people choose one of a few answers, the chance of each is computed from the skill of those who gave it
(`aggregation`). Spans and texts are compared with each other: they agree when they are alike enough
(`likeness`), and the one most like the others is taken.
"""

from collections.abc import Hashable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donovan.feedback.models import Annotation
from donovan.feedback.projects.access import documents_of_item, item_for, project_for, readable_items, require
from donovan.feedback.projects.aggregation import UNKNOWN_SKILL, Outcome, aggregate
from donovan.feedback.projects.likeness import closest, likeness
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.reach import Labellers
from donovan.feedback.projects.schema import answer_key, checked_label, has_choices
from donovan.feedback.services import keep_label
from donovan.library.callers import Caller

ALIKE_ENOUGH = 0.9
SKIPS_THAT_STOP = 2
MACHINE_IS_SURE = 0.9
LEAST_SKILL_ALONE = 0.5
LONGEST_NOTE = 1000

State = ProjectItem.State
How = ProjectItem.How
Role = ProjectMember.Role


def disputed_items(caller: Caller, project_id: UUID | str) -> list[ProjectItem]:
    """What waits for an adjudicator and may be read by the caller, oldest first."""
    project = project_for(caller, project_id, Role.ADJUDICATOR)
    return list(readable_items(caller, project).filter(state=State.ADJUDICATION).order_by("ordinal"))


def adjudicate(
    caller: Caller, item_id: UUID | str, value: Mapping[str, Any], *, note: str = ""
) -> ProjectItem:
    """Decide a disputed item. The decision is a label of its own, and copies of the item take it over."""
    with transaction.atomic():
        item = item_for(caller, item_id, Role.ADJUDICATOR)
        checked = checked_label(item.project, item.input, value)
        claimed = ProjectItem.objects.filter(pk=item.pk, state=State.ADJUDICATION).update(state=State.DONE)
        require(bool(claimed), "This item does not wait for a decision any more.")
        keep_decision(caller, item, checked, note=note)
        decide(item.pk, checked, How.ADJUDICATED, by=caller.name, note=note)
        LabelProject.objects.filter(pk=item.project_id).update(needs_looking=True)
    item.refresh_from_db()
    return item


def settle(item_id: UUID, labellers: Labellers | None = None) -> None:
    """Look at an item after a label: done, one more person, or an adjudicator. Inside a transaction.

    It waits for further people only while there are some who may read it.
    """
    item = ProjectItem.objects.select_related("project", "document").get(pk=item_id)
    project = item.project
    if item.is_gold or item.state != State.OPEN or project.state == LabelProject.State.CALIBRATING:
        # Calibration compares everybody; what came of it is settled when the rest is released.
        return
    if item.given < item.wanted and _somebody_is_left(item, labellers):
        return
    slots = current_slots(item)
    if not slots:
        _settle_without_answer(item)
        return
    outcome, final = _outcome(project, slots)
    if outcome.move == "done":
        decide(
            item.pk,
            final,
            How.AGREED if outcome.is_unanimous else How.WEIGHED,
            confidence=outcome.chance,
        )
    elif outcome.move == "more" and _somebody_is_left(item, labellers):
        ProjectItem.objects.filter(pk=item.pk).update(wanted=F("given") + 1, confidence=outcome.chance)
    elif not _has_adjudicator(project) and not outcome.is_unanimous and project.overlap == 1:
        decide(item.pk, final, How.WEIGHED, confidence=outcome.chance)
    else:
        ProjectItem.objects.filter(pk=item.pk).update(
            state=State.ADJUDICATION, confidence=outcome.chance, priority=1.0 - outcome.chance
        )


def current_slots(item: ProjectItem) -> list[Assignment]:
    """The answered slots of an item whose labels stand, in the order in which they were given."""
    rows = item.assignments.filter(state=Assignment.State.DONE, label__withdrawn_at__isnull=True)
    return list(rows.select_related("label", "person").order_by("done_at"))


def skills_of(project: LabelProject) -> dict[str, float]:
    """How often each labeller is right, by user name, as far as it is known."""
    rows = ProjectMember.objects.filter(project=project, role=Role.LABELLER, skill__isnull=False)
    return {name: skill for name, skill in rows.values_list("user__username", "skill") if skill is not None}


def decide(
    item_id: UUID,
    final: Mapping[str, Any] | None,
    how: str,
    *,
    by: str = "",
    confidence: float | None = None,
    note: str = "",
) -> None:
    """Write down what came of an item, and of its near-duplicates. Inside a transaction."""
    found = {
        "state": State.DONE,
        "final": final,
        "confidence": confidence,
        "decided_by": by,
        "decided_at": timezone.now(),
    }
    ProjectItem.objects.filter(pk=item_id).update(**found, final_how=how, review_note=note[:LONGEST_NOTE])
    ProjectItem.objects.filter(copy_of=item_id).update(**found, final_how=How.COPIED)


def keep_decision(caller: Caller, item: ProjectItem, value: Mapping[str, Any], *, note: str) -> Annotation:
    """The label that a decision is."""
    return keep_label(
        user=caller.user,
        task=item.project.task,
        target=Annotation.Target.DECISION,
        target_id=str(item.pk),
        shown={"input": item.input, "project": str(item.project_id)},
        value=value,
        labels=item.labels,
        documents=documents_of_item(item),
        correction=note.strip()[:LONGEST_NOTE],
        origin=Annotation.Origin.PROJECT,
        source=caller.source,
    )


def reopen(item_id: UUID) -> bool:
    """Make room for a label that is taken back: the slot stays with its person. False when somebody has
    decided meanwhile. Inside a transaction.
    """
    item = ProjectItem.objects.select_related("project").get(pk=item_id)
    is_reviewed = item.review in (ProjectItem.Review.ACCEPTED, ProjectItem.Review.FIXED)
    if item.final_how in (How.ADJUDICATED, How.REVIEWED) or is_reviewed:
        return False
    if item.state not in (State.OPEN, State.DONE, State.ADJUDICATION):
        return False
    given = max(item.given - 1, 0)
    ProjectItem.objects.filter(pk=item_id).update(
        state=State.OPEN,
        given=given,
        wanted=item.wanted
        if item.is_calibration and item.project.round
        else max(item.project.overlap, item.taken),
        **UNDECIDED,
    )
    ProjectItem.objects.filter(copy_of=item_id).update(state=State.OPEN, **UNDECIDED)
    return True


UNDECIDED: dict[str, Any] = {
    "final": None,
    "final_how": "",
    "confidence": None,
    "decided_by": "",
    "decided_at": None,
}


def undecided_by_skips(item_id: UUID) -> None:
    """An item that several people could not tell goes to an adjudicator. Inside a transaction."""
    item = ProjectItem.objects.select_related("project").get(pk=item_id)
    skipped = item.assignments.filter(state=Assignment.State.SKIPPED).count()
    is_running = item.project.state == LabelProject.State.RUNNING
    if is_running and not item.is_gold and item.state == State.OPEN and skipped >= SKIPS_THAT_STOP:
        ProjectItem.objects.filter(pk=item_id).update(state=State.ADJUDICATION, confidence=0.0)
    elif is_running:
        settle(item_id)


def settle_unreached(project: LabelProject) -> None:
    """Settle what was begun and nobody is left for: people were paused or taken out, or may read less now."""
    if project.state != LabelProject.State.RUNNING:
        return
    begun = [Assignment.State.DONE, Assignment.State.SKIPPED]
    open_items = project.items.filter(state=State.OPEN, is_gold=False, copy_of=None)
    labellers = Labellers.of(project)
    for pk in open_items.filter(assignments__state__in=begun).distinct().values_list("pk", flat=True):
        with transaction.atomic():
            settle(pk, labellers)


def give_out_again(project: LabelProject) -> None:
    """Take items back from the adjudicator that came there only for want of people, now that there are some.
    Inside a transaction.
    """
    if project.state != LabelProject.State.RUNNING:
        return
    most, labellers = max(project.most_people, project.overlap), Labellers.of(project)
    waiting = project.items.filter(state=State.ADJUDICATION, copy_of=None, given__lt=most)
    for item in waiting.select_related("document"):
        skipped = item.assignments.filter(state=Assignment.State.SKIPPED).count()
        if skipped < SKIPS_THAT_STOP and labellers.are_left_for(item):
            ProjectItem.objects.filter(pk=item.pk, state=State.ADJUDICATION).update(
                state=State.OPEN, wanted=max(project.overlap, item.taken + 1), confidence=None
            )


def _outcome(project: LabelProject, slots: list[Assignment]) -> tuple[Outcome, dict[str, Any]]:
    values = [slot.label.value for slot in slots if slot.label is not None]
    most = max(project.most_people, project.overlap)
    if has_choices(project):
        votes = [
            (slot.person.get_username(), answer_key(project, value))
            for slot, value in zip(slots, values, strict=True)
        ]
        skills = skills_of(project)
        if len(votes) == 1 and project.overlap == 1:
            return _of_one(project, slots[0].item, votes[0][1], skills.get(votes[0][0])), values[0]
        outcome = aggregate(votes, skills, options=max(len(project.options), 2), most_people=most)
        chosen = [value for value in values if answer_key(project, value) == outcome.answer]
        return outcome, chosen[0]
    best, alike = closest(project.task, values)
    is_one = all(likeness(project.task, values[0], value) == 1.0 for value in values)
    if len(values) == 1 or alike >= ALIKE_ENOUGH:
        return Outcome("done", best, alike, is_one), values[best]
    return Outcome("more" if len(values) < most else "adjudicate", best, alike, is_one), values[best]


def _of_one(project: LabelProject, item: ProjectItem, answer: Hashable, skill: float | None) -> Outcome:
    """One person is enough where only one is asked, unless the machine is sure of something else, or the
    person is known to be wrong more often than right.
    """
    chance = UNKNOWN_SKILL if skill is None else skill
    is_contested = (
        item.prelabel is not None
        and (item.prelabel_confidence or 0.0) >= MACHINE_IS_SURE
        and answer_key(project, item.prelabel) != answer
    )
    needs_more = project.most_people > 1 and (is_contested or chance < LEAST_SKILL_ALONE)
    return Outcome("more" if needs_more else "done", answer, chance, True)


def _somebody_is_left(item: ProjectItem, labellers: Labellers | None) -> bool:
    return (labellers or Labellers.of(item.project)).are_left_for(item)


def _settle_without_answer(item: ProjectItem) -> None:
    """What everybody who may read it has skipped goes to an adjudicator; what nobody had yet waits on."""
    if item.assignments.filter(state=Assignment.State.SKIPPED).exists():
        ProjectItem.objects.filter(pk=item.pk).update(state=State.ADJUDICATION, confidence=0.0)


def _has_adjudicator(project: LabelProject) -> bool:
    return ProjectMember.objects.filter(project=project, role=Role.ADJUDICATOR).exists()
