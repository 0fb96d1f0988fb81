"""What can be judged: claims, answers and passages, and what was on the screen when somebody judged one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from donovan.access.models import User
from donovan.assistant.models import Answer, Claim
from donovan.assistant.selectors import is_readable
from donovan.feedback.models import FeedbackLabel
from ingest.models import Passage
from retrieval.scope import AccessScope

Target = FeedbackLabel.Target
Verdict = FeedbackLabel.Verdict

VERDICTS: dict[str, tuple[str, ...]] = {
    Target.CLAIM: (Verdict.SUPPORTED, Verdict.UNSUPPORTED),
    Target.ANSWER: (Verdict.USEFUL, Verdict.NOT_USEFUL),
    Target.PASSAGE: (Verdict.RELEVANT, Verdict.NOT_RELEVANT),
}


class TargetNotFound(Exception):
    """What was to be judged does not exist, or may not be read: the caller is never told which."""

    sentence = "That is not in the documents you may read."


@dataclass(frozen=True)
class JudgedTarget:
    """A target as the judge saw it: the question it answered, what was shown, and its access labels."""

    question: str
    shown: dict[str, Any]
    labels: list[str]


def find_target(target: str, target_id: str, *, user: User, scope: AccessScope) -> JudgedTarget:
    """The target if `user` may read it now, else TargetNotFound."""
    finder = _FINDERS.get(target)
    if finder is None:
        raise TargetNotFound
    try:
        return finder(target_id, user, scope)
    except (Answer.DoesNotExist, Claim.DoesNotExist, Passage.DoesNotExist, ValidationError, ValueError):
        raise TargetNotFound from None


def _find_claim(target_id: str, user: User, scope: AccessScope) -> JudgedTarget:
    claim = Claim.objects.select_related("answer").get(pk=int(target_id))
    if claim.answer.owner_id != user.pk or not is_readable(scope, claim.answer):
        raise TargetNotFound
    citations = [
        {"document": str(c.document_id), "page": c.page, "start": c.start, "end": c.end, "quote": c.quote}
        for c in claim.citations.all()
    ]
    shown = {
        "answer": str(claim.answer_id),
        "claim": claim.text,
        "origin": claim.origin,
        "was_supported": claim.is_supported,
        "citations": citations,
        **_provenance(claim.answer),
    }
    return JudgedTarget(claim.answer.question, shown, list(claim.answer.labels))


def _find_answer(target_id: str, user: User, scope: AccessScope) -> JudgedTarget:
    answer = Answer.objects.get(pk=target_id)
    if answer.owner_id != user.pk or not is_readable(scope, answer):
        raise TargetNotFound
    shown = {
        "answer": answer.text,
        "refused": answer.refused,
        "claims": list(answer.claims.filter(is_supported=True).values_list("text", flat=True)),
        **_provenance(answer),
    }
    return JudgedTarget(answer.question, shown, list(answer.labels))


def _find_passage(target_id: str, _user: User, scope: AccessScope) -> JudgedTarget:
    passage = Passage.objects.select_related("document", "page").get(pk=int(target_id))
    if not scope.may_read(passage.label):
        raise TargetNotFound
    shown = {
        "document": str(passage.document_id),
        "page": passage.page.number,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }
    return JudgedTarget("", shown, [passage.label])


def _provenance(answer: Answer) -> dict[str, str]:
    return {
        "model": answer.model,
        "model_digest": answer.model_digest,
        "prompt": answer.prompt,
        "index_generation": answer.index_generation,
    }


_FINDERS: dict[str, Callable[[str, User, AccessScope], JudgedTarget]] = {
    Target.CLAIM: _find_claim,
    Target.ANSWER: _find_answer,
    Target.PASSAGE: _find_passage,
}
