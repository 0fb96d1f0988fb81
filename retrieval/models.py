"""What the search index consists of on disk. The vectors and postings can always be rebuilt from the
passages.
"""

from django.db import models
from django.utils import timezone


class IndexSegment(models.Model):
    """One immutable part of one label's index: its vectors and its postings, in one folder, with their
    digest.

    `removed` lists the documents (as text) that have left since the folder was written: they are taken out
    when the segment is opened, before anything is counted, and for good when the segment is next rewritten.

    `verified_as` is what the file system said of its file when that was last compared with the digest byte by
    byte (at `verified_at`): a large file is compared again when this has changed, and by the sweep.

    A segment that is not current is deleted soon after `retired_at`, unless `kept_until` is set: then it
    holds vectors of a model that is about to serve, or that served before and may be gone back to. What it
    holds is listed in `KeptDocument`.
    """

    label = models.CharField(max_length=400, db_index=True)
    generation = models.PositiveIntegerField()
    folder = models.CharField(max_length=300, unique=True)
    digest = models.CharField(max_length=64)
    passage_count = models.PositiveIntegerField()
    document_count = models.PositiveIntegerField(default=0)
    removed = models.JSONField(default=list)
    embedder = models.CharField(max_length=120)
    is_current = models.BooleanField(default=True)
    is_damaged = models.BooleanField(default=False)
    verified_as = models.CharField(max_length=120, blank=True, default="")
    verified_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["label", "is_current"])]

    def __str__(self) -> str:
        return f"segment {self.pk} ({self.passage_count} passages)"


class IndexedDocument(models.Model):
    """Where a document stands in the index. The unique id is what makes it impossible to index a document
    twice.
    """

    document_id = models.UUIDField(unique=True)
    segment = models.ForeignKey(IndexSegment, on_delete=models.CASCADE, related_name="indexed_documents")

    def __str__(self) -> str:
        return f"{self.document_id} in segment {self.segment_id}"


class KeptDocument(models.Model):
    """A document whose vectors lie ready in a segment that is kept but not current, as `fingerprint` says."""

    segment = models.ForeignKey(IndexSegment, on_delete=models.CASCADE, related_name="kept_documents")
    document_id = models.UUIDField(db_index=True)
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.document_id} kept in segment {self.segment_id}"


class ServedModel(models.Model):
    """Which trained model serves in one role, and until when. Rows are never deleted: they are the history.

    `folder` is relative to MODELS_DIR and empty for the base model; `digest` is that of the model's manifest.
    """

    role = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    folder = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    is_current = models.BooleanField(default=True)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role"], condition=models.Q(is_current=True), name="one_model_serves_in_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.name}"
