"""The kind of work of this room."""

from datetime import timedelta

from ingest.kinds import QUEUE
from ingest.work.registry import Kind

WATCH = Kind(
    "library.watch",
    "look through the watched folders",
    "donovan.library.watching:LOOKS",
    queue=QUEUE,
    # Before the files that wait to be read: it takes a moment, and they may be thousands.
    rank=-1,
    every=timedelta(seconds=15),
)
