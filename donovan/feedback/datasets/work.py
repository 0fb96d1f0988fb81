"""The kinds of work of this room."""

from ingest.work.registry import Kind

BUILD = Kind(
    "datasets.build",
    "build a data set",
    "donovan.feedback.datasets.builds:BUILDS",
    queue="training",
    rank=3,
    given_up="The worker stopped each time while it built this. Ask again, or ask for less.",
)
LABEL_ERRORS = Kind(
    "datasets.label-errors",
    "look for wrong labels",
    "donovan.feedback.datasets.label_errors:LOOKS",
    queue="training",
    rank=4,
    given_up="The worker stopped each time while it looked this through, most likely for lack of memory.",
)
