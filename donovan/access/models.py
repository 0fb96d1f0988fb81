"""Who there is, what they are cleared for, and which collections they need to know."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from donovan.access.markings import owner_nation


class Role(models.TextChoices):
    ANALYST = "analyst", "analyst"
    REVIEWER = "reviewer", "reviewer"
    MODEL_OWNER = "model_owner", "model owner"
    ADMINISTRATOR = "administrator", "administrator"


class Affiliation(models.TextChoices):
    """For whom a person works; controls such as NOCON and FED ONLY keep some of them out."""

    GOVERNMENT = "government", "government"
    CONTRACTOR = "contractor", "contractor"
    OTHER = "other", "neither of them"


class User(AbstractUser):
    """A person. `clearance` is a classification level; `compartments`, `nationality` and `affiliation`
    complete it.

    `is_demo` marks the people of the demonstration, whose passwords are printed on the sign-in page.
    """

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.ANALYST)
    clearance = models.CharField(max_length=20, default="UNCLASSIFIED")
    compartments = models.JSONField(default=list, blank=True)
    nationality = models.CharField(max_length=3, default=owner_nation)
    affiliation = models.CharField(
        max_length=10,
        choices=Affiliation.choices,
        default=Affiliation.GOVERNMENT,
        db_default=Affiliation.GOVERNMENT,
    )
    may_read_controlled = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Collection(models.Model):
    """The unit of need-to-know: documents live in one collection, and only its members may find them."""

    slug = models.SlugField(max_length=80, primary_key=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    members = models.ManyToManyField(User, through="Membership", related_name="collections")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.title


class Membership(models.Model):
    """A person's need to know of one collection."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="memberships")
    may_upload = models.BooleanField(default=True)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "collection"], name="one_membership_per_collection")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.collection_id}"


class AccessLabel(models.Model):
    """A label in use: one collection and one canonical marking. `key` is what documents carry."""

    key = models.CharField(max_length=400, primary_key=True)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="labels")
    marking = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.key


class OpenSession(models.Model):
    """One stay of a person. Ending it here signs the browser out at its next request."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    source = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    last_active_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["user", "ended_at"])]

    def __str__(self) -> str:
        return f"session {self.pk} of {self.user_id}"


class SignInGuard(models.Model):
    """The failed sign-ins under one name, whether or not a person of that name exists."""

    name = models.CharField(max_length=150, primary_key=True)
    failures = models.JSONField(default=list)
    locked_until = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
