"""What people want to be told of, and what new documents said about it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Watch(models.Model):
    """One standing question, watchlist or entity of one person.

    `text` holds the question, the phrases (one a line), a query, or nothing for an entity and for anomalies;
    `subject` the id of the entity. Documents are matched that were read after `since`, in `collection` where
    one is given. `looked_at` ends the last look; what was matched after it is new.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", "standing question"
        WORDS = "words", "watchlist of words"
        QUERY = "query", "query of the search language"
        ENTITY = "entity", "person, place or thing"
        ANOMALIES = "anomalies", "anomalies"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    subject = models.CharField(max_length=64, blank=True)
    collection = models.CharField(max_length=80, blank=True)
    is_paused = models.BooleanField(default=False)
    is_removed = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_before_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["owner", "is_removed"])]

    def __str__(self) -> str:
        return self.title


class Match(models.Model):
    """What one document says about a watch, at its place. Offsets are characters of the page text.

    It is shown to whoever may read the document at that moment. `values` are the numbers or dates that the
    quotation gives where the question asks for such; `differs_from` is an earlier match with other values.
    `address` is given where the place is not a page (a row of a table).
    """

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="matches")
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="watch_matches")
    page = models.PositiveIntegerField(default=1)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    quote = models.TextField()
    why = models.CharField(max_length=300)
    values = models.JSONField(default=list)
    differs_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-created_at", "page", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "document", "page", "start", "end", "address"], name="one_match_per_place"
            )
        ]

    def __str__(self) -> str:
        return self.quote[:60]
