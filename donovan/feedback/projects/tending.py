"""Looking after projects between labels: quality, order, slots that were not answered.

tend_all() -> int        every project that rang for it
tend(project_id) -> None
"""

import logging
from uuid import UUID

from django.utils import timezone

from donovan.feedback.projects import ringing
from donovan.feedback.projects.deciding import settle_unreached
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.labelling import give_back_lapsed
from donovan.feedback.projects.models import Assignment, LabelProject
from donovan.feedback.projects.ordering import prepare
from donovan.feedback.projects.watching import look_after
from ingest.work.connections import is_unreachable
from ingest.work.errors import LeaseLost, Stopped
from ingest.work.registry import Calling

logger = logging.getLogger(__name__)
LABELS_UNTIL_ORDERED = 20


def tend_all() -> int:
    """Look after each project that asked for it; one that fails keeps none of the others waiting. How many
    asked.
    """
    open_states = (LabelProject.State.CALIBRATING, LabelProject.State.RUNNING, LabelProject.State.DRAFT)
    rows = LabelProject.objects.filter(ringing.rang(), state__in=open_states)
    tended = list(rows.order_by("created_at").values_list("pk", flat=True))
    failed: Exception | None = None
    for project_id in tended:
        try:
            tend(project_id)
        except ProjectError as error:
            logger.warning("a label project could not be looked after: %s", type(error).__name__)
        except (LeaseLost, Stopped):
            raise
        except Exception as error:
            if is_unreachable(error):
                raise
            logger.error(
                "a label project could not be looked after: %s", type(error).__name__, exc_info=error
            )
            failed = failed or error
    # What people may read changes without a ring: a clearance, or the marking of a document.
    for project in LabelProject.objects.filter(state=LabelProject.State.RUNNING):
        settle_unreached(project)
    if failed is not None:
        # The others had their turn; the page Work says that one went wrong, and it is tried again.
        raise failed
    return len(tended)


def tend(project_id: UUID) -> None:
    """Quality first, because the order follows from what is decided."""
    project = LabelProject.objects.get(pk=project_id)
    give_back_lapsed(project)
    if ringing.wants(project, ringing.LOOKING):
        look_after(project_id)
    if ringing.wants(project, ringing.ORDERING) or _labels_since(project) >= LABELS_UNTIL_ORDERED:
        prepare(project_id)


def _labels_since(project: LabelProject) -> int:
    done = Assignment.objects.filter(item__project=project, state=Assignment.State.DONE)
    since = project.ordered_at or project.created_at
    return done.filter(done_at__gt=since, done_at__lte=timezone.now()).count()


TENDING = Calling(tend_all)
