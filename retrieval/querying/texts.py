"""The texts of passages, read from the database where the index cannot tell: phrases, nearness, patterns."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from ingest.models import Passage
from retrieval.opened import OpenSegment
from retrieval.scope import AccessScope
from retrieval.words import ReadWord, read_words

MOST_READ = 20_000
"""So many passages are read for one query at most, which takes a few seconds."""

_DOCUMENTS_AT_ONCE = 400
_ORDINALS_ASKED = 400

Row = tuple[int, int]
"""The position of a segment, and a row in it."""

Test = Callable[[list[ReadWord], str], bool]
"""Whether words, read in an analysis, hold something."""


class Texts:
    """Texts of rows of `opened`, each read once, in a scope. `unread` are rows that were too many to read."""

    def __init__(self, opened: Sequence[OpenSegment], scope: AccessScope, most: int = MOST_READ) -> None:
        self.unread: set[Row] = set()
        self._opened = opened
        self._scope = scope
        self._left = most
        self._kept: dict[Row, tuple[str, ...]] = {}

    def holding(self, rows: Iterable[Row], test: Test) -> list[Row]:
        """Those of `rows` whose text, heading or title passes the test.

        Where there are too many, the last ones by document and place are left out: an order that no division
        into segments and nothing outside the scope can touch.
        """
        wanted = sorted(rows, key=self._place)
        new = [row for row in wanted if row not in self._kept and row not in self.unread]
        self.unread.update(new[self._left :])
        self._load(new[: self._left])
        self._left -= len(new[: self._left])
        return [row for row in wanted if row in self._kept and self._passes(row, test)]

    def _place(self, row: Row) -> tuple[str, int]:
        content = self._opened[row[0]].content
        return content.documents[content.document_of_row[row[1]]], int(content.ordinals[row[1]])

    def _passes(self, row: Row, test: Test) -> bool:
        postings = self._opened[row[0]].content.postings
        analysis = postings.analyses[postings.analysis_of_row[row[1]]]
        return any(test(read_words(text, analysis), analysis) for text in self._kept[row])

    def _load(self, rows: Sequence[Row]) -> None:
        by_document: dict[str, dict[int, Row]] = {}
        for row in rows:
            document, ordinal = self._place(row)
            by_document.setdefault(document, {})[ordinal] = row
        documents = sorted(by_document)
        for start in range(0, len(documents), _DOCUMENTS_AT_ONCE):
            part = documents[start : start + _DOCUMENTS_AT_ONCE]
            ordinals = {ordinal for document in part for ordinal in by_document[document]}
            found = Passage.objects.filter(document_id__in=[UUID(document) for document in part]).order_by()
            if len(ordinals) <= _ORDINALS_ASKED:
                found = found.filter(ordinal__in=ordinals)
            columns = ("document_id", "ordinal", "label", "text", "heading", "document__title")
            for document_id, ordinal, label, text, heading, title in found.values_list(*columns).iterator():
                wanted = by_document[str(document_id)].get(ordinal)
                # As in hydration the label is compared here: the segment may be older than the passage.
                if wanted is not None and self._scope.may_read(label):
                    self._kept[wanted] = (text, heading, title.replace("_", " "))
