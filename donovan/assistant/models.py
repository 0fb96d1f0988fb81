"""Threads of questions, their answers, and the claims and citations that an answer consists of."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Thread(models.Model):
    """A line of questions that one person keeps.

    `filters` (collection, document) are where its last question was asked: a follow-up is asked there.
    `shown_title` is what it is called on a page for one reader (`selectors.name_threads`).
    """

    shown_title: str = ""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(max_length=200)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_archived = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class Answer(models.Model):
    """One question and what came of it, with all that is needed to make it again.

    `kind` says which job was done. `ending` says how a question ended: answered, with the nearest evidence,
    or with nothing found (`refused` is true for that alone); it is empty while the answer is open, where it
    was stopped or failed, and for other jobs. A question is read with the help of earlier answers unless
    `is_literal`; `read_as` is how it was read where that is not as it was typed. `labels` are the labels of
    everything that was given to the model; whoever may not read all of them may not read the answer.
    `document` is what a summary or a translation is of; `result` holds what only some have (sentence pairs,
    the nearest evidence).
    """

    class Kind(models.TextChoices):
        ASK = "ask", "question"
        SUMMARY = "summary", "summary"
        TRANSLATION = "translation", "translation"

    class Ending(models.TextChoices):
        ANSWERED = "answered", "answered"
        NEAREST = "nearest", "nearest evidence"
        NOTHING = "nothing", "nothing found"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "in work"
        DONE = "done", "done"
        CANCELLED = "cancelled", "cancelled"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, null=True, on_delete=models.CASCADE, related_name="answers")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ASK)
    question = models.TextField()
    is_literal = models.BooleanField(default=False)
    read_as = models.TextField(blank=True)
    filters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    text = models.TextField(blank=True)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    refused = models.BooleanField(default=False)
    notice = models.TextField(blank=True)
    evidence = models.JSONField(default=list)
    coverage = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    marking = models.CharField(max_length=300, blank=True)
    engine = models.CharField(max_length=120, blank=True)
    model = models.CharField(max_length=200, blank=True)
    model_digest = models.CharField(max_length=64, blank=True)
    prompt = models.CharField(max_length=80, blank=True)
    index_generation = models.CharField(max_length=64, blank=True)
    settings = models.JSONField(default=dict)
    draft = models.TextField(blank=True)
    seconds = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    document = models.ForeignKey(
        "ingest.Document", null=True, on_delete=models.CASCADE, related_name="answers"
    )
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.question[:80]


class TranslatedChunk(models.Model):
    """What a translation in the making has so far, in chunks, so that the next attempt goes on after them.

    `segments` are those of `Answer.result["segments"]`, in order. The chunks go when the answer has them all.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    segments = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="one_chunk_of_a_translation")
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of {self.answer_id}"


class AnswerSource(models.Model):
    """A document that an answer was made from: shown as evidence, cited, or what it is of.

    Kept by its id alone, so that one that was removed closes the answer and does not vanish from what it
    rests on.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="sources")
    document_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "document_id"], name="one_source_per_document")
        ]

    def __str__(self) -> str:
        return str(self.document_id)


class Claim(models.Model):
    """One statement of an answer. Only a supported claim is ever shown as fact.

    `standing` is how it stands among the other statements (empty where nothing speaks against it), `day` the
    day of which it speaks, where that was asked for or bears on its standing and is known. `head`
    stands before it where statements are laid out by day, source or group. Of a quotation that takes in the
    sentences beside the one it is about, that one is `text[core_start:core_end]`.
    """

    class Origin(models.TextChoices):
        DRAFTED = "drafted", "written by the model"
        QUOTED = "quoted", "quoted from the page"
        COMPUTED = "computed", "counted or judged over what is cited"

    class Standing(models.TextChoices):
        SUPERSEDED = "superseded", "superseded"
        DISPUTED = "disputed", "the sources disagree"
        PLANNED = "planned", "a plan or a forecast"

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="claims")
    ordinal = models.PositiveIntegerField()
    text = models.TextField()
    head = models.CharField(max_length=300, blank=True)
    core_start = models.PositiveIntegerField(null=True, blank=True)
    core_end = models.PositiveIntegerField(null=True, blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.DRAFTED)
    is_supported = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    similarity = models.FloatField(null=True, blank=True)
    standing = models.CharField(max_length=12, choices=Standing.choices, blank=True)
    day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["answer", "ordinal"], name="one_claim_per_ordinal")]

    def __str__(self) -> str:
        return self.text[:80]


class Citation(models.Model):
    """The span of a page that a claim rests on. Offsets are characters in the page text."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="citations")
    document = models.ForeignKey("ingest.Document", on_delete=models.CASCADE, related_name="citations")
    passage_id = models.BigIntegerField(null=True)
    page = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    label = models.CharField(max_length=400)

    def __str__(self) -> str:
        return f"page {self.page}, {self.start} to {self.end}"
