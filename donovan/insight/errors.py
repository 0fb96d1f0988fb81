"""What can go wrong in this room, as a sentence for the person."""

from ingest.work.errors import Refused


class InsightError(Refused):
    """It cannot be done; `sentence` says why and what helps."""
