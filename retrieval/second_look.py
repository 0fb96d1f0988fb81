"""The best fused candidates, scored again by a re-ranker that reads their words."""

from collections.abc import Sequence

from .candidates import Candidates, Floats
from .hydration import Passages, passages_at
from .reranking import RERANKED, Candidate, Reranker, features_of_all
from .scope import AccessScope


def look_again(
    query: str,
    found: Candidates,
    scores: Floats,
    order: Sequence[int],
    *,
    ceiling: float,
    scope: AccessScope,
    reranker: Reranker,
) -> tuple[Floats, list[int], Passages]:
    """The first RERANKED of `order` by the re-ranker's scores, the rest behind them in the order they had.

    Also gives the new scores and the passages that were read for them. A score of the rest is never above
    the lowest of the re-ranked, so scores still fall along the order. Ties go by document and place.
    """
    best, rest = order[:RERANKED], list(order[RERANKED:])
    passages = passages_at(found, best, scope)
    # In a fixed order: how the index is divided into segments must not decide which row is computed first.
    known = sorted(
        (i for i in best if (found.documents[i], found.ordinals[i]) in passages),
        key=lambda i: (found.documents[i], found.ordinals[i]),
    )
    rows = [passages[found.documents[i], found.ordinals[i]] for i in known]
    candidates = [
        Candidate(
            title=row["document__title"],
            heading=row["heading"],
            text=row["text"],
            cosine=float(found.dense[i]),
            bm25_share=float(found.bm25[i]) / max(ceiling, 1e-9),
            is_read=bool(found.is_read[i]),
            language=row["language"],
        )
        for i, row in zip(known, rows, strict=True)
    ]
    given = reranker.scores(features_of_all(query, candidates))
    scores = scores.copy()
    scores[known] = given
    if len(given):
        scores[rest] = scores[rest].clip(max=given.min())
    again = sorted(known, key=lambda i: (-scores[i], found.documents[i], found.ordinals[i]))
    return scores, [*again, *rest], passages
