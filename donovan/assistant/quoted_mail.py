"""What a mail only quotes: it is said by who wrote the earlier mail, on the day of that mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from donovan.assistant.spans import Span
from ingest.models import Document
from ingest.quotes import KEY, Quotation, quotations_in
from retrieval.scope import AccessScope
from retrieval.search import Hit

SOMEBODY = "an earlier mail"
"""Who says what is quoted without a name."""


@dataclass(frozen=True)
class Part:
    """A stretch of a page (`start` to `end`) that is quoted as a whole or not at all."""

    start: int
    end: int
    quotation: Quotation | None = None

    @classmethod
    def at(cls, quotations: Sequence[Quotation], place: int, length: int) -> "Part":
        """The part of a page of this length that holds a place."""
        start, end = 0, length
        for each in quotations:
            if each.start <= place < each.end:
                return cls(each.start, each.end, each)
            if each.end <= place:
                start = max(start, each.end)
            else:
                end = min(end, each.start)
        return cls(start, end)

    @property
    def speaker(self) -> str:
        return (self.quotation.author or SOMEBODY) if self.quotation is not None else ""

    def before(self, start: int, words: str) -> str:
        """The words that end at `start`, if all of them are of this part."""
        return words if start - len(words) >= self.start else ""

    def beside(self, start: int, end: int, words: tuple[str, str]) -> tuple[str, str]:
        """The words before `start` and those after `end`, as far as they are of this part."""
        before, after = words
        return self.before(start, before), after if end + len(after) <= self.end else ""


def quotations_of(hits: Iterable[Hit], scope: AccessScope) -> Mapping[tuple[UUID, int], Sequence[Quotation]]:
    """The quotations on the pages of the documents that were hit, by document and page."""
    rows = Document.objects.filter(
        pk__in={hit.document_id for hit in hits}, label__in=scope.labels, metadata__has_key=KEY
    )
    found: dict[tuple[UUID, int], list[Quotation]] = {}
    for key, metadata in rows.values_list("pk", "metadata"):
        for quotation in quotations_in(metadata):
            found.setdefault((key, quotation.page), []).append(quotation)
    return found


def without_originals_again(spans: Sequence[Span]) -> list[Span]:
    """The spans without quoted ones whose words also stand where they were written."""
    written = {_folded(span.text) for span in spans if span.quoted is None}
    return [span for span in spans if span.quoted is None or _folded(span.text) not in written]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
