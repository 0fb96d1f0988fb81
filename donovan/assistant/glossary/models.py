"""One entry of a glossary."""

import uuid

from django.db import models
from django.utils import timezone


class Term(models.Model):
    """How `term` in `source_language` is to stand in `target_language` (ISO 639 codes).

    A name that stays as it is has itself as its `rendering`. `folded` is the term without differences of case
    and of white space: within a label and two languages it stands once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=400)
    source_language = models.CharField(max_length=8)
    target_language = models.CharField(max_length=8)
    term = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    rendering = models.CharField(max_length=200)
    note = models.CharField(max_length=400, blank=True)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["folded", "target_language", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["label", "source_language", "target_language", "folded"], name="one_term_per_label"
            )
        ]

    def __str__(self) -> str:
        return f"{self.term}: {self.rendering}"
