"""The kinds of work of this room."""

from datetime import timedelta

from ingest.work.registry import Kind

SECTION = Kind(
    "reports.section",
    "make a section of a report",
    "donovan.reports.jobs:SECTIONS",
    queue="insight",
    # The lease is short, so that a report goes on soon.
    lease=timedelta(seconds=30),
    attempts=5,
    tries=2,
    given_up=(
        "The worker stopped each time while it made this section, so it is left out. "
        "Make it again, or make it smaller."
    ),
    unexpected=(
        "Something went wrong while this section was made; the others are not affected. "
        "Make it again. ({name})"
    ),
)
SCHEDULES = Kind(
    "reports.schedules",
    "start scheduled reports that are due",
    "donovan.reports.scheduling:DUE",
    queue="insight",
    every=timedelta(seconds=15),
)
