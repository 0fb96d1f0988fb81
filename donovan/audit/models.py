"""The record of every action: a keyed chain that shows any edit, deletion, reordering or insertion."""

from django.db import models


class AuditRecord(models.Model):
    """One action. `seal` is an HMAC over this record and the seal before it."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150, db_index=True)
    action = models.CharField(max_length=40, db_index=True)
    outcome = models.CharField(max_length=16)
    source = models.CharField(max_length=64, blank=True)
    labels = models.JSONField(default=list)
    documents = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.actor} {self.action} {self.outcome}"
