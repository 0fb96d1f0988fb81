"""Scheduled report jobs, and what came of each time they were due.

`models` takes both in, so that Django finds them. The rows are the truth: who makes a report compares and
sets `Schedule.next_at` and `seen_until` in the transaction that starts the report (scheduling.py).
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Schedule(models.Model):
    """One scheduled report: what is made, for whom, and when.

    `at` is a time of day in UTC, and `weekday` counts from Monday (0). For `document` and `anomaly` there is
    at most one report in `quiet_minutes`. `next_at` is the next moment to look (null: only on request);
    `seen_until` how far documents or findings are covered by earlier reports; `seen_signatures` the findings
    that were reported, so that one found again by a new examination is no news.
    """

    class When(models.TextChoices):
        DAILY = "daily", "every day"
        WEEKLY = "weekly", "every week"
        DOCUMENT = "document", "when a document arrives"
        ANOMALY = "anomaly", "when something odd is found"
        REQUEST = "request", "on request"

    class State(models.TextChoices):
        ACTIVE = "active", "active"
        PAUSED = "paused", "paused"
        STOPPED = "stopped", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="report_schedules"
    )
    title = models.CharField(max_length=150)
    template = models.CharField(max_length=60)
    template_name = models.CharField(max_length=120)
    collection = models.CharField(max_length=80, blank=True)
    parameters = models.JSONField(default=dict)
    when = models.CharField(max_length=10, choices=When.choices)
    at = models.TimeField(null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_minutes = models.PositiveIntegerField(default=60)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    stopped_because = models.CharField(max_length=400, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)
    seen_until = models.DateTimeField(default=timezone.now)
    seen_signatures = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class ScheduledRun(models.Model):
    """One time that a schedule was due. `key` is that time, or what happened: no two runs share it.

    `cause` says in words why it ran; `failure` why no report was started. How the report itself went stands
    on its sections.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    key = models.CharField(max_length=80)
    cause = models.CharField(max_length=300)
    failure = models.CharField(max_length=400, blank=True)
    report = models.ForeignKey(
        "reports.Report", null=True, blank=True, on_delete=models.SET_NULL, related_name="scheduled_runs"
    )
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "key"], name="one_run_per_cause")]

    def __str__(self) -> str:
        return self.cause
