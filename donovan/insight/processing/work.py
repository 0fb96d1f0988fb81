"""The kinds of work of insight: the steps of each document in order, and what is done now and then.

The first step follows a document that became ready; each step enqueues the next at its end, whatever that is.
"""

from datetime import timedelta

from ingest.models import WHEN_READY
from ingest.work.registry import Kind

QUEUE = "insight"


def _step(name: str, title: str, *, after: str = "") -> Kind:
    return Kind(
        f"insight.{name}",
        title,
        f"donovan.insight.processing.runner:{name.upper()}",
        queue=QUEUE,
        rank=5,
        lease=timedelta(seconds=90),
        attempts=2,
        tries=2,
        given_up=(
            "The worker stopped twice while it did this, so it is left alone. "
            "Read the document again to retry."
        ),
        unexpected="Something went wrong in this step; the rest of the document is not affected. ({name})",
        after=after,
    )


def _recurring(name: str, title: str, seconds: int, rank: int) -> Kind:
    return Kind(
        f"insight.{name}",
        title,
        f"donovan.insight.processing.recurring:{name.upper().replace('-', '_')}",
        queue=QUEUE,
        rank=rank,
        every=timedelta(seconds=seconds),
    )


STEP_KINDS = (
    _step("tables", "find the tables of a document", after=WHEN_READY),
    _step("entities", "find names and places in a document"),
    _step("anomalies", "examine the tables of a document"),
    _step("texts", "look for oddities in the text of a document"),
    _step("watch", "match a document with the watches"),
)
CATCH_UP = _recurring("catch-up", "find documents that insight has not looked into", 120, 1)
# What is over all documents comes after what is of each.
CLASSIFY = _recurring("classify", "give documents their class", 30, 7)
COMPARE_TEXTS = _recurring("compare-texts", "compare the texts of a collection", 60, 8)
CLEAR = _recurring("clear", "remove what tables left behind", 3600, 9)
KINDS = (*STEP_KINDS, CATCH_UP, CLASSIFY, COMPARE_TEXTS, CLEAR)
