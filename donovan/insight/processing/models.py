"""How far insight is with each document."""

from django.db import models
from django.utils import timezone


class DocumentStep(models.Model):
    """One step for one document: what came of it. Its job (`insight.` and the name) brings its state along.

    `reading` is when the document was last read through (`Document.finished_at`); a step of an earlier
    reading, or of an earlier `version` of the step, is done again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="insight_steps")
    name = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    reading = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    message = models.TextField(blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "name"], name="one_row_per_document_and_step")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
