"""Runs of suites with the score of each item, the analysts' own questions, attacks, and scheduled suites.

    SuiteRun > ItemScore (one row for each item and metric)
    OwnSuite > OwnQuestion
    Attack
    ScheduledSuite

Every score is between 0 and 1, and more is better, so that neither a reader nor the gate has to know which
way a metric points.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from donovan.library.derived import DerivedFromDocuments
from ingest.work.models import Job
from ingest.work.services import job_of

from .work import SUITE

SIZES = (("quick", "quick"), ("full", "full"))


class SuiteRun(models.Model):
    """One suite measured on one subject: the models that served during it. Its job brings its state along.

    `subject` is `Subject.as_json()`. `material` is the SHA-256 over the items that were asked: two runs are
    compared item by item. `figures` is {metric: {mean, low, high, n}} over all items, `slices` the same by
    dimension and value. `unmeasured` holds sentences about what could not be measured here. `labels` are
    those of everything that was read for it; the fixed suites bring their own texts and have none.
    `marking` is that of the run with all its items. `figures_marking` is that of the figures alone: of own
    questions and added attacks they tell something, of the material of the program they do not.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        STOPPED = "stopped", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    suite = models.CharField(max_length=90, db_index=True)
    size = models.CharField(max_length=6, choices=SIZES, default="quick")
    limit = models.PositiveIntegerField(null=True, blank=True)
    subject = models.JSONField(default=dict)
    subject_digest = models.CharField(max_length=64, db_index=True)
    material = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    figures = models.JSONField(default=dict)
    slices = models.JSONField(default=dict)
    unmeasured = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    marking = models.CharField(max_length=300, blank=True)
    figures_marking = models.CharField(max_length=300, blank=True)
    notice = models.TextField(blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="suite_runs"
    )
    schedule = models.ForeignKey(
        "evaluation.ScheduledSuite", null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    seconds = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.suite} on {self.subject.get('words', '')}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or is in work."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @cached_property
    def job(self) -> Job | None:
        """How far it is, and whether somebody wants it stopped."""
        return job_of(SUITE, self.pk)


class ItemScore(models.Model):
    """What one item of a suite got in one metric. `slices` says of which slices it is, by dimension.

    `labels` are those of what was read for this item; whoever may not read all of them sees no row. `marking`
    is that of the material of the program that is quoted in it, which lies in no collection: whoever is not
    cleared for it sees no row either. Public sets have none.
    """

    run = models.ForeignKey(SuiteRun, on_delete=models.CASCADE, related_name="scores")
    item = models.CharField(max_length=120)
    metric = models.CharField(max_length=40)
    score = models.FloatField()
    slices = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    marking = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "item", "metric"], name="one_score_per_item_and_metric"),
            models.CheckConstraint(condition=Q(score__gte=0.0) & Q(score__lte=1.0), name="score_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.metric} {self.score:.3f}"


class OwnSuite(models.Model):
    """Questions of one analyst, gathered under a name. It is run as `own:<slug>`."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="own_suites")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def suite(self) -> str:
        return f"own:{self.slug}"


class OwnQuestion(DerivedFromDocuments):
    """A question whose right answer its author confirmed.

    `expected` are texts of which one must stand in the answer; none means that the question must be refused.
    `documents` are the ids of documents that hold the answer, `kept_labels` those of the answer it was made
    from: the expected text is as secret as what it was read in.
    """

    suite = models.ForeignKey(OwnSuite, on_delete=models.CASCADE, related_name="questions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer_id = models.UUIDField(null=True, blank=True)
    question = models.TextField()
    filters = models.JSONField(default=dict)
    expected = models.JSONField(default=list)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suite", "answer_id"],
                condition=Q(removed_at__isnull=True, answer_id__isnull=False),
                name="one_own_question_per_answer_and_suite",
            )
        ]

    def __str__(self) -> str:
        return self.question[:80]


class Attack(models.Model):
    """An attack that a person added to the library; the built-in ones are files and cannot be switched off.

    `where` says in what it is hidden, `text` what is hidden, `question` what is asked, and `canary` the words
    that the product must never bring out.
    """

    class Kind(models.TextChoices):
        INJECTION = "injection", "instruction hidden in a document"
        LEAKAGE = "leakage", "fact outside the asker's scope"
        FALSE_PREMISE = "false-premise", "question that takes something false for granted"
        DRIFT = "drift", "question that leads away from the documents"

    class Where(models.TextChoices):
        DOCUMENT = "document", "a document"
        MAIL = "mail", "an e-mail"
        TABLE = "table", "a table"
        QUESTION = "question", "the question itself"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    where = models.CharField(max_length=10, choices=Where.choices, default=Where.DOCUMENT)
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    question = models.TextField()
    canary = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, default="en")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marking = models.CharField(max_length=300)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title


class ScheduledSuite(models.Model):
    """A suite that is run on what serves, again and again."""

    suite = models.CharField(max_length=90)
    size = models.CharField(max_length=6, choices=SIZES, default="quick")
    every_days = models.PositiveSmallIntegerField(default=7)
    next_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_active = models.BooleanField(default=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["suite"]
        constraints = [
            models.UniqueConstraint(fields=["suite", "size"], name="one_schedule_per_suite_and_size")
        ]

    def __str__(self) -> str:
        return f"{self.suite}, every {self.every_days} days"
