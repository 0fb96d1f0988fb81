"""What the queue may ask for. Losing any of these messages loses nothing: the next sweep rings again."""

import uuid

from celery import shared_task

from donovan.insight.anomalies import examining, services
from donovan.insight.errors import InsightError


@shared_task(name="insight.examine")
def examine(examination_id: str) -> None:
    """Do one examination, unless somebody does it already. A failure stands in the examination."""
    try:
        examining.run(uuid.UUID(examination_id))
    except InsightError:
        return


@shared_task(name="insight.examine_waiting")
def examine_waiting() -> None:
    """Ring again for examinations that were asked for and dropped."""
    for examination_id in services.waiting_examinations():
        examine.delay(str(examination_id))
