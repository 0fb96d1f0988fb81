"""The kinds of work of this room."""

from datetime import timedelta

from ingest.work.registry import Kind

SUITE = Kind(
    "evaluation.suite",
    "measure a suite",
    "donovan.evaluation.performing:SUITES_MEASURED",
    queue="training",
    rank=2,
    given_up=(
        "The worker stopped each time while it measured this suite, most likely for lack of memory. "
        "Run it again in the quick size."
    ),
    unexpected="Something went wrong while this suite was measured ({name}). Run it again.",
)
SCHEDULES = Kind(
    "evaluation.standing",
    "ask for scheduled suites that are due",
    "donovan.evaluation.schedules:DUE",
    queue="training",
    every=timedelta(seconds=30),
)
