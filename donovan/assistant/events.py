"""What the assistant says while it works, as typed events: no control marks ever travel inside the text.

Each kind and its data, in the order in which they can come (all values are JSON):

notice     {sentence}: something the reader should know, such as "The sources disagree". Any time.
read_as    {text}: how a follow-up was read, where that is not as it was typed.
evidence   {passages: [PASSAGE], coverage: COVERAGE, seconds}: what was found, before a word is written.
queued     {position}: the question waits for the model behind so many others.
restarted  {sentence}: the model's process died and was started again; the draft so far is void.
draft      {text}: the next piece of the draft. Unverified: to be shown as a draft and taken away.
progress   {done, total, what}: for jobs on a whole document.
claim      {ordinal, head, text, origin: drafted|quoted|computed, supported, reason, similarity,
           citations: [CITATION]}: one checked statement. An unsupported one has neither text nor citations.
answer     {answer, text, marking, portion, notice, coverage, seconds}: the saved answer, made of the
           supported claims alone.
nearest    {answer, sentence, nearest: [NEAREST], marking, portion, notice, coverage, seconds}: nothing
           answers surely; these spans come closest.
refused    {answer, sentence, marking, portion, notice, coverage, seconds}: nothing that answers was found in
           what was searched.
failed     {sentence, code}: the work stopped; what was there is kept.
done       {state}: always the last.

PASSAGE    {passage_id, document, title, name, page, start, end, text, heading, score, marking, portion}
CITATION   {document, title, page, start, end, quote, marking, portion}
NEAREST    {document, title, passage_id, page, start, end, text, before, after, marking, portion, chance,
           chance_in_words}: `before` and `after` are the sentences around it, `chance` is from 0 to 1
COVERAGE   {documents_searched, passages_searched, documents_in_work, documents_failed, pages_unreadable,
           passages_read, spans_weighed}

`labels` are the access labels of what the event rests on. They do not travel to the page: whoever sends
the event on compares them with what its reader may read at that moment, and shows nothing more when one
of them is gone.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class AskEvent:
    """One thing that happened to an answer in the making."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()

    @property
    def documents(self) -> frozenset[UUID]:
        """The documents that the event shows words of."""
        named = [
            *self.data.get("passages", ()),
            *self.data.get("citations", ()),
            *self.data.get("nearest", ()),
        ]
        return frozenset(UUID(str(one["document"])) for one in named if one.get("document"))
