"""Label projects: who labels what by which instruction, and how far it has come.

    LabelProject -> ProjectItem -> Assignment -> feedback.Annotation (origin "project", target "item")
                 -> ProjectMember

What somebody said of an item is an `Annotation`, kept through an `Assignment`: the slot of one person at one
item.
What came of an item in the end is `ProjectItem.final`, of the shape of the task (see feedback.shapes).
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from donovan.feedback.shapes import TASKS


class LabelProject(models.Model):
    """One set task. `template` is a key of `templates.TEMPLATES`; all it gave may be changed afterwards.

    `options` are the classes, in order: [{"key": "1", "value": "memo", "words": "Memorandum", "says": why}].
    `examples` are [{"input": {...}, "value": {...}, "says": why}]. `schema` holds what else the template lets
    an owner change (the steps of a claim, whether a reason is asked for). `instruction` is plain Markdown.

    `overlap` people see each item, at most `most_people` where they disagree; `gold_share` (0 to 1) of what a
    person is given has a known answer. `calibration_size` items go to everybody first, in rounds: `round` is
    the one that runs or ran last, 0 before any. `random_share` of the order is left to chance.
    From `released_at` on, everything is given out.
    `needs_ordering` and `needs_looking` ring for the worker, which orders the items and watches over quality;
    `ordered_at` and `looked_at` are empty until it has done so (`ringing`).

    `text_labels` are the access labels of what title, instruction and examples were written from: who may
    not read them all does not see the project. `labels` and `marking` are those of all items together; what a
    reader is shown is computed from the items that they may read.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "being set up"
        CALIBRATING = "calibrating", "calibrating"
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        CLOSED = "closed", "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="label_projects"
    )
    title = models.CharField(max_length=200)
    template = models.CharField(max_length=40)
    task = models.CharField(max_length=20, choices=list(TASKS.items()))
    instruction = models.TextField(blank=True)
    examples = models.JSONField(default=list)
    options = models.JSONField(default=list)
    schema = models.JSONField(default=dict)
    overlap = models.PositiveSmallIntegerField(default=2)
    most_people = models.PositiveSmallIntegerField(default=4)
    gold_share = models.FloatField(default=0.1)
    random_share = models.FloatField(default=0.1)
    calibration_size = models.PositiveSmallIntegerField(default=10)
    round = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    text_labels = models.JSONField(default=list)
    labels = models.JSONField(default=list)
    marking = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    needs_ordering = models.BooleanField(default=False)
    ordered_at = models.DateTimeField(null=True, blank=True)
    needs_looking = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether labels are taken now."""
        return self.state in (self.State.CALIBRATING, self.State.RUNNING)


class ProjectMember(models.Model):
    """One role of one person in a project; a person may have several.

    `skill` is how often they are right (0 to 1), as far as it is known, from `skill_from` of their labels.
    `named_as` is what the watch over quality found a labeller to be, if anything: their items then go to
    further people, and the owner decides whether they go on (`is_paused`).
    """

    class Role(models.TextChoices):
        LABELLER = "labeller", "labeller"
        REVIEWER = "reviewer", "reviewer"
        ADJUDICATOR = "adjudicator", "adjudicator"

    class Named(models.TextChoices):
        NOBODY = "", "nothing noticed"
        CARELESS = "careless", "careless"
        SPAMMER = "spammer", "answers without reading"

    project = models.ForeignKey(LabelProject, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="project_memberships"
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    is_paused = models.BooleanField(default=False)
    skill = models.FloatField(null=True, blank=True)
    skill_from = models.PositiveIntegerField(default=0)
    named_as = models.CharField(max_length=10, choices=Named.choices, blank=True)
    named_why = models.CharField(max_length=400, blank=True)
    named_after = models.PositiveIntegerField(default=0)
    named_at = models.DateTimeField(null=True, blank=True)
    cleared_after = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user", "role"], name="one_row_per_person_and_role")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as {self.role}"


class ProjectItem(models.Model):
    """One thing to label. `input` is of the task's shape, `labels` the access labels of all it holds.

    `labels_digest` is the same for items with the same access labels. `copy_of` is set for a near-duplicate:
    nobody is given it, and it takes over what comes of the one it is a copy of. `group` is shared by all
    near-duplicates of one another.

    `wanted` people are to label it, `taken` slots are given out, `given` labels are kept; a slot is claimed
    by compare-and-set on `taken`. `final` is what came of it, `final_how` in which way, with the probability
    `confidence` where one was computed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for release"
        OPEN = "open", "open"
        ADJUDICATION = "adjudication", "waiting for an adjudicator"
        DONE = "done", "done"
        LEFT_OUT = "left_out", "left out"

    class How(models.TextChoices):
        AGREED = "agreed", "all agreed"
        WEIGHED = "weighed", "weighed by the skill of the labellers"
        ADJUDICATED = "adjudicated", "decided by an adjudicator"
        REVIEWED = "reviewed", "fixed in review"
        COPIED = "copied", "taken over from a near-duplicate"
        GOLD = "gold", "known before"

    class Review(models.TextChoices):
        NONE = "", "not reviewed"
        ACCEPTED = "accepted", "accepted"
        FIXED = "fixed", "fixed"
        SENT_BACK = "sent_back", "sent back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(LabelProject, on_delete=models.CASCADE, related_name="items")
    ordinal = models.PositiveIntegerField()
    input = models.JSONField()
    origin = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    labels_digest = models.CharField(max_length=64, db_index=True)
    marking = models.CharField(max_length=300)
    document = models.ForeignKey("ingest.Document", null=True, on_delete=models.SET_NULL, related_name="+")
    copy_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="copies")
    group = models.CharField(max_length=64, blank=True, db_index=True)
    is_gold = models.BooleanField(default=False)
    gold = models.JSONField(null=True, blank=True)
    is_calibration = models.BooleanField(default=False)
    prelabel = models.JSONField(null=True, blank=True)
    prelabel_model = models.CharField(max_length=200, blank=True)
    prelabel_confidence = models.FloatField(null=True, blank=True)
    prelabel_chances = models.JSONField(default=dict)
    prelabel_before = models.JSONField(null=True, blank=True)
    asked_model = models.CharField(max_length=200, blank=True)
    priority = models.FloatField(default=0.0)
    why_now = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    wanted = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    given = models.PositiveSmallIntegerField(default=0)
    final = models.JSONField(null=True, blank=True)
    final_how = models.CharField(max_length=12, choices=How.choices, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    review = models.CharField(max_length=10, choices=Review.choices, blank=True)
    review_note = models.CharField(max_length=1000, blank=True)
    reviewed_by = models.CharField(max_length=150, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["project", "ordinal"], name="one_item_per_ordinal"),
        ]
        indexes = [models.Index(fields=["project", "state", "-priority"], name="item_in_turn")]

    def __str__(self) -> str:
        return f"item {self.ordinal}"

    @property
    def sureness(self) -> str:
        """The chance of the result in words: rounded down, because it is no better than what is known of
        the labellers.
        """
        if self.confidence is None:
            return ""
        return "over 99 % sure" if self.confidence > 0.99 else f"{int(self.confidence * 100)} % sure"


class Assignment(models.Model):
    """The slot of one person at one item. It is given out with a lease: what is not answered until then may
    go to somebody else.

    `round` is the calibration round it belongs to, 0 outside of one. `seconds` is the time from being shown
    to being answered, as the server measured it.
    """

    class State(models.TextChoices):
        OPEN = "open", "being looked at"
        DONE = "done", "labelled"
        SKIPPED = "skipped", "skipped"
        LAPSED = "lapsed", "not answered in time"
        UNDONE = "undone", "taken back"
        SENT_BACK = "sent_back", "sent back"

    class Skip(models.TextChoices):
        UNCLEAR = "unclear", "unclear instruction"
        CANNOT_TELL = "cannot_tell", "cannot tell"
        BROKEN = "broken", "the item is broken"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ProjectItem, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="label_assignments"
    )
    round = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    label = models.OneToOneField(
        "feedback.Annotation", null=True, on_delete=models.PROTECT, related_name="assignment"
    )
    skip = models.CharField(max_length=12, choices=Skip.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "person", "round"],
                condition=models.Q(state__in=["open", "done", "skipped"]),
                name="one_slot_per_person_item_and_round",
            )
        ]
        indexes = [models.Index(fields=["person", "state"], name="slots_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.item_id}: {self.state}"
