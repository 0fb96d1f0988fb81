"""The kind of work of this room: looking after projects, whoever rang for it."""

from datetime import timedelta

from ingest.work.registry import Kind

TEND = Kind(
    "projects.tend",
    "look after label projects",
    "donovan.feedback.projects.tending:TENDING",
    queue="training",
    rank=1,
    every=timedelta(seconds=30),
)
