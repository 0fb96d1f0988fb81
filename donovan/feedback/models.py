"""What people said of claims, answers and passages: the labels that better models are made from."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class FeedbackLabel(models.Model):
    """One judgement by one person, with what was on the screen when it was made.

    `labels` are the access labels of what was shown, and `marking` is their least upper bound.
    """

    class Target(models.TextChoices):
        CLAIM = "claim", "claim"
        ANSWER = "answer", "answer"
        PASSAGE = "passage", "passage"

    class Verdict(models.TextChoices):
        SUPPORTED = "supported", "supported"
        UNSUPPORTED = "unsupported", "not supported"
        USEFUL = "useful", "useful"
        NOT_USEFUL = "not_useful", "not useful"
        RELEVANT = "relevant", "relevant"
        NOT_RELEVANT = "not_relevant", "not relevant"

    target = models.CharField(max_length=8, choices=Target.choices)
    target_id = models.CharField(max_length=64, db_index=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    correction = models.TextField(blank=True)
    question = models.TextField(blank=True)
    shown = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    marking = models.CharField(max_length=300)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="feedback_labels"
    )
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "target_id", "author"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_standing_verdict_per_person_and_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.target_id}: {self.verdict}"
