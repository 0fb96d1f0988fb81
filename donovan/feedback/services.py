"""A judgement given, changed or taken back: with its audit record, or not at all."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donovan.access.labels import marking_of
from donovan.access.models import User
from donovan.audit import services as audit
from donovan.feedback.models import FeedbackLabel
from donovan.feedback.targets import VERDICTS, find_target
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
) -> FeedbackLabel:
    """Keep one judgement by `user`; an earlier one of the same target is withdrawn, never overwritten.

    `question` is the query a passage was found for; claims and answers bring their own. Raises
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
    with transaction.atomic():
        _standing(user, target, target_id).update(withdrawn_at=timezone.now())
        label = FeedbackLabel.objects.create(
            target=target,
            target_id=target_id,
            verdict=verdict,
            correction=correction,
            question=judged.question or question[:LONGEST_QUESTION],
            shown=judged.shown,
            labels=judged.labels,
            marking=marking_of(judged.labels).canonical,
            author=user,
        )
        audit.record(
            user.username,
            "label",
            labels=judged.labels,
            detail={
                "target": target,
                "target_id": target_id,
                "verdict": verdict,
                "has_correction": bool(correction),
            },
        )
    return label


def withdraw_feedback(*, user: User, target: str, target_id: str) -> bool:
    """Take back the caller's standing judgement; it stays on record as withdrawn. False if there was none."""
    with transaction.atomic():
        withdrawn = _standing(user, target, target_id).update(withdrawn_at=timezone.now())
        if withdrawn:
            audit.record(
                user.username,
                "label",
                detail={"target": target, "target_id": target_id, "verdict": "withdrawn"},
            )
    return bool(withdrawn)


def _standing(user: User, target: str, target_id: str) -> QuerySet[FeedbackLabel]:
    return FeedbackLabel.objects.filter(
        author=user, target=target, target_id=target_id, withdrawn_at__isnull=True
    )
