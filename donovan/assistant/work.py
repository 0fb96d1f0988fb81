"""The kind of work of this room: an answer, made in the process whose page asks for it."""

from datetime import timedelta

from ingest.work.registry import HERE, Kind

ANSWER = Kind(
    "assistant.answer",
    "answer, summarise or translate",
    "donovan.assistant.runs:ANSWERS",
    queue=HERE,
    lease=timedelta(seconds=30),
    # Whoever opens the page asks for it again, as often as they like.
    attempts=1_000,
    unexpected="Something went wrong while answering. Nothing you asked was lost: ask again.",
)
