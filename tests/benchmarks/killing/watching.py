"""What runs beside the workers: the reconciler as the beat would call it, and a look at what stands."""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping

from django.db import OperationalError, connection
from django.utils import timezone

from ingest.work import tasks
from ingest.work.models import Job
from ingest.work.services import OPEN
from tests.benchmarks.killing.lane import Lane

RECONCILED_SECONDS = 3.0
_LOOK_SECONDS = 0.25


class Watching:
    """Threads that reconcile and look on, until it is left. `stood` is by kind how long at most a job could
    be had, by its lease or its turn, while a worker of its queue had nothing to do.
    """

    def __init__(self, lanes: Mapping[str, Lane]) -> None:
        self._lanes = lanes
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._reconcile, self._look)]
        self.stood: dict[str, float] = defaultdict(float)

    def __enter__(self) -> "Watching":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _reconcile(self) -> None:
        while not self._ended.wait(RECONCILED_SECONDS):
            tasks.reconcile()
        connection.close()

    def _look(self) -> None:
        standing: dict[str, float] = defaultdict(float)
        before = time.monotonic()
        while not self._ended.wait(_LOOK_SECONDS):
            now, moment = time.monotonic(), timezone.now()
            try:
                jobs = list(Job.objects.filter(state__in=OPEN).order_by())
            except OperationalError:
                continue
            # Whoever is stopped within a transaction holds up everybody, which no crash does.
            is_anybody_stopped = any(lane.has_stopped for lane in self._lanes.values())
            free = set()
            for job in jobs:
                is_due = job.state == Job.State.WAITING and job.due_at <= moment
                is_left = job.lease_until is not None and job.lease_until < moment
                lane = self._lanes.get(job.queue)
                if (is_due or is_left) and lane is not None and lane.has_idle:
                    key = f"{job.pk} {job.token}"
                    free.add(key)
                    standing[key] += 0.0 if is_anybody_stopped else now - before
                    self.stood[job.kind] = max(self.stood[job.kind], standing[key])
            for key in set(standing) - free:
                del standing[key]
            before = now
        connection.close()
