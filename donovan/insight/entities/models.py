"""Entities, where they are mentioned, and what analysts decided about them.

An entity row says only a kind and a normal form; its id is computed from the two. What a reader learns of an
entity - that it exists, its name, aliases, counts - is always gathered from the mentions, in documents that
they may read. No row here carries a label: access goes through the document.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from donovan.insight.entities.kinds import Kind, Level
from ingest.models import Document


class Entity(models.Model):
    """One thing under one normal form. `id` is `identity.entity_id(kind, normal)`: it tells nothing new.

    `sound` is `name_variants.sound_key(normal)` for a person, by which other spellings of the name are found.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices, db_index=True)
    normal = models.CharField(max_length=200)
    sound = models.CharField(max_length=200, blank=True, default="", db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "normal"], name="one_entity_per_normal_form")]

    def __str__(self) -> str:
        return f"{self.kind} {self.normal}"


class Mention(models.Model):
    """One place where an entity is named: `start` and `end` are character offsets into the page text.

    `sentence_start` and `sentence_end` bound the sentence around it. `value` holds what was read, by kind:

    - date: {"time": "HH:MM"} where one is given; `since` and `until` are its first and last day, if known
    - place, coordinate: {"latitude": degrees, "longitude": degrees}, and for a place "country" (ISO 3166)
    - money: {"amount": text, "currency": ISO 4217}; quantity: {"amount": text, "unit": text}
    - phone: {"number": E.164 when it is valid}

    A mention by description (“the bridge”) and a bare quantity belong to no entity.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="mentions")
    page = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    sentence_start = models.PositiveIntegerField()
    sentence_end = models.PositiveIntegerField()
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.NAMED)
    value = models.JSONField(default=dict)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    confidence = models.FloatField()
    recogniser = models.CharField(max_length=40)
    entity = models.ForeignKey(Entity, null=True, on_delete=models.PROTECT, related_name="mentions")

    class Meta:
        ordering = ["document_id", "page", "start"]
        indexes = [
            models.Index(fields=["entity", "document"], name="mention_by_entity"),
            models.Index(fields=["document", "page", "start"], name="mention_by_place"),
            models.Index(fields=["kind", "document"], name="mention_by_kind"),
            models.Index(fields=["since"], name="mention_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text[:40]}"


class Appearance(models.Model):
    """An entity in one document, counted: what lists are made from, so that they need not count mentions.

    `name` is the form under which the document names it most fully; `names` are all its forms there.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="appearances")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="appearances")
    name = models.CharField(max_length=300)
    names = models.JSONField(default=list)
    mention_count = models.PositiveIntegerField()
    first_page = models.PositiveIntegerField()
    value = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "document"], name="one_appearance_per_document")
        ]

    def __str__(self) -> str:
        return self.name[:60]


class AliasEvidence(models.Model):
    """A document that says of two entities that they are one: “Syrian Democratic Forces (SDF)”.

    Only readers of the document see the two as one by it.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="alias_evidence")
    one = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    page = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["one"]), models.Index(fields=["other"])]

    def __str__(self) -> str:
        return f"{self.one_id} is {self.other_id}"


class Decision(models.Model):
    """What an analyst decided about entities. It outlives every new extraction, and is undone, never deleted.

    merge     the entities are one, shown under `name` when that is given
    separate  the two entities are not one, whatever the documents seem to say
    split     in `documents`, the entity is another one: `made`, shown under `name`
    reject    this is no such thing at all: not shown

    `labels` are those of all documents in which the analyst could see the entities. Only who may read all of
    them sees the effect of the decision; to anybody else it never happened.
    """

    class Verb(models.TextChoices):
        MERGE = "merge", "merged"
        SEPARATE = "separate", "kept apart"
        SPLIT = "split", "split"
        REJECT = "reject", "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verb = models.CharField(max_length=8, choices=Verb.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    entities = models.JSONField()
    documents = models.JSONField(default=list)
    made = models.UUIDField(null=True, blank=True, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    labels = models.JSONField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {len(self.entities)}"
