"""Setting up and running a label project: every change by its owner, with its audit record.

    create_project(caller, *, template, title, text_labels=()) -> LabelProject
    change_project(caller, project_id, **changes) -> LabelProject
    delete_project(caller, project_id) -> None                      only a draft without labels
    start_calibration(caller, project_id) -> LabelProject           the first round, or one more
    release(caller, project_id) -> LabelProject                     everything else is given out
    pause(caller, project_id), resume(caller, project_id), close(caller, project_id) -> LabelProject

Items are added in `items`, people in `members`, known answers in `gold`; labels are given in `labelling`,
disputed items decided in `deciding`, and results looked through in `reviewing`. Every function raises
NotFoundHere for what the caller may not see, and ProjectError with a sentence for what cannot be done.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from donovan.access.scope import scope_for
from donovan.audit import services as audit
from donovan.feedback.projects.access import OWNER, may_label, may_read_all, project_for, require
from donovan.feedback.projects.deciding import settle, settle_unreached
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import Assignment, LabelProject, ProjectItem, ProjectMember
from donovan.feedback.projects.renaming import labels_are_kept, take_over
from donovan.feedback.projects.schema import checked_examples, checked_options, checked_schema
from donovan.feedback.projects.templates_of_tasks import TEMPLATES
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from retrieval.scope import AccessScope

LONGEST_TITLE = 200
LONGEST_INSTRUCTION = 20_000
MOST_PEOPLE = 12
State = LabelProject.State


def create_project(
    caller: Caller, *, template: str, title: str, text_labels: Iterable[str] = ()
) -> LabelProject:
    """A draft from a template. `text_labels` are the access labels of what its text is written from."""
    if not may_label(caller.user.role):
        raise NotFoundHere
    chosen = TEMPLATES.get(template)
    if chosen is None:
        raise NotFoundHere
    project = LabelProject(
        owner=caller.user,
        title=_title(title),
        template=chosen.key,
        task=chosen.task,
        instruction=chosen.instruction,
        options=chosen.option_rows(),
        examples=[dict(example) for example in chosen.examples],
        schema=chosen.settings(),
        text_labels=_text_labels(caller, text_labels),
    )
    with transaction.atomic():
        project.save()
        note(caller, project, "made", template=chosen.key)
    return project


def change_project(caller: Caller, project_id: UUID | str, **changes: Any) -> LabelProject:
    """Change any of: title, instruction, options, examples, schema, overlap, most_people, gold_share,
    random_share, calibration_size, text_labels.

    Instruction and examples may change at any time, classes only until the first label is kept: a value that
    means something else half-way would spoil what there is. Until then what refers to a class goes with it
    (`renaming`). A ProjectError names the change that it is about.
    """
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        require(project.state != State.CLOSED, "This project is closed. Copy it to go on with it.")
        for name, value in changes.items():
            setter = _SETTERS.get(name)
            require(setter is not None, f"“{name[:40]}” cannot be changed.")
            if setter is not None:
                setattr(project, name, _given(name, setter, caller, project, value))
        require(
            project.most_people >= project.overlap,
            "At most as many people as see each item from the start would see a disputed one. "
            "Raise the most people, or lower the overlap.",
            field="most_people",
        )
        project.save()
        if "overlap" in changes:
            untouched = project.items.filter(taken=0, is_calibration=False)
            untouched.update(wanted=project.overlap)
        note(caller, project, "changed", what=sorted(changes))
    return project


def delete_project(caller: Caller, project_id: UUID | str) -> None:
    """Remove a project in which nobody has labelled anything."""
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        require(
            not Assignment.objects.filter(item__project=project).exists(),
            "Somebody has labelled here already, and labels are never lost. Close the project instead.",
        )
        note(caller, project, "deleted")
        project.delete()


def start_calibration(caller: Caller, project_id: UUID | str) -> LabelProject:
    """Give the same few items to everybody: a first round, or another after the instruction was changed.

    A repeated round takes the same items again; what was said of them before is withdrawn from the result and
    stays on record.
    """
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        require(
            project.state in (State.DRAFT, State.CALIBRATING),
            "The items are given out already. Calibration comes before that.",
        )
        rows = project.members.filter(role=ProjectMember.Role.LABELLER, is_paused=False)
        people = [(row.user.get_username(), scope_for(row.user)) for row in rows.select_related("user")]
        require(len(people) >= 2, "Calibration compares people. Add at least two labellers first.")
        batch = _calibration_batch(caller, project, people)
        require(bool(batch), "There is nothing to label yet. Add items first.")
        _withdraw_round(project)
        for item in batch:
            item.is_calibration, item.state = True, ProjectItem.State.OPEN
            # Who has said what is right is not asked.
            asked = [one for one in people if one[0] not in (item.decided_by, item.reviewed_by)]
            item.wanted, item.taken, item.given = max(1, _readers(asked, item)), 0, 0
            if not item.is_gold:
                item.final, item.final_how, item.confidence = None, "", None
                item.decided_by, item.decided_at = "", None
            item.save()
        project.round += 1
        project.state = State.CALIBRATING
        project.started_at = project.started_at or timezone.now()
        project.save()
        note(caller, project, "calibration started", round=project.round, items=len(batch))
    return project


def release(caller: Caller, project_id: UUID | str) -> LabelProject:
    """Give out everything that waits. Calibration may be left out, and its items count as labelled."""
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        require(
            project.state in (State.DRAFT, State.CALIBRATING),
            "The items of this project are given out already.",
        )
        require(project.items.exists(), "There is nothing to label yet. Add items first.")
        require(
            project.members.filter(role=ProjectMember.Role.LABELLER).exists(),
            "Nobody labels here yet. Add at least one labeller first.",
        )
        project.items.filter(state=ProjectItem.State.WAITING).update(
            state=ProjectItem.State.OPEN, wanted=project.overlap
        )
        # Whoever has not looked at a calibration item by now need not.
        batch = project.items.filter(is_calibration=True, state=ProjectItem.State.OPEN, is_gold=False)
        batch.filter(given__gte=project.overlap).update(wanted=F("given"))
        batch.filter(given__lt=project.overlap).update(wanted=project.overlap)
        project.state, project.released_at = State.RUNNING, timezone.now()
        project.started_at = project.started_at or timezone.now()
        project.needs_ordering = project.needs_looking = True
        project.save()
        for item in project.items.filter(is_calibration=True, given__gt=0):
            settle(item.pk)
        settle_unreached(project)
        note(caller, project, "released")
    return project


def pause(caller: Caller, project_id: UUID | str) -> LabelProject:
    """Give nothing out for now."""
    return _move(caller, project_id, (State.RUNNING, State.CALIBRATING), State.PAUSED, "paused")


def resume(caller: Caller, project_id: UUID | str) -> LabelProject:
    """Go on with what was paused."""
    project = project_for(caller, project_id, OWNER)
    target = State.RUNNING if project.released_at else State.CALIBRATING
    return _move(caller, project_id, (State.PAUSED,), target, "resumed")


def close(caller: Caller, project_id: UUID | str) -> LabelProject:
    """Take no more labels. What is decided stays, and may still be reviewed."""
    project = _move(
        caller,
        project_id,
        (State.DRAFT, State.CALIBRATING, State.RUNNING, State.PAUSED),
        State.CLOSED,
        "closed",
    )
    LabelProject.objects.filter(pk=project.pk).update(closed_at=timezone.now())
    return project


def note(caller: Caller, project: LabelProject, change: str, **detail: object) -> None:
    """Put a change of a project on record, inside the caller's transaction."""
    audit.record(
        caller.name,
        "label project",
        source=caller.source,
        labels=project.labels,
        detail={"project": str(project.pk), "change": change, **detail},
    )


def _move(
    caller: Caller, project_id: UUID | str, sources: Sequence[str], target: str, word: str
) -> LabelProject:
    with transaction.atomic():
        project = project_for(caller, project_id, OWNER)
        moved = LabelProject.objects.filter(pk=project.pk, state__in=sources).update(state=target)
        require(bool(moved), f"A project that is {project.get_state_display()} cannot be {word}.")
        project.refresh_from_db()
        note(caller, project, word)
    return project


def _calibration_batch(
    caller: Caller, project: LabelProject, people: Sequence[tuple[str, AccessScope]]
) -> list[ProjectItem]:
    """The items of the round before, or else those that most labellers may read, spread over all."""
    before = list(project.items.filter(is_calibration=True))
    if before:
        return before
    waiting = project.items.filter(state=ProjectItem.State.WAITING, copy_of=None).order_by("ordinal")
    readable = [item for item in waiting if may_read_all(caller, item.labels)]
    most = max((_readers(people, item) for item in readable), default=0)
    shared = [item for item in readable if _readers(people, item) == most]
    size = min(project.calibration_size, len(shared))
    return [shared[place * len(shared) // size] for place in range(size)]


def _readers(people: Sequence[tuple[str, AccessScope]], item: ProjectItem) -> int:
    return sum(all(scope.may_read(label) for label in item.labels) for _, scope in people)


def _withdraw_round(project: LabelProject) -> None:
    rows = Assignment.objects.filter(item__project=project, round=project.round, item__is_calibration=True)
    now = timezone.now()
    for row in rows.filter(state=Assignment.State.DONE).select_related("label"):
        if row.label is not None and row.label.withdrawn_at is None:
            row.label.withdrawn_at = now
            row.label.save(update_fields=["withdrawn_at"])
    rows.filter(state=Assignment.State.OPEN).update(state=Assignment.State.LAPSED)


def _given(name: str, setter: Any, caller: Caller, project: LabelProject, value: Any) -> Any:
    try:
        return setter(caller, project, value)
    except ProjectError as refusal:
        raise ProjectError(refusal.sentence, field=refusal.field or name, row=refusal.row) from refusal


def _title(value: object) -> str:
    title = " ".join(str(value).split())
    require(bool(title), "Give the project a title, so that people know what it is.")
    require(len(title) <= LONGEST_TITLE, f"A title holds at most {LONGEST_TITLE} characters.")
    return title


def _text_labels(caller: Caller, value: Iterable[str]) -> list[str]:
    labels = sorted(set(value))
    require(may_read_all(caller, labels), "Choose markings of collections that you may read.")
    return labels


def _instruction(value: object) -> str:
    text = str(value).strip()
    require(
        len(text) <= LONGEST_INSTRUCTION, f"An instruction holds at most {LONGEST_INSTRUCTION:,} characters."
    )
    return text


def _whole(value: object, least: int, most: int, name: str) -> int:
    number = int(value) if isinstance(value, int | str) and str(value).isdigit() else -1
    require(least <= number <= most, f"{name} must be a whole number from {least} to {most}.")
    return number


def _share(value: object, name: str) -> float:
    try:
        share = float(str(value))
    except ValueError:
        share = -1.0
    require(0.0 <= share <= 0.5, f"{name} must be a share from 0 to 0.5.")
    return share


def _options(project: LabelProject, value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The classes as they are to be, with what refers to them brought along."""
    options = checked_options(project, value)
    before, after = ([row["value"] for row in rows] for rows in (project.options, options))
    if labels_are_kept(project):
        place = next((at for at, name in enumerate(before) if after[at : at + 1] != [name]), None)
        require(
            place is None,
            "Labels of these classes are kept already. Classes may be added at the end and their words "
            "changed; start a new project to change them.",
            row=place,
        )
        return options
    # A row that says it was nothing is a new class, even by the name of one that is taken out.
    names = {row.get("was", new): new for row, new in zip(value, after, strict=True)}
    gone = [name for name in before if name not in names]
    renamed = {old: new for old, new in names.items() if old in before and old != new}
    if gone or renamed:
        take_over(project, renamed, gone)
    return options


_SETTERS: dict[str, Any] = {
    "title": lambda caller, project, value: _title(value),
    "instruction": lambda caller, project, value: _instruction(value),
    "options": lambda caller, project, value: _options(project, value),
    "examples": lambda caller, project, value: checked_examples(project, value),
    "schema": lambda caller, project, value: checked_schema(project, value),
    "overlap": lambda caller, project, value: _whole(value, 1, MOST_PEOPLE, "The overlap"),
    "most_people": lambda caller, project, value: _whole(value, 1, MOST_PEOPLE, "The most people"),
    "gold_share": lambda caller, project, value: _share(value, "The share of known answers"),
    "random_share": lambda caller, project, value: _share(value, "The share left to chance"),
    "calibration_size": lambda caller, project, value: _whole(value, 1, 200, "The size of calibration"),
    "text_labels": lambda caller, project, value: _text_labels(caller, value),
}
