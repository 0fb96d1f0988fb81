"""The kind of work of this room: an examination that somebody asked for."""

from datetime import timedelta

from ingest.work.registry import Kind

EXAMINE = Kind(
    "insight.examination",
    "examine tables that somebody asked about",
    "donovan.insight.anomalies.examining:EXAMINATIONS",
    queue="insight",
    lease=timedelta(seconds=90),
    given_up=(
        "The worker stopped three times while it did this, so it is left alone. Examine the table again."
    ),
    unexpected="Something went wrong in the examination ({name}).",
)
