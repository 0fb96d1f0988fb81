"""What can be judged: claims, answers, passages and the nearest evidence, and what was on the screen when
somebody judged one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from donovan.access.models import User
from donovan.assistant.models import Answer, Claim
from donovan.assistant.selectors import is_readable
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import ANSWERING_GRADE, RELEVANT_GRADE
from ingest.models import Passage
from retrieval.scope import AccessScope

Target = Annotation.Target
Verdict = Annotation.Verdict

VERDICTS: dict[str, tuple[str, ...]] = {
    Target.CLAIM: (Verdict.SUPPORTED, Verdict.UNSUPPORTED),
    Target.ANSWER: (Verdict.USEFUL, Verdict.NOT_USEFUL),
    Target.PASSAGE: (Verdict.RELEVANT, Verdict.NOT_RELEVANT),
    Target.NEAREST: (Verdict.ANSWERS,),
}
VALUES: dict[str, dict[str, Any]] = {
    Verdict.SUPPORTED: {"verdict": "supported", "steps": []},
    Verdict.UNSUPPORTED: {"verdict": "unsupported", "steps": []},
    Verdict.USEFUL: {"useful": True},
    Verdict.NOT_USEFUL: {"useful": False},
    Verdict.RELEVANT: {"grade": RELEVANT_GRADE},
    Verdict.NOT_RELEVANT: {"grade": 0},
    Verdict.ANSWERS: {"grade": ANSWERING_GRADE},
}
"""What each button says, in the shape of its task."""


class TargetNotFound(Exception):
    """What was to be judged does not exist, or may not be read: the caller is never told which."""

    sentence = "That is not in the documents you may read."


@dataclass(frozen=True)
class JudgedTarget:
    """A target as the judge saw it: its task and input, what else was shown, and its access labels."""

    task: str
    question: str
    shown: dict[str, Any]
    labels: list[str]
    documents: tuple[str, ...] = ()


def find_target(target: str, target_id: str, *, user: User, scope: AccessScope) -> JudgedTarget:
    """The target if `user` may read it now, else TargetNotFound."""
    finder = _FINDERS.get(target)
    if finder is None:
        raise TargetNotFound
    try:
        return finder(target_id, user, scope)
    except (Answer.DoesNotExist, Claim.DoesNotExist, Passage.DoesNotExist, ValidationError, ValueError):
        raise TargetNotFound from None


def passage_input(question: str, passage: Passage) -> dict[str, Any]:
    """A passage and the question it was found for, in the shape of the task of relevance."""
    return {
        "question": question,
        "passage": passage.text,
        "title": passage.document.title,
        "passage_id": passage.pk,
    }


def provenance_of(answer: Answer) -> dict[str, str]:
    """What made an answer: model, prompt and index."""
    return {
        "model": answer.model,
        "model_digest": answer.model_digest,
        "prompt": answer.prompt,
        "index_generation": answer.index_generation,
    }


def _find_claim(target_id: str, user: User, scope: AccessScope) -> JudgedTarget:
    claim = Claim.objects.select_related("answer").get(pk=int(target_id))
    if claim.answer.owner_id != user.pk or not is_readable(scope, claim.answer):
        raise TargetNotFound
    citations = [
        {"document": str(c.document_id), "page": c.page, "start": c.start, "end": c.end, "quote": c.quote}
        for c in claim.citations.all()
    ]
    shown = {
        "input": {
            "question": claim.answer.question,
            "claim": claim.text,
            "evidence": [citation["quote"] for citation in citations],
        },
        "answer": str(claim.answer_id),
        "claim": claim.text,
        "origin": claim.origin,
        "was_supported": claim.is_supported,
        "citations": citations,
        **provenance_of(claim.answer),
    }
    documents = tuple(sorted({str(citation["document"]) for citation in citations}))
    return JudgedTarget("claim_support", claim.answer.question, shown, list(claim.answer.labels), documents)


def _find_answer(target_id: str, user: User, scope: AccessScope) -> JudgedTarget:
    answer = Answer.objects.get(pk=target_id)
    if answer.owner_id != user.pk or not is_readable(scope, answer):
        raise TargetNotFound
    shown = {
        "input": {"question": answer.question, "answer": answer.text},
        "answer": answer.text,
        "refused": answer.refused,
        "claims": list(answer.claims.filter(is_supported=True).values_list("text", flat=True)),
        **provenance_of(answer),
    }
    return JudgedTarget("usefulness", answer.question, shown, list(answer.labels), documents_of(answer))


def documents_of(answer: Answer) -> tuple[str, ...]:
    """The ids of the documents that an answer was made from."""
    shown = [*answer.evidence, *answer.result.get("nearest", [])]
    named = {str(passage["document"]) for passage in shown if passage.get("document")}
    if answer.document_id is not None:
        named.add(str(answer.document_id))
    return tuple(sorted(named))


def _find_passage(target_id: str, _user: User, scope: AccessScope) -> JudgedTarget:
    passage = Passage.objects.select_related("document", "page").get(pk=int(target_id))
    if not scope.may_read(passage.label):
        raise TargetNotFound
    shown = {
        "input": passage_input("", passage),
        "document": str(passage.document_id),
        "page": passage.page.number,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }
    return JudgedTarget("relevance", "", shown, [passage.label], (str(passage.document_id),))


def _find_nearest(target_id: str, user: User, scope: AccessScope) -> JudgedTarget:
    """One span of the nearest evidence, with the sentences around it; its offsets are within the passage."""
    answer_id, _, place = target_id.partition(":")
    answer = Answer.objects.get(pk=answer_id)
    rows = answer.result.get("nearest", []) if answer.ending == Answer.Ending.NEAREST else []
    if not place.isascii() or not place.isdigit() or int(place) >= len(rows):
        raise TargetNotFound
    row = rows[int(place)]
    if answer.owner_id != user.pk or not is_readable(scope, answer) or not scope.may_read(row["label"]):
        raise TargetNotFound
    before = f"{row['before']} " if row["before"] else ""
    shown = {
        "input": {
            "question": answer.settings.get("asked_as") or answer.question,
            "passage": f"{before}{row['text']} {row['after']}".rstrip(),
            "title": row["title"],
            "passage_id": row["passage_id"],
            "start": len(before),
            "end": len(before) + len(row["text"]),
        },
        "answer": str(answer.pk),
        "document": row["document"],
        "page": row["page"],
        "start": row["start"],
        "end": row["end"],
        "text": row["text"],
        "chance": row["chance"],
        **provenance_of(answer),
    }
    return JudgedTarget("relevance", shown["input"]["question"], shown, [row["label"]], (row["document"],))


_FINDERS: dict[str, Callable[[str, User, AccessScope], JudgedTarget]] = {
    Target.CLAIM: _find_claim,
    Target.ANSWER: _find_answer,
    Target.PASSAGE: _find_passage,
    Target.NEAREST: _find_nearest,
}
