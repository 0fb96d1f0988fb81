"""The kind of work of this room: labels that follow from what people did elsewhere."""

from datetime import timedelta

from ingest.work.registry import Kind

COLLECT = Kind(
    "feedback.collect",
    "gather what people decided as labels",
    "donovan.feedback.collecting:COLLECTING",
    queue="training",
    rank=3,
    every=timedelta(minutes=5),
)
