"""Reads of kept judgements, re-checked against the reader's scope: a label is as secret as what it shows."""

from collections.abc import Iterator

from django.db.models import QuerySet

from donovan.access.models import Role, User
from donovan.feedback.models import FeedbackLabel
from retrieval.scope import AccessScope


def standing_label(user: User, target: str, target_id: str) -> FeedbackLabel | None:
    """The judgement by `user` that stands now, if any."""
    return FeedbackLabel.objects.filter(
        author=user, target=target, target_id=str(target_id), withdrawn_at__isnull=True
    ).first()


def visible_labels(
    user: User, scope: AccessScope, *, target: str = "", verdict: str = ""
) -> list[FeedbackLabel]:
    """Standing judgements in scope, newest first: one's own, or everybody's for a reviewer."""
    labels: QuerySet[FeedbackLabel] = FeedbackLabel.objects.filter(withdrawn_at__isnull=True)
    if user.role != Role.REVIEWER:
        labels = labels.filter(author=user)
    if target:
        labels = labels.filter(target=target)
    if verdict:
        labels = labels.filter(verdict=verdict)
    rows = labels.select_related("author").order_by("-created_at", "-pk")
    return [label for label in rows if all(scope.may_read(key) for key in label.labels)]


def export_rows(labels: list[FeedbackLabel]) -> Iterator[dict[str, object]]:
    """One JSON-able row a judgement, for a data set."""
    for label in labels:
        yield {
            "target": label.target,
            "target_id": label.target_id,
            "verdict": label.verdict,
            "correction": label.correction,
            "question": label.question,
            "shown": label.shown,
            "marking": label.marking,
            "author": label.author.username,
            "at": label.created_at.isoformat(),
        }
