"""The kinds of work of this room."""

from datetime import timedelta

from ingest.models import WHEN_READ
from ingest.work.registry import Kind

COULD_NOT = (
    "The text was read, but it could not be put into the search index, three times in a row. "
    "Retry the document; if it fails again, tell the administrator, who finds the reason in the worker's log."
)
INDEX = Kind(
    "documents.index",
    "put a document into the index",
    "retrieval.indexing:INDEXING",
    # What is read becomes ready before more is read.
    rank=-1,
    lease=timedelta(minutes=5),
    attempts=10,
    given_up=COULD_NOT,
    after=WHEN_READ,
)
SWEEP = Kind(
    "index.sweep",
    "put the index right",
    "retrieval.sweeping:SWEEPING",
    rank=1,
    lease=timedelta(minutes=5),
    every=timedelta(seconds=20),
)
EMBED_ANEW = Kind(
    "index.embed_anew",
    "embed everything with the model that the settings choose",
    "retrieval.base_moves:MOVES",
    rank=2,
    attempts=5,
    given_up="The index stays with the model that it has. Look at free memory and at the worker's log.",
    unexpected="The index stays with the model that it has ({name}).",
)
