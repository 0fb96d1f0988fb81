"""The analysts' own questions, asked of the real documents.

Each is asked with what both its owner and whoever runs the suite may read at that moment. A question that
rests on something they may not read is neither asked nor counted. The answers are read and deleted again:
they belong to no thread and nobody finds them. What is recorded is that they were asked, and by whom.

Another embedder cannot read the index that serves. What both may read is then embedded again with it, beside
that index, and the questions are asked of that. In the quick size a large archive is asked in part, by every
subject of the same part.

    gold        an expected text stands in a supported statement
    document    a citation is of a document that was confirmed
    ndcg        how high the confirmed documents stand among the first ten that search finds
    refused     (questions without an expected text) the question is refused
    borne_out   share of the statements shown as supported that the cited page supports
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.assistant.models import Answer
from donovan.assistant.reading import scope_and_filters
from retrieval.scope import AccessScope
from retrieval.search import search

from . import metrics, staged_index
from .asking import Judged, ask_for
from .errors import UnusableData
from .measuring import QUICK, Item, Measured, OnProgress, Work
from .models import OwnQuestion, OwnSuite
from .subjects import Subject, subject_of

NOTHING_TO_ASK: Final = "There is no question in that suite that you may read."
QUICK_PASSAGES: Final = 5_000
"""What the quick size looks through at most: so many are embedded in about a minute on two cores."""

DEPTH: Final = 10


@dataclass(frozen=True)
class OwnWork:
    """The questions of one own suite that whoever runs it may have asked."""

    asker: User
    owner: User
    questions: tuple[OwnQuestion, ...]

    def scope(self) -> AccessScope:
        """What both its owner and whoever runs it may read now."""
        return AccessScope(scope_for(self.asker).labels & scope_for(self.owner).labels)

    @property
    def labels(self) -> list[str]:
        """The labels of the questions."""
        return sorted({label for question in self.questions for label in question.labels})

    @property
    def gold(self) -> frozenset[uuid.UUID]:
        """The documents that were confirmed to hold an answer."""
        return frozenset(document for question in self.questions for document in _gold(question))


def own_work(suite: str, *, user: int) -> OwnWork:
    """What of the own suite with the slug `suite` the person with the key `user` may run.

    Raises UnusableData when there is no such suite, or nothing in it that this person may read.
    """
    asker = User.objects.filter(pk=user, is_active=True).first()
    own = OwnSuite.objects.filter(slug=suite).select_related("owner").first()
    if asker is None or own is None:
        raise UnusableData(NOTHING_TO_ASK)
    scope = OwnWork(asker, own.owner, ()).scope()
    rows = OwnQuestion.objects.filter(suite=own, removed_at__isnull=True).order_by("pk")
    readable = tuple(row for row in rows if all(scope.may_read(label) for label in row.labels))
    if not readable:
        raise UnusableData(NOTHING_TO_ASK)
    return OwnWork(asker, own.owner, readable)


def passages_to_embed(work: OwnWork, size: str, subject: Subject) -> int:
    """How many passages are embedded again for a run: those that may be read, or the part of them that the
    quick size takes; none where the index that serves is asked.
    """
    passages = staged_index.passages_in(work.scope().labels)
    most = QUICK_PASSAGES if size == QUICK else passages
    is_other = subject.models["embedder"].digest != subject_of().models["embedder"].digest
    return min(passages, most) if is_other or passages > most else 0


def measure(suite: str, *, user: int, limit: int | None = None, on_progress: OnProgress) -> Measured:
    """Ask the questions of the own suite with the slug `suite` as the person with the key `user`, of the
    index that this process searches.

    Raises UnusableData when there is no such suite, or nothing in it that this person may read.
    """
    measured = Measured()
    _ask(measured, own_work(suite, user=user), limit, on_progress)
    return measured


def measure_beside(
    suite: str,
    *,
    user: int,
    labels: Collection[str],
    size: str,
    limit: int | None = None,
    on_progress: OnProgress,
) -> Measured:
    """The same of an index of this process alone, made with the embedder of this process.

    It holds what of `labels` may be read now. To be called within `staged_index`. Raises UnusableData
    also where that is too much to embed, and EmbedderUnavailable.
    """
    work = own_work(suite, user=user)
    measured = Measured()
    filled = staged_index.fill(
        work.scope().labels & frozenset(labels),
        most=QUICK_PASSAGES if size == QUICK else None,
        first=work.gold,
        on_progress=on_progress,
    )
    measured.facts |= {"passages": filled.passages, "passages_of": filled.of}
    if filled.is_part:
        measured.unmeasured.append(_part_in_words(filled, work.questions))
    _ask(measured, work, limit, on_progress, is_part=filled.is_part)
    return measured


def _part_in_words(filled: staged_index.Filled, questions: Sequence[OwnQuestion]) -> str:
    unconfirmed = sum(bool(question.expected) and not question.documents for question in questions)
    lost = (
        f" Of {unconfirmed} of the questions no document was confirmed, so what answers them may be missing."
        if unconfirmed
        else ""
    )
    return (
        f"Only {filled.passages:,} of the {filled.of:,} passages that may be read were searched, among them "
        "those of the confirmed documents: with fewer to choose from, the figures are better than over all. "
        f"Hold them against a run of the same size only, or run the full size.{lost}"
    )


def _ask(
    measured: Measured, work: OwnWork, limit: int | None, on_progress: OnProgress, *, is_part: bool = False
) -> None:
    chosen = Work(limit=limit).some(work.questions, quick=len(work.questions))
    for done, row in enumerate(chosen, start=1):
        # Over a part it is another question: it has fewer passages to go wrong with.
        part = ("part",) if is_part else ()
        measured.ask(f"own:{row.pk}", row.question, row.expected, row.documents, *part)
        measured.items.append(_item(row, work.asker, work.scope))
        on_progress(done, len(chosen), "own questions asked")


def _item(row: OwnQuestion, asker: User, scope: Callable[[], AccessScope]) -> Item:
    gold = _gold(row)
    found = ask_for(asker, row.question, filters=row.filters, gold=gold, scope=scope)
    try:
        return Item(
            f"own:{row.pk}",
            _scores(row, found, gold, scope),
            {"language": row.language, "kind": "answerable" if row.expected else "to be refused"},
            {
                "expected": " or ".join(row.expected)[:600],
                "said": found.shown[:600],
                "refused": found.is_refused,
            },
            tuple(sorted({*row.labels, *found.answer.labels})),
        )
    finally:
        Answer.objects.filter(pk=found.answer.pk).delete()


def _scores(
    row: OwnQuestion, found: Judged, gold: frozenset[uuid.UUID], scope: Callable[[], AccessScope]
) -> dict[str, float]:
    scores: dict[str, float] = {}
    if row.expected:
        scores["gold"] = float(found.holds_any(row.expected))
    else:
        scores["refused"] = float(found.is_refused)
    if gold and row.expected:
        cited = [citation.is_gold_document for claim in found.claims for citation in claim.citations]
        scores["document"] = float(any(cited))
        scores["ndcg"] = _ndcg(row, gold, scope())
    if (borne_out := found.borne_out()) is not None:
        scores["borne_out"] = borne_out
    return scores


def _ndcg(row: OwnQuestion, gold: frozenset[uuid.UUID], scope: AccessScope) -> float:
    narrowed, filters = scope_and_filters(scope, row.filters)
    hits = search(row.question, narrowed, limit=5 * DEPTH, filters=filters).hits
    ranked = list(dict.fromkeys(str(hit.document_id) for hit in hits))
    return metrics.ndcg(ranked, {str(document): 1.0 for document in gold}, DEPTH)


def _gold(row: OwnQuestion) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(document) for document in row.documents)
