"""What a text check finds, before it is kept."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class TextOddity:
    """One thing that is odd in a document. `page`, `start` and `end` are its place, in characters of the
    page (page 1 and no stretch: the document as a whole).

    `subject` tells one oddity of a kind from another of the same document; `rests_on` are the further
    documents it names or counts; `score`, from 0 to 1, only ranks.
    """

    kind: str
    document_id: uuid.UUID
    why: str
    method: str
    baseline: str
    score: float
    subject: str
    quote: str = ""
    page: int = 1
    start: int = 0
    end: int = 0
    rests_on: tuple[uuid.UUID, ...] = ()
