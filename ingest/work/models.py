"""One row for each piece of work, whatever room it is of."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Job(models.Model):
    """Work of a `kind` on a `subject`: what came of it, or who has it until when.

    `subject` is the primary key of the room's row, or whatever else names the work; it says nothing by
    itself. `token` is the fencing token of whoever has the job. `attempts` counts acquisitions since the last
    checkpoint, so that work which is killed often and gets on all the same is never given up. `rank` orders a
    queue: lower is sooner. A job that waits is not begun before `due_at`.
    `is_repeat_wanted`: while it was in work it was asked for once more.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        STOPPED = "stopped", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, blank=True)
    queue = models.CharField(max_length=20)
    rank = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    is_cancel_wanted = models.BooleanField(default=False)
    is_repeat_wanted = models.BooleanField(default=False)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_words = models.CharField(max_length=200, blank=True)
    notice = models.TextField(blank=True)
    asked_by = models.CharField(max_length=150, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state__in=("waiting", "running")),
                name="one_unfinished_job_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False) & ~Q(token="")
                | ~Q(state="running") & Q(token="", lease_until__isnull=True),
                name="a_lease_while_it_runs",
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "state", "rank", "created_at"], name="work_next_of_queue"),
            models.Index(fields=["state", "lease_until"], name="work_lease"),
            models.Index(fields=["kind", "subject"], name="work_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"

    @property
    def is_open(self) -> bool:
        """Whether it waits or is in work."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
