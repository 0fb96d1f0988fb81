"""From places in the index to passages in the database, with the scope asked once more."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ingest.models import Passage, Status

from .candidates import Candidates, Floats
from .results import Hit
from .scope import AccessScope

# Named one by one: the row of a page carries the whole page.
_COLUMNS = (
    "pk",
    "document_id",
    "ordinal",
    "label",
    "language",
    "heading",
    "text",
    "start",
    "end",
    "page__number",
    "document__label",
    "document__status",
    "document__title",
    "document__name",
)


Passages = dict[tuple[str, int], dict[str, Any]]
"""Rows of the database by document and ordinal."""


def hydrate(
    found: Candidates,
    scores: Floats,
    order: Sequence[int],
    scope: AccessScope,
    limit: int,
    *,
    known: Passages | None = None,
) -> list[Hit]:
    """The first `limit` of `order` that the database still knows, in documents and passages of the scope.

    `known` are passages that `passages_at` has just given for this scope.
    """
    known = known or {}
    hits: list[Hit] = []
    start = 0
    while start < len(order) and len(hits) < limit:
        part = order[start : start + limit - len(hits)]
        unknown = [i for i in part if (found.documents[i], found.ordinals[i]) not in known]
        hits += _hits(found, scores, part, known | passages_at(found, unknown, scope))
        start += len(part)
    return hits


def passages_at(found: Candidates, positions: Sequence[int], scope: AccessScope) -> Passages:
    """The passages at `positions` that the database knows and that `scope` may read."""
    if not positions:
        return {}
    wanted = {(found.documents[i], found.ordinals[i]) for i in positions}
    rows = Passage.objects.filter(
        document_id__in={UUID(document) for document, _ in wanted},
        ordinal__in={ordinal for _, ordinal in wanted},
    ).order_by()
    # Checked here, not in the query: SQLite would walk the index of labels, which is nearly the whole table.
    return {
        (str(row["document_id"]), row["ordinal"]): row
        for row in rows.values(*_COLUMNS)
        if scope.may_read(row["label"])
        and scope.may_read(row["document__label"])
        and row["document__status"] == Status.READY
    }


def _hits(
    found: Candidates,
    scores: Floats,
    positions: Sequence[int],
    passages: Passages,
) -> list[Hit]:
    hits = []
    for i in positions:
        row = passages.get((found.documents[i], found.ordinals[i]))
        if row is None:
            continue
        hits.append(
            Hit(
                passage_id=row["pk"],
                document_id=row["document_id"],
                title=row["document__title"],
                name=row["document__name"],
                page=row["page__number"],
                start=row["start"],
                end=row["end"],
                text=row["text"],
                heading=row["heading"],
                score=float(scores[i]),
                dense_score=float(found.dense[i]),
                bm25_score=float(found.bm25[i]),
                label=row["label"],
                language=row["language"],
                ordinal=row["ordinal"],
            )
        )
    return hits
