"""What the library remembers about its readers: when they were last here."""

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
