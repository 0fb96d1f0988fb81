"""Reports: their sections, what each section is made of, what that rests on, and what people did to it.

    Report > Section > Block > Statement > StatementEdit
                     > Source (what statements and blocks cite)
                     > UsedDocument (everything that was read for the section, cited or not)

What a person changes never overwrites what was generated: edits are rows of their own, and a section that is
made again keeps its earlier makings.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from donovan.reports.schedules import Schedule, ScheduledRun  # noqa: F401 - Django finds models here
from donovan.reports.work import SECTION
from ingest.work.models import Job
from ingest.work.services import job_of


class Report(models.Model):
    """One report. `template` is the key of a built-in template or the id of a Design.

    `raised_marking` is the banner the author asked for; the banner is never below what was used. `previous`
    is the version that this one replaces.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        REVIEW = "review", "in review"
        RELEASED = "released", "released"
        WITHDRAWN = "withdrawn", "release withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports")
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=400, blank=True)
    template = models.CharField(max_length=60)
    template_name = models.CharField(max_length=120)
    template_version = models.PositiveIntegerField(default=1)
    collection = models.CharField(max_length=80, blank=True)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT, db_index=True)
    version = models.PositiveIntegerField(default=1)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="later_versions"
    )
    raised_marking = models.CharField(max_length=300, blank=True)
    declassification = models.JSONField(default=dict)
    coverage = models.JSONField(default=dict)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="released"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether its author may still change it."""
        return self.state == self.State.DRAFT


class Section(models.Model):
    """One section, whose job brings its state along. `making` counts how often it was made.

    `labels` are those of everything that the present making used, also what was only given to the model;
    `earlier_labels` are those of earlier makings by number. `work` holds what an interrupted attempt had
    finished, for the next one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")
    ordinal = models.PositiveIntegerField()
    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=30)
    heading = models.CharField(max_length=200)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    making = models.PositiveIntegerField(default=0)
    notice = models.TextField(blank=True)
    labels = models.JSONField(default=list)
    earlier_labels = models.JSONField(default=dict)
    work = models.JSONField(default=dict)
    engine = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["report", "ordinal"], name="one_section_per_ordinal"),
            models.UniqueConstraint(fields=["report", "key"], name="one_section_per_key"),
        ]

    def __str__(self) -> str:
        return self.heading

    @cached_property
    def job(self) -> Job | None:
        """How far it is, while it is being made."""
        return job_of(SECTION, self.pk)


class Block(models.Model):
    """One paragraph, table, figure or map of one making of a section.

    `data` is what `building` lays out for kinds other than paragraphs; `source_ids` are the Source rows it
    rests on, and `labels` what its portion mark is made of beyond those.
    """

    class Kind(models.TextChoices):
        PARAGRAPH = "paragraph", "paragraph"
        TABLE = "table", "table"
        FIGURE = "figure", "figure"
        MAP = "map", "map"

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="blocks")
    making = models.PositiveIntegerField()
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    is_bullet = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    source_ids = models.JSONField(default=list)
    labels = models.JSONField(default=list)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["section", "making", "ordinal"], name="one_block_per_ordinal")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ordinal}"


class Statement(models.Model):
    """One sentence as it was generated, or (origin "written") the place of one that a person added."""

    class Origin(models.TextChoices):
        GENERATED = "generated", "generated"
        WRITTEN = "written", "written by a person"

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="statements")
    ordinal = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.GENERATED)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=16, default="not checked")
    reason = models.CharField(max_length=300, blank=True)
    source_ids = models.JSONField(default=list)

    class Meta:
        ordering = ["ordinal"]

    def __str__(self) -> str:
        return self.text[:80]


class StatementEdit(models.Model):
    """What a person made of a statement, with its own check. The last one counts."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="edits")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(default=timezone.now)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    is_removal = models.BooleanField(default=False)
    is_reversal = models.BooleanField(default=False)
    state = models.CharField(max_length=16, default="not checked")
    reason = models.CharField(max_length=300, blank=True)
    source_ids = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.after[:80]


class Source(models.Model):
    """A span of a page, or rows of a table, as it was when it was cited.

    The document is named by its id alone, so that the row outlives it: a report must say that a document it
    rests on is gone. `digest` is the SHA-256 of `quote`, or of the table's file where rows are cited.
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="sources")
    making = models.PositiveIntegerField()
    document_id = models.UUIDField(db_index=True)
    title = models.CharField(max_length=500)
    place = models.CharField(max_length=300)
    page = models.PositiveIntegerField(null=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    table_ordinal = models.PositiveIntegerField(null=True)
    rows = models.JSONField(default=list)
    quote = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    label = models.CharField(max_length=400)
    document_date = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.title}, {self.place}"


class UsedDocument(models.Model):
    """A document that was read for a section, with its label at that time."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="used_documents")
    making = models.PositiveIntegerField()
    document_id = models.UUIDField(db_index=True)
    label = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["section", "making", "document_id", "label"], name="one_use_per_label"
            )
        ]

    def __str__(self) -> str:
        return str(self.document_id)


class Comment(models.Model):
    """A remark on a report, a section or one statement."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="comments")
    section = models.ForeignKey(Section, null=True, on_delete=models.CASCADE, related_name="comments")
    statement = models.ForeignKey(Statement, null=True, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class ReviewStep(models.Model):
    """One step on the way to a release, with what the person said."""

    class Step(models.TextChoices):
        SUBMITTED = "submitted", "sent for review"
        TAKEN_BACK = "taken back", "taken back"
        RETURNED = "returned", "returned"
        RELEASED = "released", "released"
        WITHDRAWN = "withdrawn", "release withdrawn"

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="review_steps")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12, choices=Step.choices)
    remark = models.TextField(blank=True)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.step


class Design(models.Model):
    """A template of somebody's own: sections as {key, kind, heading, settings}, in order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="designs")
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=400, blank=True)
    sections = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    is_put_away = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
