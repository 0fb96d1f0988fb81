"""What a text check finds, before it is kept."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class TextOddity:
    """One thing that is odd in a document. `page`, `start` and `end` are its place, in characters of the
    page; `labels` are those of everything it was concluded from; `score` is how unusual, from 0 to 1.

    `subject` tells one oddity of a kind from another of the same document.
    """

    kind: str
    document_id: uuid.UUID
    labels: frozenset[str]
    why: str
    method: str
    baseline: str
    score: float
    subject: str
    quote: str = ""
    page: int = 1
    start: int = 0
    end: int = 0
    table_id: uuid.UUID | None = None
    row: int = 0
    column: str = ""
