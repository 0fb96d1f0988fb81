"""The analysts' own questions, asked of the real documents.

Each is asked with what both its owner and whoever runs the suite may read at that moment. A question that
rests on something they may not read is neither asked nor counted. The answers are read and deleted again:
they belong to no thread and nobody finds them. What is recorded is that they were asked, and by whom.

    gold        an expected text stands in a supported statement
    document    a citation is of a document that was confirmed
    refused     (questions without an expected text) the question is refused
    borne_out   share of the statements shown as supported that the cited page bears out
"""

import uuid
from collections.abc import Callable
from typing import Final

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.models import Answer
from retrieval.scope import AccessScope

from .asking import ask_for
from .errors import UnusableData
from .measuring import Item, Measured, Told, Work
from .models import OwnQuestion, OwnSuite

NOTHING_TO_ASK: Final = "There is no question in that suite that you may read."


def measure(suite: str, *, user: int, limit: int | None = None, tell: Told) -> Measured:
    """Ask the questions of the own suite with the slug `suite` as the person with the key `user`.

    Raises UnusableData when there is no such suite, or nothing in it that this person may read.
    """
    asker = User.objects.filter(pk=user, is_active=True).first()
    own = OwnSuite.objects.filter(slug=suite).select_related("owner").first()
    if asker is None or own is None:
        raise UnusableData(NOTHING_TO_ASK)

    def now() -> AccessScope:
        return AccessScope(scope_for(asker).labels & scope_for(own.owner).labels)

    scope = now()
    rows = OwnQuestion.objects.filter(suite=own, removed_at__isnull=True).order_by("pk")
    readable = [row for row in rows if all(scope.may_read(label) for label in row.labels)]
    if not readable:
        raise UnusableData(NOTHING_TO_ASK)
    measured = Measured()
    chosen = Work(limit=limit).some(readable, quick=10_000)
    for done, row in enumerate(chosen, start=1):
        measured.ask(f"own:{row.pk}", row.question, row.expected, row.documents)
        measured.items.append(_item(row, asker, now))
        tell(done, len(chosen), "own questions asked")
    return measured


def _item(row: OwnQuestion, asker: User, scope: Callable[[], AccessScope]) -> Item:
    gold = frozenset(uuid.UUID(document) for document in row.documents)
    found = ask_for(asker, row.question, filters=row.filters, gold=gold, scope=scope)
    answer = found.answer
    try:
        scores: dict[str, float] = {}
        if row.expected:
            scores["gold"] = float(found.holds_any(row.expected))
        else:
            scores["refused"] = float(found.is_refused)
        if gold and row.expected:
            cited = [citation.is_gold_document for claim in found.claims for citation in claim.citations]
            scores["document"] = float(any(cited))
        if (borne_out := found.borne_out()) is not None:
            scores["borne_out"] = borne_out
        return Item(
            f"own:{row.pk}",
            scores,
            {"language": row.language, "kind": "answerable" if row.expected else "to be refused"},
            {
                "expected": " or ".join(row.expected)[:600],
                "said": found.shown[:600],
                "refused": found.is_refused,
            },
            tuple(sorted({*row.labels, *answer.labels})),
        )
    finally:
        Answer.objects.filter(pk=answer.pk).delete()
