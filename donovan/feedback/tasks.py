"""Work of this room for the training queue: each takes little and calls a service.

Several may ring for the same thing; every service finds out for itself what is left to do.
"""

from celery import shared_task

from donovan.feedback import collecting


@shared_task(name="feedback.collect")
def collect() -> int:
    """Keep what other rooms know as labels; how many are new."""
    return collecting.collect()
