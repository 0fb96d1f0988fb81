"""The kinds of work of this room."""

from datetime import timedelta

from ingest import limits
from ingest.work.registry import Kind

QUEUE = "celery"
READ = Kind(
    "documents.read",
    "read a file",
    "ingest.pipeline:READINGS",
    queue=QUEUE,
    lease=timedelta(seconds=limits.LEASE_SECONDS),
    attempts=limits.INTERRUPTIONS,
)
CLEAR = Kind(
    "documents.clear",
    "remove what killed readers left behind",
    "ingest.pipeline:CLEARING",
    queue=QUEUE,
    rank=9,
    every=timedelta(hours=1),
)
