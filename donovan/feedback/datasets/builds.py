"""Versions that a worker builds while somebody looks on: asked for here, claimed with a lease, told of.

ask_for_build(caller, name, recipe) -> DatasetBuild      small ones are built at once
run_build(build_id) -> None
waiting() -> builds that nobody living works on
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from donovan.audit.services import AuditUnavailable
from donovan.feedback.datasets.doorbell import BUILD, ring
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import DatasetBuild
from donovan.feedback.datasets.permissions import check_maker
from donovan.feedback.datasets.publishing import check_name
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.services import build_version
from donovan.feedback.models import Label
from donovan.feedback.projects.models import ProjectItem
from donovan.insight.renewal import kept_alive
from donovan.library.callers import Caller

LEASE = timedelta(seconds=60)
RENEWAL_SECONDS = 15.0
ATTEMPTS = 3
SMALL = 400
"""With so many labels of the task in the whole system a version is a matter of a second."""

INTERRUPTED = "The worker stopped each time while it built this. Ask again, or ask for less."
State = DatasetBuild.State


def ask_for_build(caller: Caller, name: str, recipe: Recipe) -> DatasetBuild:
    """A wish for a version. Raises DatasetError for what cannot be wished for."""
    check_maker(caller)
    with transaction.atomic():
        build = DatasetBuild.objects.create(
            person=caller.user, name=check_name(name), recipe=recipe.as_data()
        )
        if not _is_small(recipe):
            ring(BUILD, build.pk)
    if _is_small(recipe):
        run_build(build.pk)
        build.refresh_from_db()
    return build


def waiting() -> QuerySet[DatasetBuild]:
    """Builds that nobody living works on."""
    return DatasetBuild.objects.filter(_claimable()).order_by("created_at")


def run_build(build_id: uuid.UUID) -> None:
    """Build one version, if nobody else does, with the rights that its maker has now."""
    build = _take(build_id)
    if build is None:
        return
    ours = DatasetBuild.objects.filter(pk=build.pk, lease_token=build.lease_token, state=State.RUNNING)
    caller = Caller.named(build.person, source="worker")
    with kept_alive(
        lambda: ours.update(lease_until=timezone.now() + LEASE),
        seconds=RENEWAL_SECONDS,
        name=f"lease-of-build-{build.pk}",
    ):
        try:
            made = build_version(
                caller,
                build.name,
                Recipe.of_data(build.recipe),
                tell=lambda words: ours.update(words=words[:200]),
            )
        except (DatasetError, AuditUnavailable) as error:
            ours.update(state=State.FAILED, notice=error.sentence[:600], finished_at=timezone.now())
            return
    notice = "" if made.is_new else "Nothing has changed since that version, so no new one was made."
    ours.update(state=State.DONE, version=made.version, notice=notice, words="", finished_at=timezone.now())


def _take(build_id: uuid.UUID) -> DatasetBuild | None:
    now = timezone.now()
    with transaction.atomic():
        ours = DatasetBuild.objects.filter(_claimable(), pk=build_id)
        if ours.filter(attempts__gte=ATTEMPTS).update(
            state=State.FAILED, notice=INTERRUPTED, finished_at=now
        ):
            return None
        taken = ours.update(
            state=State.RUNNING,
            lease_token=uuid.uuid4().hex,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
    return DatasetBuild.objects.select_related("person").get(pk=build_id) if taken == 1 else None


def _claimable() -> Q:
    return Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=timezone.now())


def _is_small(recipe: Recipe) -> bool:
    labels = Label.objects.filter(task=recipe.task, withdrawn_at__isnull=True).count()
    return labels + ProjectItem.objects.filter(project__task=recipe.task).count() <= SMALL
