"""What is odd, how it was looked for, and what analysts said of it.

Who may read a finding is decided by its documents, never by a copy of their labels here.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from donovan.insight.anomalies.work import EXAMINE
from ingest.work.models import Job
from ingest.work.services import job_of


class Specification(models.Model):
    """The settings by which one table is examined, kept for good: a change is a new version.

    It belongs to a document and the name of a table in it, because tables are made anew when their document
    is read again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="+")
    table_name = models.CharField(max_length=300)
    version = models.PositiveIntegerField()
    settings = models.JSONField()
    digest = models.CharField(max_length=64)
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "table_name", "version"], name="one_specification_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class Examination(models.Model):
    """One look at the tables of a document. `settings` are those used, by name of table; `notes` say what was
    not looked at, and why.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="examinations")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    settings = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    requested_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"examination {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @cached_property
    def job(self) -> Job | None:
        """How far it is, where somebody asked for it."""
        return job_of(EXAMINE, self.pk)


class Finding(models.Model):
    """One thing that is odd. Its id follows from where it is and what it says, so that links keep.

    `rows` are row numbers as a spreadsheet shows them; `page`, `start` and `end` the place of one in a text,
    in characters of the page (page 0: nowhere in particular). `rests_on` are further documents without which
    it could not be said; whoever may not read all of them does not see it. `signature` is the same for the
    same thing in another version of the table.
    """

    class Origin(models.TextChoices):
        TABLES = "tables", "tables"
        TEXTS = "texts", "texts"

    id = models.UUIDField(primary_key=True, editable=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.TABLES)
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="findings")
    table = models.ForeignKey(
        "tables.DataTable", null=True, blank=True, on_delete=models.CASCADE, related_name="findings"
    )
    rests_on = models.ManyToManyField("ingest.Document", blank=True, related_name="+")
    kind = models.CharField(max_length=40, db_index=True)
    rows = models.JSONField(default=list)
    column = models.CharField(max_length=300, blank=True)
    value = models.TextField(blank=True)
    page = models.PositiveIntegerField(default=0)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    why = models.TextField()
    method = models.CharField(max_length=300)
    choice = models.TextField(blank=True)
    baseline = models.TextField(blank=True)
    expected = models.CharField(max_length=300, blank=True)
    reasons = models.JSONField(default=list)
    score = models.FloatField()
    signature = models.CharField(max_length=64, db_index=True)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-score", "id"]

    def __str__(self) -> str:
        return self.why[:80]

    @property
    def row(self) -> int | None:
        """The first row, where there is one."""
        return self.rows[0] if self.rows else None


class Disposition(models.Model):
    """What an analyst said of a finding. It stays when undone, with who undid it and when.

    It counts for a reader who may read `document`, the one it was made on, and there for every finding of
    the collection with the same signature.
    """

    class Verdict(models.TextChoices):
        REAL = "real", "real"
        EXPECTED = "expected", "expected"
        DATA_ERROR = "data_error", "data error"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="dispositions")
    collection = models.CharField(max_length=80, db_index=True)
    finding_id = models.UUIDField()
    signature = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=40)
    column = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.TextField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "signature"],
                condition=models.Q(undone_at=None),
                name="one_disposition_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()


class RuleSwitch(models.Model):
    """A learnt rule that somebody turned off, for one collection, kind and column."""

    collection = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    column = models.CharField(max_length=300, blank=True)
    turned_off_by = models.CharField(max_length=150)
    turned_off_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "kind", "column"], name="one_switch_per_rule")
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.column or 'rows'}: off"


class TextLook(models.Model):
    """When the texts under a label were last compared with each other, and the digest of what there was."""

    label = models.CharField(max_length=400, primary_key=True)
    digest = models.CharField(max_length=64)
    looked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.label
