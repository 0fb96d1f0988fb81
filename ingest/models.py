"""Files as ingest knows them: blobs, documents, pages, passages, and the ledger of stages.

Every document carries one opaque `label`. This room compares labels and never interprets them.
"""

import json
import uuid
import zlib
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

WHEN_READ = "a document is read"
"""The event that is announced when the passages of a document wait to be embedded."""

WHEN_READY = "a document is ready"
"""The event that is announced when a document became ready, in the transaction that makes it so."""


class Blob(models.Model):
    """The bytes of one original, stored once under its SHA-256."""

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest[:12]


class Status(models.TextChoices):
    """Where a document stands. Received = ready + failed + quarantined + pending + running, always."""

    PENDING = "pending", "waiting"
    RUNNING = "running", "in work"
    READY = "ready", "ready"
    FAILED = "failed", "failed"
    QUARANTINED = "quarantined", "quarantined"


class Stage(models.TextChoices):
    """The pipeline, in order."""

    RECEIVED = "received", "received"
    IDENTIFY = "identify", "identify"
    PARSE = "parse", "parse"
    OCR = "ocr", "read scanned pages"
    PASSAGES = "passages", "cut into passages"
    EMBED = "embed", "embed"
    INDEX = "index", "index"
    DONE = "done", "done"


class Document(models.Model):
    """One file as received: its label, where it stands, and what was learnt about it.

    Where `is_label_decided`, somebody who may has looked at what the file says of its label.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="documents")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    label = models.CharField(max_length=400, db_index=True)
    is_label_decided = models.BooleanField(default=False)
    name = models.CharField(max_length=400)
    title = models.CharField(max_length=500)
    media_type = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING, db_index=True)
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.RECEIVED)
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    languages = models.JSONField(default=list)
    document_date = models.DateField(null=True, blank=True, db_index=True)
    page_count = models.PositiveIntegerField(default=0)
    ocr_page_count = models.PositiveIntegerField(default=0)
    metadata = models.JSONField(default=dict)
    received_by = models.CharField(max_length=150, blank=True)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["blob", "label"],
                condition=models.Q(parent__isnull=True),
                name="one_document_per_blob_and_label",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    @property
    def is_ready(self) -> bool:
        return self.status == Status.READY

    @property
    def seconds(self) -> float | None:
        """Seconds from the first stage to the last, or None while it is not finished."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class Submission(models.Model):
    """One act of handing in a file. A second copy makes a second submission of the same document."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="submissions")
    name = models.CharField(max_length=400)
    received_by = models.CharField(max_length=150, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    is_duplicate = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class StageRecord(models.Model):
    """One line of the ledger: a stage that a document went through, how long it took and how it ended."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="stage_records")
    stage = models.CharField(max_length=16, choices=Stage.choices)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.stage} {self.outcome}"


class Page(models.Model):
    """One page: its text, the size of its image, and how the text was got."""

    class Source(models.TextChoices):
        DIGITAL = "digital", "text in the file"
        OCR = "ocr", "read from the image"
        NONE = "none", "no text found"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.DIGITAL)
    language = models.CharField(max_length=16, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    image = models.CharField(max_length=200, blank=True)
    image_width = models.PositiveIntegerField(default=0)
    image_height = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_page_per_number")]

    def __str__(self) -> str:
        return f"page {self.number}"


@dataclass(frozen=True)
class Word:
    """A word of a page.

    `start` and `end` are character offsets into the page text; `left`, `top`, `right` and `bottom` are
    shares (0 to 1) of the page image's width and height; `confidence` is 0 to 1 (1 for text from the file).
    """

    text: str
    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


class PageWords(models.Model):
    """The words of a page with their boxes, kept apart so that listing pages stays cheap."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="page_words")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"words of page {self.page_id}"

    @staticmethod
    def pack(words: list[Word]) -> bytes:
        rows = [
            [
                w.text,
                w.start,
                w.end,
                *(round(v, 5) for v in (w.left, w.top, w.right, w.bottom)),
                round(w.confidence, 3),
            ]
            for w in words
        ]
        return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())

    @property
    def words(self) -> list[Word]:
        return [Word(*row) for row in json.loads(zlib.decompress(self.data))]


class Passage(models.Model):
    """A stretch of one page, long enough to answer and short enough to embed.

    `start` and `end` are character offsets into the page text. `heading` is the path of headings above it.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="passages")
    ordinal = models.PositiveIntegerField()
    label = models.CharField(max_length=400, db_index=True)
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    language = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["document_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["document", "ordinal"], name="one_passage_per_ordinal")
        ]

    def __str__(self) -> str:
        return self.text[:60]
