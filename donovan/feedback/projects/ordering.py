"""Getting a project's items ready, by the machine first: near-duplicates, the model's answers, the order.

    prepare(project_id) -> Prepared       for the worker

Each set of access labels is ordered by itself, and what is learnt for it comes only from items whose labels
are among its own. So what somebody is given next never depends on an item that they may not read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from donovan.feedback.projects.deciding import decide
from donovan.feedback.projects.duplicates import groups_of
from donovan.feedback.projects.models import LabelProject, ProjectItem
from donovan.feedback.projects.prelabelling import Prelabel, prelabeller_for
from donovan.feedback.projects.renaming import in_classes
from donovan.feedback.projects.ringing import ORDERING, answered
from donovan.feedback.projects.schema import answer_key, has_choices, template_of
from ingest.work.errors import Refused
from ingest.work.subprocesses import run_subprocess
from retrieval.embedding import embedder_at_hand
from retrieval.embedding_errors import EmbedderUnavailable

MOST_ORDERED = 3_000
CAREFULLY = 200
PRELABELLED_AT_ONCE = 400
CHARACTERS = 1_500
LEARNT = "learnt in this project"
_SECONDS, _MEGABYTES = 300.0, 2_000

State = ProjectItem.State


@dataclass(frozen=True)
class Prepared:
    """What was done: new copies of near-duplicates, new answers of the model, items put in order."""

    copies: int
    prelabelled: int
    ordered: int


def prepare(project_id: UUID) -> Prepared:
    """Find near-duplicates, ask the model, and put what waits in order."""
    project = LabelProject.objects.get(pk=project_id)
    with answered(project_id, ORDERING):
        copies = _gather_duplicates(project)
        asked, prelabelled = _prelabel(project)
        if asked == PRELABELLED_AT_ONCE:
            # There may be more: they are asked about when the project is looked after next.
            LabelProject.objects.filter(pk=project_id).update(needs_ordering=True)
        ordered = sum(_order(project, items) for items in _by_labels(project).values())
    return Prepared(copies, prelabelled, ordered)


def _by_labels(project: LabelProject) -> dict[str, list[ProjectItem]]:
    found: dict[str, list[ProjectItem]] = defaultdict(list)
    for item in project.items.filter(copy_of=None).exclude(state=State.LEFT_OUT).order_by("ordinal"):
        found[item.labels_digest].append(item)
    return found


def _gather_duplicates(project: LabelProject) -> int:
    """Make near-duplicates that nobody has touched copies of the first of them, under the same labels."""
    made = 0
    for items in _by_labels(project).values():
        plain = [item for item in items if not item.is_gold]
        plain.sort(key=lambda item: (item.taken == 0, item.ordinal))
        for group in groups_of(project.task, [item.input for item in plain]):
            first = plain[group[0]]
            for place in group[1:]:
                made += _copy(plain[place], first)
    return made


def _copy(item: ProjectItem, first: ProjectItem) -> int:
    with transaction.atomic():
        changed = ProjectItem.objects.filter(
            pk=item.pk, taken=0, given=0, is_calibration=False, copy_of=None
        ).update(copy_of=first, group=first.group)
        if changed:
            now = ProjectItem.objects.get(pk=first.pk)
            if now.state == State.DONE:
                decide(
                    now.pk,
                    now.final,
                    now.final_how,
                    by=now.decided_by,
                    confidence=now.confidence,
                    note=now.review_note,
                )
    return changed


def _prelabel(project: LabelProject) -> tuple[int, int]:
    """Ask the model that serves about the items it has not been asked about in this version; how many it was
    asked about, and how many it answered.

    One that it has no answer to (in a language that it does not read, say) counts as asked: the first of them
    would otherwise be asked again and again, and those behind them never.
    """
    model = prelabeller_for(project.template)
    if model is None:
        return 0, 0
    items = project.items.filter(copy_of=None, state__in=[State.WAITING, State.OPEN])
    items = items.exclude(prelabel_model=model.name[:200]).exclude(asked_model=model.name[:200])
    if project.task in ("transcription", "table_cell", "claim_support"):
        items = items.filter(prelabel=None)
    chosen = list(items.order_by("ordinal")[:PRELABELLED_AT_ONCE])
    answers = model.prelabel([item.input for item in chosen]) if chosen else []
    ProjectItem.objects.filter(pk__in=[item.pk for item in chosen]).update(asked_model=model.name[:200])
    for item, answer in zip(chosen, answers, strict=True):
        value = in_classes(project, answer.value) if answer is not None else None
        if answer is not None and value is not None:
            _keep(item, replace(answer, value=value), model.name)
            _draft(project, item, value)
    return len(chosen), sum(answer is not None for answer in answers)


def _keep(item: ProjectItem, answer: Prelabel, name: str) -> None:
    ProjectItem.objects.filter(pk=item.pk).update(
        prelabel=answer.value,
        prelabel_model=name[:200],
        prelabel_confidence=answer.confidence,
        prelabel_chances=dict(answer.chances),
        prelabel_before=item.prelabel if item.prelabel_model not in ("", name) else item.prelabel_before,
    )


def _draft(project: LabelProject, item: ProjectItem, value: Mapping[str, Any]) -> None:
    """A translation is what people grade and put right, so one that an item lacks becomes a part of it."""
    if project.task == "translation" and not str(item.input.get("draft") or "").strip():
        given = {**item.input, "draft": value["text"]}
        # Who has the item open was shown none, and is not taken to have graded one.
        ProjectItem.objects.filter(pk=item.pk, taken=0).update(input=given)


def _order(project: LabelProject, items: Sequence[ProjectItem]) -> int:
    """Put the open and waiting items of one set of access labels in order."""
    waiting = [item for item in items if item.state in (State.OPEN, State.WAITING) and not item.is_gold]
    waiting = waiting[:MOST_ORDERED]
    if len(waiting) < 2:
        return 0
    labelled = _labelled(project, set(items[0].labels)) if has_choices(project) else []
    everything = [*waiting, *labelled]
    request = {
        "texts": [_text(item) for item in everything],
        "vectors": _vectors(everything),
        "waiting": list(range(len(waiting))),
        "labelled": list(range(len(waiting), len(everything))),
        "answers": [str(answer_key(project, item.final)) for item in labelled],
        "chances": _chances(project, waiting, len(everything)),
        "disagree": [place for place, item in enumerate(waiting) if _differs(project, item)],
        "count": min(CAREFULLY, len(waiting)),
        "seed": project.round + len(labelled),
        "random_share": project.random_share,
    }
    try:
        done = run_subprocess(
            "donovan.feedback.projects.ordering_work", request, seconds=_SECONDS, megabytes=_MEGABYTES
        )
    except Refused:
        # Without an order the items go out as they came in: nobody has to wait for the machine.
        return 0
    _write_order(waiting, done["order"])
    _write_learnt(project, waiting, done["predicted"])
    return len(waiting)


def _labelled(project: LabelProject, labels: set[str]) -> list[ProjectItem]:
    """Decided items that whoever may read `labels` may read too: others must not steer their order."""
    decided = project.items.filter(state=State.DONE, final__isnull=False, copy_of=None).order_by("ordinal")
    return [item for item in decided if set(item.labels) <= labels][:MOST_ORDERED]


def _write_order(waiting: Sequence[ProjectItem], order: Sequence[tuple[int, str]]) -> None:
    for rank, (place, why) in enumerate(order):
        item = waiting[place]
        item.priority, item.why_now = round(1.0 - rank / len(order), 6), why[:120]
    ProjectItem.objects.bulk_update(waiting, ["priority", "why_now"], batch_size=500)


def _write_learnt(
    project: LabelProject, waiting: Sequence[ProjectItem], predicted: Mapping[str, Any] | None
) -> None:
    """What the project's own classifier says, where no model that serves has said anything."""
    if predicted is None or project.task != "document_class":
        return
    for place, (value, confidence, chances) in predicted.items():
        item = waiting[int(place)]
        if item.prelabel_model in ("", LEARNT):
            _keep(item, Prelabel({"class": value}, confidence, chances), LEARNT)


def _chances(project: LabelProject, waiting: Sequence[ProjectItem], size: int) -> list[list[float]] | None:
    """The chances of the model that serves, one row an item; None where it gives none."""
    if not has_choices(project) or not all(item.prelabel_chances for item in waiting):
        return _confidences(waiting, size)
    answers = [str(option["value"]) for option in project.options]
    rows = [[float(item.prelabel_chances.get(answer, 0.0)) for answer in answers] for item in waiting]
    return rows + [[1.0] + [0.0] * (len(answers) - 1)] * (size - len(waiting))


def _confidences(waiting: Sequence[ProjectItem], size: int) -> list[list[float]] | None:
    """Where a model gives one number an item, it and what is missing to 1 stand for two answers."""
    if not all(item.prelabel_confidence is not None for item in waiting):
        return None
    sure = [min(max(float(item.prelabel_confidence or 0.0), 0.0), 1.0) for item in waiting]
    return [[one, 1.0 - one] for one in sure] + [[1.0, 0.0]] * (size - len(waiting))


def _differs(project: LabelProject, item: ProjectItem) -> bool:
    """Whether two versions of the model, or model and a person, say different things of an item."""
    if item.prelabel is None:
        return False
    said = answer_key(project, item.prelabel)
    if item.prelabel_before is not None and answer_key(project, item.prelabel_before) != said:
        return True
    given = item.assignments.filter(state="done", label__withdrawn_at__isnull=True)
    values = given.values_list("label__value", flat=True) if item.given else []
    return any(answer_key(project, value) != said for value in values)


def _text(item: ProjectItem) -> str:
    given = item.input
    parts = [
        given.get(name) for name in ("title", "question", "claim", "text", "passage", "a", "draft", "shown")
    ]
    text = "\n".join(str(part) for part in parts if part)
    return (text or template_of(item.project).title)[:CHARACTERS]


def _vectors(items: Sequence[ProjectItem]) -> list[list[float]] | None:
    """Vectors of the items by the embedding model, where it is at hand without loading it here."""
    try:
        embedder = embedder_at_hand()
        if embedder is None:
            return None
        vectors = embedder.encode([_text(item) for item in items], is_query=False)
    except EmbedderUnavailable:
        return None
    return [[round(float(one), 5) for one in vector] for vector in vectors]
