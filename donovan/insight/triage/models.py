"""The class of a document, by which model, and how sure it was."""

from django.db import models
from django.utils import timezone


class DocumentClass(models.Model):
    """What the triage model made of one document. It is as secret as the document, whose label it shares.

    `digest` is that of the model: when another one serves, the row is made again. `shown` is empty where the
    model was not sure enough, or does not read the language, and where the document `is_untypical`: like none
    of those that the model learnt from.
    """

    document = models.OneToOneField(
        "ingest.Document", on_delete=models.CASCADE, related_name="document_class"
    )
    shown = models.CharField(max_length=80, blank=True, db_index=True)
    confidence = models.FloatField(default=0.0)
    is_untypical = models.BooleanField(default=False)
    model = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, db_index=True)
    embedder = models.CharField(max_length=200)
    reading = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.shown} ({self.confidence:.2f})"
