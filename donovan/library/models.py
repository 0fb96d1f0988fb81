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


class Intake(models.Model):
    """Files of folders on their way in, under one label, on behalf of one person.

    `identity` is a digest of the places, the label and the owner: whoever asks for the same again while it is
    not finished goes on with it. `owner` is a user name, or that of the operator of the machine.
    `found_files` and `found_bytes` are what was counted before the first file was taken. A watched folder
    never finishes; it is looked through again and again until somebody stops it (`stopped_at`). `notice` says
    what keeps it from going on.
    """

    class Kind(models.TextChoices):
        FOLDER = "folder", "taken in once"
        WATCHED = "watched", "watched"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FOLDER)
    identity = models.CharField(max_length=64)
    places = models.JSONField(default=list)
    label = models.CharField(max_length=400, db_index=True)
    owner = models.CharField(max_length=150)
    with_hidden = models.BooleanField(default=False)
    found_files = models.PositiveIntegerField(default=0)
    found_bytes = models.PositiveBigIntegerField(default=0)
    notice = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["identity"],
                condition=models.Q(finished_at__isnull=True, stopped_at__isnull=True),
                name="one_open_intake_of_the_same_places",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(map(str, self.places))


class IntakeFile(models.Model):
    """One file that an intake came upon, and what became of it.

    `key` is the SHA-256 of its path as the file system has it, `path` the same for people, below the place
    where it was found. `version` counts the contents that were met under that path, `seen_at` says when
    this one was met or last tried. A file that is TAKEN has the end of its document; `settled_at` says that
    whoever took it in has seen that end.
    """

    class Outcome(models.TextChoices):
        GROWING = "growing", "still being written"
        TAKEN = "taken", "taken in"
        THERE = "there", "already there"
        REFUSED = "refused", "refused"
        UNREADABLE = "unreadable", "not readable"
        CHANGED = "changed", "changed while it was read"
        GONE = "gone", "gone when its turn came"
        LINK = "link", "a link, left out"
        DEVICE = "device", "no file, left out"
        HIDDEN = "hidden", "hidden, left out"

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="files")
    key = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=0)
    path = models.TextField()
    size = models.BigIntegerField(default=0)
    modified_ns = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    sentence = models.TextField(blank=True)
    document = models.ForeignKey(
        "ingest.Document", null=True, blank=True, on_delete=models.SET_NULL, related_name="found_as"
    )
    seen_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["intake", "key", "version"], name="one_row_for_each_content_of_a_path"
            )
        ]
        indexes = [models.Index(fields=["intake", "outcome"], name="library_intake_outcome")]

    def __str__(self) -> str:
        return self.path
