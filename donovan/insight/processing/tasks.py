"""What the queue may ask for. Losing any of these messages loses nothing: the next sweep rings again."""

from celery import shared_task

from donovan.insight.processing import runner
from donovan.insight.tables.services import sweep_files

SECONDS_AT_ONCE = 30.0


@shared_task(name="insight.sweep")
def sweep() -> None:
    """Work on what waits, a while at a time, so that a report in the same queue gets its turn."""
    runner.process_waiting(SECONDS_AT_ONCE)


@shared_task(name="insight.clear_leftovers")
def clear_leftovers() -> None:
    """Remove the files of tables that no document has any more."""
    sweep_files()
