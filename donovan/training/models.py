"""Training jobs, the candidates they leave, what the gate found of them, who approved, and every promotion.

TrainingJob > Candidate > GateReport > Approval
                        > Move (promotions and rollbacks of a role)
"""

import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings as site
from django.db import models
from django.utils import timezone

from donovan.library.derived import DerivedFromDocuments
from donovan.training.wording import role_title
from donovan.training.work import EVALUATE, MOVE
from ingest.work.services import job_of
from retrieval.model_folders import ROLES

ROLE_CHOICES = [(role, role) for role in ROLES]


class TrainingJob(DerivedFromDocuments):
    """One training: of what, with what, and how far it is. Its job (`training.job`) brings its state along.

    `dataset` is "maker/name", because two people may use one name. Its documents are those of the data set;
    whoever may not read all of its labels does not see the job.
    `history` holds at most a few hundred pairs of step and loss. `seconds_per_step` is measured over the
    present attempt; `worked_seconds` is summed over all.
    """

    class Kind(models.TextChoices):
        RETRIEVER = "retriever", "retriever"
        RERANKER = "reranker", "re-ranker"
        READER = "reader", "reader"
        CLASSIFIER = "classifier", "classifier"
        LLM = "llm", "language model"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        STOPPING = "stopping", "stopping"
        STOPPED = "stopped", "stopped"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    role = models.CharField(max_length=10, choices=ROLE_CHOICES)
    dataset = models.CharField(max_length=240)
    dataset_version = models.PositiveIntegerField()
    dataset_digest = models.CharField(max_length=64)
    task = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    code_version = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    step = models.PositiveIntegerField(default=0)
    total_steps = models.PositiveIntegerField(default=0)
    checkpoint = models.PositiveIntegerField(null=True, blank=True)
    loss = models.FloatField(null=True, blank=True)
    words = models.CharField(max_length=200, blank=True)
    history = models.JSONField(default=list)
    metrics = models.JSONField(default=dict)
    seconds_per_step = models.FloatField(null=True, blank=True)
    worked_seconds = models.FloatField(default=0.0)
    notice = models.TextField(blank=True)
    started_by = models.ForeignKey(
        site.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_jobs"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} on {self.dataset_named} ({self.state})"

    @property
    def dataset_named(self) -> str:
        """The version as commands take it."""
        return f"{self.dataset}@{self.dataset_version}"

    @property
    def role_title(self) -> str:
        """What the model will be for, as every page calls it."""
        return role_title(self.role)

    @property
    def work(self) -> Path:
        """The folder of this job, which survives a kill."""
        return Path(site.TRAINING_DIR) / str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether it waits or is worked on."""
        return self.state in (self.State.WAITING, self.State.RUNNING, self.State.STOPPING)

    @property
    def may_go_on(self) -> bool:
        return self.state in (self.State.STOPPED, self.State.FAILED)

    @property
    def time_left(self) -> timedelta | None:
        """By the speed of the present attempt; None before that is known, or when nothing runs."""
        if self.state != self.State.RUNNING or not self.seconds_per_step or not self.total_steps:
            return None
        return timedelta(seconds=round(self.seconds_per_step * max(0, self.total_steps - self.step)))

    @property
    def model_name(self) -> str:
        """The name of the folder that this job leaves: its own, so that it is written once."""
        name = self.dataset.rpartition("/")[2].lower()
        stem = "".join(one if one.isascii() and one.isalnum() else "-" for one in name)[:40].strip("-")
        return f"{stem or 'data'}-v{self.dataset_version}-{self.kind}-{self.pk.hex[:8]}"


class Candidate(DerivedFromDocuments):
    """A trained model that may come to serve. `digest` is that of its manifest when it was recorded.

    While somebody waits for its evaluation (the job `training.evaluate`), `evaluation_asked_by` names them;
    `evaluation_words` says why it failed.
    """

    class State(models.TextChoices):
        CANDIDATE = "candidate", "candidate"
        REFUSED = "refused", "refused"
        APPROVED = "approved", "approved"
        PROMOTED = "promoted", "serves"
        RETIRED = "retired", "served before"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(max_length=10, choices=ROLE_CHOICES)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CANDIDATE)
    remark = models.TextField(blank=True)
    job = models.OneToOneField(
        TrainingJob, null=True, blank=True, on_delete=models.PROTECT, related_name="candidate"
    )
    evaluation_words = models.CharField(max_length=300, blank=True)
    evaluation_asked_by = models.ForeignKey(
        site.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["role", "name"], name="one_candidate_per_folder")]

    def __str__(self) -> str:
        return f"{self.role}/{self.name}"

    @property
    def role_title(self) -> str:
        """What the model is for, as every page calls it."""
        return role_title(self.role)

    @property
    def evaluation_progress(self) -> str:
        """How far its evaluation is; empty while it waits for a worker."""
        job = job_of(EVALUATE, self.pk)
        return job.progress_words if job is not None else ""

    @property
    def folder(self) -> Path:
        return Path(site.MODELS_DIR) / self.role / self.name


class GateReport(models.Model):
    """What the gate found, once. `digest` is the SHA-256 of what it says; approvals name it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="gate_reports")
    digest = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    is_passed = models.BooleanField(default=False)
    made_by = models.ForeignKey(site.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"gate report {self.digest[:12]}"


class Approval(models.Model):
    """One person's yes or no to a candidate, as one gate report showed it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="approvals")
    report_digest = models.CharField(max_length=64)
    by = models.ForeignKey(site.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals")
    is_yes = models.BooleanField()
    remark = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "report_digest", "by"], name="one_word_per_person_and_report"
            )
        ]

    def __str__(self) -> str:
        return f"{'yes' if self.is_yes else 'no'} to {self.candidate_id}"


class AskedMove(models.Model):
    """A move that takes minutes and waits for a worker, or is under way (the job `training.move`): one for
    each role.

    Without a candidate it is a rollback. It is gone once it was made; a `notice` says why it was not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(max_length=10, choices=ROLE_CHOICES, unique=True)
    candidate = models.ForeignKey(Candidate, null=True, blank=True, on_delete=models.CASCADE)
    asked_by = models.ForeignKey(site.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notice = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"asked: {self.role}"

    @property
    def words(self) -> str:
        """How far it is; empty while it waits."""
        job = job_of(MOVE, self.pk)
        if job is None or not job.progress_total:
            return ""
        return f"{job.progress_done} of {job.progress_total} {job.progress_words}"


class Move(models.Model):
    """One move of the pointer of a role. `served` is the pointer it made, `instead_of` the one before it.

    The moves of a role are a stack: a promotion lays one on, a rollback takes the last one off.
    """

    class Kind(models.TextChoices):
        PROMOTION = "promotion", "promotion"
        ROLLBACK = "rollback", "rollback"

    role = models.CharField(max_length=10, choices=ROLE_CHOICES, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.PROTECT, related_name="moves"
    )
    served = models.ForeignKey("retrieval.ServedModel", on_delete=models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(
        "retrieval.ServedModel", null=True, on_delete=models.PROTECT, related_name="+"
    )
    report_digest = models.CharField(max_length=64, blank=True)
    remark = models.TextField(blank=True)
    by = models.ForeignKey(site.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} in {self.role}"
