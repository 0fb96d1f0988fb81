"""What the queue may ask for. Losing any of these messages loses nothing: the sweep finds what waits."""

from celery import shared_task

from . import indexing, sweeping


@shared_task(name="retrieval.index_pending")
def index_pending() -> None:
    """Index whatever waits."""
    indexing.index_pending()


@shared_task(name="retrieval.sweep")
def sweep() -> None:
    """Put the index right and index whatever waits."""
    sweeping.sweep()
