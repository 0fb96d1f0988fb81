"""A project rings for the worker, and what the worker does for it is done whatever becomes of the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject
from ingest.work.leases import fenced

LOOKING = ("needs_looking", "looked_at")
ORDERING = ("needs_ordering", "ordered_at")


def rang() -> Q:
    """Projects that ring, and those for which what they rang for was cut off: it has no moment."""
    return Q(needs_looking=True) | Q(looked_at=None) | Q(needs_ordering=True) | Q(ordered_at=None)


def wants(project: LabelProject, what: tuple[str, str]) -> bool:
    """Whether a project rings for LOOKING or ORDERING, or it was cut off."""
    flag, moment = what
    return bool(getattr(project, flag)) or getattr(project, moment) is None


@contextmanager
def answered(project_id: UUID, what: tuple[str, str]) -> Iterator[None]:
    """While LOOKING or ORDERING is done: who rings meanwhile rings anew, and a worker that is killed leaves
    no moment at which it was done.
    """
    flag, moment = what
    rows, began = LabelProject.objects.filter(pk=project_id), timezone.now()
    with fenced():
        rows.update(**{flag: False, moment: None})
    try:
        yield
    except ProjectError:
        # It would be refused again, until somebody changes something and rings.
        with fenced():
            rows.update(**{moment: began})
        raise
    with fenced():
        rows.update(**{moment: began})
