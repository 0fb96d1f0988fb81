"""Data sets, and their versions, which never change.

    Dataset -> DatasetVersion (files in DATASETS_DIR/<folder>/v<number>/)
    DatasetBuild: one wish for a version, which a worker fulfils

The rows of a version lie on the disk (see `reading`); the database keeps what proves them and what they are.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from donovan.access.labels import marking_of
from donovan.feedback.datasets.work import BUILD
from donovan.feedback.shapes import TASKS
from donovan.library.derived import DerivedFromDocuments, look_up_labels
from ingest.work.services import job_of


class Dataset(models.Model):
    """A name under which versions are made, for one task.

    Who may not read the access labels of all its versions together sees neither the data set nor any version,
    so that no gap in the numbers tells of one. Names are unique per maker and
    not over all, so that a name that is taken tells nobody of a data set that they may not see.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, db_index=True)
    task = models.CharField(max_length=20, choices=list(TASKS.items()))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="datasets"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["name", "created_by"], name="one_dataset_per_name_and_maker")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def labels(self) -> list[str]:
        """The access labels of all its versions, and of their documents as they are labelled now."""
        versions = list(self.versions.all())
        look_up_labels(versions)
        return sorted({label for version in versions for label in version.labels})

    @property
    def marking(self) -> str:
        """The least upper bound of `labels`; empty before the first version."""
        return marking_of(labels).canonical if (labels := self.labels) else ""

    @property
    def folder(self) -> str:
        """Its folder below DATASETS_DIR."""
        return f"{self.name}.{self.pk.hex[:8]}"


class DatasetVersion(DerivedFromDocuments):
    """One version. `digest` is the SHA-256 over all its files (see `writing.digest_of`), `counts` the rows of
    each split. `recipe` says how it was made; the same recipe on the same labels gives the same files.

    `statistics` are kept because the files never change (see `statistics`); `suspects` holds what
    `label_errors` found, null until somebody looked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    recipe = models.JSONField(default=dict)
    statistics = models.JSONField(default=dict)
    suspects = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="dataset_versions"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset.name}@{self.number}"

    @property
    def name(self) -> str:
        """What it is asked for by: `name@3`."""
        return str(self)

    @property
    def task(self) -> str:
        return self.dataset.task

    @property
    def total(self) -> int:
        """The rows of all splits."""
        return sum(int(count) for count in self.counts.values())


class DatasetBuild(models.Model):
    """One wish for a version made from labels. Its job (`datasets.build`) brings its state along."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "being built"
        DONE = "done", "built"
        FAILED = "failed", "not built"
        STOPPED = "stopped", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dataset_builds"
    )
    name = models.CharField(max_length=80)
    recipe = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    notice = models.CharField(max_length=600, blank=True)
    version = models.ForeignKey(
        DatasetVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="builds"
    )
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.WAITING, self.State.RUNNING)

    @property
    def words(self) -> str:
        """What is being done for it at this moment; empty while it waits."""
        job = job_of(BUILD, self.pk)
        return job.progress_words if job is not None else ""
