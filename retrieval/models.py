"""What the search index consists of on disk. The vectors and postings can always be rebuilt from the passages."""

from django.db import models
from django.utils import timezone


class IndexSegment(models.Model):
    """One immutable part of one label's index: its vectors and its postings, in one folder, with their digest."""

    label = models.CharField(max_length=400, db_index=True)
    generation = models.PositiveIntegerField()
    folder = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    passage_count = models.PositiveIntegerField()
    embedder = models.CharField(max_length=120)
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["label", "is_current"])]

    def __str__(self) -> str:
        return f"segment {self.pk} ({self.passage_count} passages)"
