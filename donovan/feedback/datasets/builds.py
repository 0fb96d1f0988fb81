"""Versions that a worker builds while somebody looks on: asked for here, done as jobs, told of.

ask_for_build(caller, name, recipe) -> DatasetBuild      small ones are built at once
"""

from django.db import transaction

from donovan.audit.services import AuditUnavailable
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.models import DatasetBuild
from donovan.feedback.datasets.permissions import check_maker
from donovan.feedback.datasets.publishing import Made, check_name
from donovan.feedback.datasets.recipes import Recipe
from donovan.feedback.datasets.services import build_version
from donovan.feedback.datasets.work import BUILD
from donovan.feedback.models import Annotation
from donovan.feedback.projects.models import ProjectItem
from donovan.library.callers import Caller
from ingest.work import running, services
from ingest.work.errors import SubjectGone
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.progress import Progress
from ingest.work.registry import Handler

SMALL = 400
"""With so many labels of the task in the whole system a version is a matter of a second."""

NOTHING_NEW = "Nothing has changed since that version, so no new one was made."


def ask_for_build(caller: Caller, name: str, recipe: Recipe) -> DatasetBuild:
    """A wish for a version. Raises DatasetError for what cannot be wished for."""
    check_maker(caller)
    with transaction.atomic():
        build = DatasetBuild.objects.create(
            person=caller.user, name=check_name(name), recipe=recipe.as_data()
        )
        job = services.enqueue(BUILD, build.pk, asked_by=caller.user.get_username())
    if _is_small(recipe):
        running.run_job(job.pk)
        build.refresh_from_db()
    return build


class _Builds(Handler):
    """Builds one version with the rights that its maker has now."""

    refusals = (DatasetError, AuditUnavailable)

    def run(self, held: Held) -> str:
        build = DatasetBuild.objects.select_related("person").filter(pk=held.subject).first()
        if build is None:
            raise SubjectGone

        def keep(made: Made) -> None:
            DatasetBuild.objects.filter(pk=build.pk).update(version=made.version)
            held.complete("" if made.is_new else NOTHING_NEW)

        build_version(
            Caller.named(build.person, source="worker"),
            build.name,
            Recipe.of_data(build.recipe),
            on_progress=lambda words: held.on_progress(Progress(words=words)),
            # In one transaction: a worker that was killed between the two left a version, and the next one
            # said that nothing was new.
            within=keep,
        )
        return ""

    def follow(self, job: Job) -> None:
        DatasetBuild.objects.filter(pk=job.subject).update(
            state=job.state, notice=job.notice[:600], finished_at=job.finished_at
        )


BUILDS = _Builds()


def _is_small(recipe: Recipe) -> bool:
    labels = Annotation.objects.filter(task=recipe.task, withdrawn_at__isnull=True).count()
    return labels + ProjectItem.objects.filter(project__task=recipe.task).count() <= SMALL
