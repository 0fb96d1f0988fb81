"""What the library remembers about its readers: when they were last here, and the searches they keep."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Visit(models.Model):
    """A person's visits. `previous_seen_at` ends the visit before this one; home counts from there."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="library_visit"
    )
    last_seen_at = models.DateTimeField(default=timezone.now)
    previous_seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"visit of {self.user_id}"


class SavedSearch(models.Model):
    """A search that one person keeps under a name, for themselves alone.

    `address` holds the query and its filters as the parameters of the search page (`addresses`). What it
    finds is never kept: it is searched for anew each time, with what the person may read at that moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=200)
    address = models.TextField()
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "created_at"]
        indexes = [models.Index(fields=["owner", "removed_at"])]

    def __str__(self) -> str:
        return self.name
