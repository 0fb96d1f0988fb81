"""The kinds of work of this room. Moves come first: somebody may be waiting to go back."""

from datetime import timedelta

from ingest.work.registry import Kind

UNMADE = "The change could not be made, and what served before still serves. Try again."

GIVEN_UP = (
    "The training ended three times without reaching its next checkpoint, so it is left alone. "
    "Look at free memory, or train on fewer or shorter examples; then let it go on."
)

TRAIN = Kind(
    "training.job",
    "train a model",
    "donovan.training.jobs:TRAININGS",
    queue="training",
    rank=5,
    lease=timedelta(seconds=45),
    attempts=3,
    tries=3,
    retry_after=timedelta(seconds=20),
    given_up=GIVEN_UP,
    unexpected="The training ended early ({name}).",
)
MOVE = Kind(
    "training.move",
    "let a model serve, or go back",
    "donovan.training.moving:MOVES",
    queue="training",
    rank=0,
    attempts=5,
    given_up=UNMADE,
    unexpected=f"{UNMADE} ({{name}})",
)
EVALUATE = Kind(
    "training.evaluate",
    "measure a candidate",
    "donovan.training.evaluating:EVALUATIONS",
    queue="training",
    rank=1,
    given_up="The worker stopped each time while it measured this, likely for lack of memory. Try again.",
    unexpected="It could not be measured. Try again. ({name})",
)
