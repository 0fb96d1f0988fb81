"""Keeping an answer: the row, its claims and citations, and the record of it, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from donovan.access.labels import marking_of, split_label
from donovan.assistant.kinds.registry import Statement
from donovan.assistant.models import Answer, AnswerSource, Citation, Claim
from donovan.assistant.services import digest_of
from donovan.assistant.spans import Span
from donovan.audit.services import record
from ingest.work.leases import fenced
from retrieval.results import Hit


@dataclass(frozen=True)
class CheckedClaim:
    """A statement after checking. `spans` are what it rests on: none when it is not supported. `standing`,
    `day`, `head` and `core` (start, end) are as in `Claim`.
    """

    text: str
    origin: str
    is_supported: bool
    reason: str = ""
    similarity: float | None = None
    spans: tuple[Span, ...] = ()
    standing: str = ""
    day: date | None = None
    head: str = ""
    core: tuple[int, int] | None = None

    @property
    def line(self) -> str:
        """The statement with what stands before it, on one line of an answer."""
        return f"{self.head}: {self.text}" if self.head else self.text

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(span.label for span in self.spans)


def checked(told: Statement) -> CheckedClaim:
    """A statement of a kind of question that has a way of its own: what it rests on was looked up for it."""
    core = told.spans[0].core if told.spans and told.text == told.spans[0].text else None
    return CheckedClaim(told.text, told.origin, True, spans=told.spans, head=told.head, core=core)


def marking_data(labels: Iterable[str]) -> dict[str, str]:
    """The least upper bound of labels as a banner and as a portion mark; empty where there is nothing to
    mark.
    """
    held = set(labels)
    if not held:
        return {"marking": "", "portion": ""}
    marking = marking_of(held)
    return {"marking": marking.canonical, "portion": marking.portion}


def passage_data(hit: Hit) -> dict[str, Any]:
    """A passage found, as an event and as it is kept with the answer."""
    return {
        "passage_id": hit.passage_id,
        "document": str(hit.document_id),
        "title": hit.title,
        "name": hit.name,
        "page": hit.page,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "heading": hit.heading,
        "score": round(float(hit.score), 4),
        **marking_data([hit.label]),
    }


def citation_data(span: Span) -> dict[str, Any]:
    """A citation as an event and as JSON for programs."""
    marking = split_label(span.label)[1]
    return {
        "document": str(span.document_id),
        "title": span.title,
        "page": span.page,
        "start": span.start,
        "end": span.end,
        "quote": span.text,
        "marking": marking.canonical,
        "portion": marking.portion,
    }


def claim_data(ordinal: int, claim: CheckedClaim) -> dict[str, Any]:
    """A claim as an event. The text of one that is not supported stays behind."""
    return {
        "ordinal": ordinal,
        "text": claim.text if claim.is_supported else "",
        "head": claim.head if claim.is_supported else "",
        "origin": claim.origin,
        "supported": claim.is_supported,
        "reason": claim.reason,
        "similarity": claim.similarity,
        "core": list(claim.core) if claim.core and claim.is_supported else None,
        "standing": claim.standing,
        "day": claim.day.isoformat() if claim.day else None,
        "citations": [citation_data(span) for span in claim.spans],
    }


def keep(answer: Answer, claims: Sequence[CheckedClaim], *, outcome: str) -> None:
    """Save a finished answer with its claims and citations and record it as an "ask" with `outcome`.

    Whatever an earlier, broken attempt at the same answer had kept is replaced. If the record cannot be
    written, nothing is saved.
    """
    documents = {str(passage["document"]) for passage in answer.evidence}
    documents |= {str(span.document_id) for claim in claims for span in claim.spans}
    documents |= {row["document"] for row in answer.result.get("nearest", [])}
    # What the model saw, and what an earlier answer lent to the question, count as what it rests on.
    documents |= {str(document) for document, *_ in answer.settings.get("spans_given") or ()}
    documents |= {str(document) for document in answer.settings.get("leans_on") or ()}
    if answer.document_id is not None:
        documents.add(str(answer.document_id))
    answer.finished_at = timezone.now()
    with fenced():
        Claim.objects.filter(answer=answer).delete()
        answer.save()
        AnswerSource.objects.filter(answer=answer).delete()
        AnswerSource.objects.bulk_create(
            AnswerSource(answer=answer, document_id=document) for document in sorted(documents)
        )
        for ordinal, claim in enumerate(claims, start=1):
            row = Claim.objects.create(
                answer=answer,
                ordinal=ordinal,
                text=claim.text,
                head=claim.head[:300],
                core_start=claim.core[0] if claim.core else None,
                core_end=claim.core[1] if claim.core else None,
                origin=claim.origin,
                is_supported=claim.is_supported,
                reason=claim.reason[:300],
                similarity=claim.similarity,
                standing=claim.standing,
                day=claim.day,
            )
            Citation.objects.bulk_create(
                Citation(
                    claim=row,
                    document_id=span.document_id,
                    passage_id=span.passage_id,
                    page=span.page,
                    start=span.start,
                    end=span.end,
                    quote=span.text,
                    label=span.label,
                )
                for span in claim.spans
            )
        record(
            answer.owner.get_username(),
            "ask",
            outcome,
            labels=answer.labels,
            documents=sorted(documents),
            detail={
                "answer": str(answer.pk),
                "question_sha256": digest_of(answer.question),
                "ending": answer.ending,
                "refused": answer.refused,
                "claims": len(claims),
                "supported": sum(claim.is_supported for claim in claims),
            },
        )
