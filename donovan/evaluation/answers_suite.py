"""How good the answers are, measured on questions whose answer and document are known.

The whole way is measured, as a person goes it: the corpus is cut, embedded and indexed, each question is kept
as a question, worked on by `answer_events` with the language model of this installation, and read back from
the database.

gold_in_supported    share of the questions whose normalised gold answer stands, word for word, in the
                     supported claims; a right answer in other words counts as none
citation_precision   share of the citations under supported claims that are right: the quotation stands on
                     the page at its offsets, and its document is the one that holds the answer, or the
                     quotation itself holds the gold answer
refused              share of the questions that were not answered: nothing was found, or the nearest evidence
                     was shown as no more than that
nearest              of all questions, the share that ended with the nearest evidence
unsupported_shown    share of the statements shown as supported that the cited page does not support, by
                     the strict check of `answer_metrics.is_supported`, which shares nothing with the check
                     that let them through
median_seconds       median time from the question to the kept answer

With `leave_out` the document of each question is taken out for that question: its passages are dropped from
what the search returned (of which more is asked for) before anything else sees them. The word statistics of
the index still know it, which moves the scores of the others by less than one document in the corpus does.
Nearly all questions should then be refused; where another document answers too, an answer is not an error,
but it is counted as one.
"""

import logging
import statistics
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from donovan.access.labels import label_for
from donovan.access.markings import parse_marking
from donovan.access.models import Collection, Membership, User
from donovan.access.scope import scope_for
from donovan.assistant.ask import answer_events
from donovan.assistant.models import Answer
from donovan.assistant.services import start_question
from donovan.evaluation.answer_metrics import (
    JudgedCitation,
    JudgedClaim,
    holds,
    is_right_citation,
    is_supported,
    share,
)
from donovan.evaluation.scratch import load_passages
from ingest.models import Page

logger = logging.getLogger(__name__)

COLLECTION = "evaluation"

Progress = Callable[[str], None]
Thing = TypeVar("Thing")


def run_answers_suite(
    questions: Sequence[Mapping[str, str]],
    corpus: Sequence[Mapping[str, str]],
    *,
    limit: int | None = None,
    leave_out: bool = False,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Ask `questions` ({question, answer, doc}) of `corpus` ({_id, title, text}) in a scratch installation.

    `limit` takes so many of the questions, evenly spread, the same ones each time. Returns the figures named
    above, and `questions`, how many were asked.
    """
    asker, documents = load_corpus(corpus, progress)
    return measure(asker, documents, evenly(questions, limit), leave_out=leave_out, progress=progress)


def measure(
    asker: User,
    documents: Mapping[str, uuid.UUID],
    asked: Sequence[Mapping[str, str]],
    *,
    leave_out: bool = False,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """The figures of the suite for a corpus that is loaded; `documents` are by the ids of the corpus."""
    judged = []
    for number, item in enumerate(asked, start=1):
        gold = documents.get(item["doc"])
        left_out = frozenset({gold}) if leave_out and gold else frozenset()
        answer = ask(asker, item["question"], left_out)
        judged.append(_Judged(answer, item["answer"], gold))
        if number % 10 == 0 or number == len(asked):
            progress(f"{number} of {len(asked)} questions asked")
    claims = [claim for item in judged for claim in item.claims]
    right = [
        is_right_citation(citation, item.gold)
        for item in judged
        for claim in item.claims
        for citation in claim.citations
    ]
    return {
        "questions": len(judged),
        "gold_in_supported": share([holds(item.shown, item.gold) for item in judged]),
        "citation_precision": share(right),
        "refused": share(
            [item.answer.ending in (Answer.Ending.NEAREST, Answer.Ending.NOTHING) for item in judged]
        ),
        "nearest": share([item.answer.ending == Answer.Ending.NEAREST for item in judged]),
        "unsupported_shown": share([not is_supported(claim) for claim in claims]),
        "median_seconds": round(statistics.median([item.seconds for item in judged] or [0.0]), 2),
    }


def load_corpus(
    corpus: Sequence[Mapping[str, str]], progress: Progress = lambda _: None
) -> tuple[User, dict[str, uuid.UUID]]:
    """Put the corpus into the scratch installation; the person who may read it, and the document of each
    id.
    """
    rows = ((row["_id"], row.get("title", ""), row["text"]) for row in corpus)
    return load_documents(rows, progress=progress)


def load_documents(
    documents: Iterable[tuple[str, str, str]],
    *,
    dates: Mapping[str, date] | None = None,
    progress: Progress = lambda _: None,
) -> tuple[User, dict[str, uuid.UUID]]:
    """Put (id, title, text) into the scratch installation, each with its day where `dates` has one; the
    person who may read them, and the document of each id.
    """
    collection, _ = Collection.objects.get_or_create(slug=COLLECTION, defaults={"title": "Evaluation"})
    asker, _ = User.objects.get_or_create(username="evaluation")
    Membership.objects.get_or_create(user=asker, collection=collection)
    label = label_for(collection, parse_marking("UNCLASSIFIED"))
    return asker, load_passages(documents, label, dates=dates, progress=progress)


def ask(asker: User, question: str, left_out: frozenset[uuid.UUID] = frozenset()) -> Answer:
    """Ask one question all the way through; the answer as it was kept. One that a defect ends is logged and
    failed, as in the product, and the others are asked all the same.
    """
    answer = start_question(asker, question)
    try:
        for _event in answer_events(answer.pk, scope=scope_for(asker), left_out=left_out):
            pass
    except Exception:
        logger.exception("An answer was ended by a defect: %s", answer.pk)
        Answer.objects.filter(pk=answer.pk).update(state=Answer.State.FAILED, ending="")
    return Answer.objects.get(pk=answer.pk)


def evenly(items: Sequence[Thing], limit: int | None) -> list[Thing]:
    """So many items at even distances, the first among them; all of them without a limit."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[index * len(items) // limit] for index in range(limit)]


class _Judged:
    """An answer beside its gold."""

    def __init__(self, answer: Answer, gold: str, gold_document: uuid.UUID | None) -> None:
        self.answer = answer
        self.gold = gold
        self.seconds = float(answer.seconds.get("total") or 0.0)
        self.claims = tuple(_claims(answer, gold_document))
        self.shown = "\n".join(claim.text for claim in self.claims)


def _claims(answer: Answer, gold_document: uuid.UUID | None) -> Iterator[JudgedClaim]:
    for claim in answer.claims.filter(is_supported=True).prefetch_related("citations__document"):
        citations = []
        for citation in claim.citations.all():
            page = Page.objects.get(document_id=citation.document_id, number=citation.page)
            citations.append(
                JudgedCitation(
                    citation.quote,
                    citation.start,
                    citation.end,
                    page.text,
                    citation.document.title,
                    citation.document_id == gold_document,
                )
            )
        yield JudgedClaim(claim.text, tuple(citations))
