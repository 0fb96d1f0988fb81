"""The one model of label for all: what people said of what was on the screen in front of them.

Everyday feedback, label projects, imports and what other rooms keep (dispositions of anomalies, merges of
entities) all end here, so that a data set is made from one table. In the words of the field each is an
annotation; the label of a document, by which access is decided, is another thing (`donovan.access.labels`).
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from donovan.feedback.shapes import RELEVANT_GRADE, TASKS


class Annotation(models.Model):
    """One judgement by one person of one item, as it was shown.

    `shown["input"]` is the input of the task and `value` what was said of it, both of the shape in `shapes`;
    what else stands in `shown` says where the item came from (model, prompt, citations). `correction` is what
    it should have said, in the person's words. `seconds` is the time taken, where it was measured. `labels`
    are the access labels of everything shown, and `marking` their least upper bound: whoever may not read
    all of them may not read the label. `documents` are the ids of the documents it is about. `source_key` is
    set for what was collected from another room or imported, once each.

    A label is never changed: a second thought withdraws the first and makes a new row.
    """

    class Origin(models.TextChoices):
        EVERYDAY = "everyday", "everyday work"
        PROJECT = "project", "label project"
        IMPORT = "import", "imported"
        MODEL = "model", "a model"

    class Target(models.TextChoices):
        CLAIM = "claim", "claim"
        ANSWER = "answer", "answer"
        PASSAGE = "passage", "passage"
        NEAREST = "nearest", "nearest evidence"
        SENTENCE = "sentence", "translated sentence"
        SCAN = "scan", "scanned lines"
        FINDING = "finding", "anomaly"
        ENTITIES = "entities", "names of one thing"
        ITEM = "item", "item of a project"
        DECISION = "decision", "decision on an item"

    class Verdict(models.TextChoices):
        """The words of the buttons beside claims, answers, passages and the nearest evidence."""

        SUPPORTED = "supported", "supported"
        UNSUPPORTED = "unsupported", "not supported"
        USEFUL = "useful", "useful"
        NOT_USEFUL = "not_useful", "not useful"
        RELEVANT = "relevant", "relevant"
        NOT_RELEVANT = "not_relevant", "not relevant"
        ANSWERS = "answers", "answers it"

    task = models.CharField(max_length=20, choices=list(TASKS.items()), db_index=True)
    target = models.CharField(max_length=8, choices=Target.choices)
    target_id = models.CharField(max_length=120, db_index=True)
    shown = models.JSONField(default=dict)
    value = models.JSONField(default=dict)
    correction = models.TextField(blank=True)
    question = models.TextField(blank=True)
    seconds = models.FloatField(null=True, blank=True)
    labels = models.JSONField(default=list)
    marking = models.CharField(max_length=300)
    documents = models.JSONField(default=list)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.EVERYDAY)
    source_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="feedback_labels"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "target", "target_id", "author"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_standing_label_per_person_and_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} of {self.target} {self.target_id}"

    @property
    def input(self) -> dict[str, Any]:
        """The input of the task, as it was shown."""
        return dict(self.shown.get("input") or {})

    @property
    def verdict(self) -> str:
        """The button that was pressed, for what has such buttons; else empty."""
        if self.task == "claim_support":
            return str(self.value.get("verdict", ""))
        if self.task == "usefulness":
            return self.Verdict.USEFUL if self.value.get("useful") else self.Verdict.NOT_USEFUL
        if self.task == "relevance" and self.target == self.Target.NEAREST:
            return self.Verdict.ANSWERS
        if self.task == "relevance":
            is_relevant = self.value.get("grade", 0) >= RELEVANT_GRADE
            return self.Verdict.RELEVANT if is_relevant else self.Verdict.NOT_RELEVANT
        return ""

    def get_verdict_display(self) -> str:
        """The words for `verdict`."""
        return dict(self.Verdict.choices).get(self.verdict, self.verdict)
