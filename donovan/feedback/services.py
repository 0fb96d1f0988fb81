"""Everyday labels given, changed or taken back: each with its audit record, or not at all.

    give_feedback(user=, scope=, target=, target_id=, verdict=, correction="", question="") -> Annotation
    withdraw_feedback(user=, target=, target_id=) -> bool
    keep_label(user=, task=, target=, target_id=, shown=, value=, labels=, ...) -> Annotation

and in `correcting`:

    correct_translation(user=, scope=, answer_id=, segment=, text=, quality=None) -> Annotation
    correct_transcription(user=, scope=, document_id=, page=, box=, text=, is_blank=False) -> Annotation

All raise FeedbackRefused with a sentence, or TargetNotFound for what does not exist or may not be read. All
take `seconds`, the time taken, where it was measured.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donovan.access.labels import marking_of
from donovan.access.models import User
from donovan.audit import services as audit
from donovan.feedback.answers import answer_input
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import ShapeError, check_input, check_value
from donovan.feedback.targets import VALUES, VERDICTS, JudgedTarget, find_target
from retrieval.scope import AccessScope

LONGEST_CORRECTION = 4_000
LONGEST_QUESTION = 4_000


class FeedbackRefused(Exception):
    """A judgement that cannot be kept; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def give_feedback(
    *,
    user: User,
    scope: AccessScope,
    target: str,
    target_id: str,
    verdict: str,
    correction: str = "",
    question: str = "",
    seconds: float | None = None,
) -> Annotation:
    """Keep one judgement by `user`; an earlier one of the same target is withdrawn, never overwritten.

    `question` is the query a passage was found for; claims and answers bring their own. The correction of an
    answer gives a second label, of the task "answer", with the context that the model saw. Raises
    FeedbackRefused, or TargetNotFound when the target does not exist or may not be read.
    """
    correction = correction.strip()
    if len(correction) > LONGEST_CORRECTION:
        raise FeedbackRefused(
            f"A correction holds at most {LONGEST_CORRECTION:,} characters. Shorten it and send again."
        )
    if verdict not in VERDICTS.get(target, ()):
        raise FeedbackRefused(
            "That judgement does not fit what it is about. Use one of the buttons beside it."
        )
    judged = find_target(target, target_id, user=user, scope=scope)
    question = judged.question or question[:LONGEST_QUESTION]
    judged.shown["input"]["question"] = question
    with transaction.atomic():
        _current(user, target, target_id).update(withdrawn_at=timezone.now())
        label = keep_label(
            user=user,
            task=judged.task,
            target=target,
            target_id=target_id,
            shown=judged.shown,
            value=VALUES[verdict],
            labels=judged.labels,
            documents=judged.documents,
            correction=correction,
            question=question,
            seconds=seconds,
        )
        if target == Annotation.Target.ANSWER and correction:
            _keep_corrected_answer(user, target_id, judged, correction, seconds)
    return label


def withdraw_feedback(*, user: User, target: str, target_id: str) -> bool:
    """Take back the caller's standing judgement; it stays on record as withdrawn. False if there was none."""
    with transaction.atomic():
        withdrawn = _current(user, target, target_id).update(withdrawn_at=timezone.now())
        if withdrawn:
            audit.record(
                user.username,
                "label",
                detail={"target": target, "target_id": target_id, "verdict": "withdrawn"},
            )
    return bool(withdrawn)


def keep_label(
    *,
    user: User,
    task: str,
    target: str,
    target_id: str,
    shown: Mapping[str, Any],
    value: Mapping[str, Any],
    labels: Sequence[str],
    documents: Iterable[str] = (),
    correction: str = "",
    question: str = "",
    seconds: float | None = None,
    origin: str = Annotation.Origin.EVERYDAY,
    source_key: str | None = None,
    source: str = "",
) -> Annotation:
    """Keep one label of any task with its audit record; whoever calls has checked that `user` may.

    `shown["input"]` and `value` must be of the task's shape, else FeedbackRefused. An earlier standing label
    of the same person, task and target is withdrawn.
    """
    try:
        given = check_input(task, shown["input"])
        checked = check_value(task, given, value)
    except ShapeError as error:
        raise FeedbackRefused(error.sentence) from error
    documents = [str(document) for document in documents]
    with transaction.atomic():
        _current(user, target, target_id).filter(task=task).update(withdrawn_at=timezone.now())
        label = Annotation.objects.create(
            task=task,
            target=target,
            target_id=target_id,
            shown={**shown, "input": given},
            value=checked,
            correction=correction,
            question=question,
            seconds=seconds if seconds is None else max(0.0, round(seconds, 3)),
            labels=sorted(set(labels)),
            marking=marking_of(labels).canonical,
            documents=documents,
            origin=origin,
            source_key=source_key,
            author=user,
        )
        audit.record(
            user.username,
            "label",
            source=source,
            labels=labels,
            documents=documents,
            detail={
                "task": task,
                "target": target,
                "target_id": target_id,
                "verdict": label.verdict,
                "origin": origin,
                "has_correction": bool(correction),
            },
        )
    return label


def _keep_corrected_answer(
    user: User, answer_id: str, judged: JudgedTarget, correction: str, seconds: float | None
) -> None:
    keep_label(
        user=user,
        task="answer",
        target=Annotation.Target.ANSWER,
        target_id=answer_id,
        shown={**judged.shown, "input": answer_input(answer_id)},
        value={"answer": correction},
        labels=judged.labels,
        documents=judged.documents,
        question=judged.question,
        seconds=seconds,
    )


def _current(user: User, target: str, target_id: str) -> QuerySet[Annotation]:
    return Annotation.objects.filter(
        author=user, target=target, target_id=target_id, withdrawn_at__isnull=True
    )
