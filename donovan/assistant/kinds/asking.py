"""From what was found for a question to what its kind may use."""

from collections.abc import Callable, Sequence
from uuid import UUID

from donovan.assistant.evidence import ScoredSpan, score_spans
from donovan.assistant.judging import VERDICT, judge_at_hand
from donovan.assistant.kinds.registry import Asked, Candidate, kind_of
from donovan.assistant.reading import Found, find_passages, spans_of
from donovan.assistant.stating import is_answered
from retrieval.results import SearchFilters


def asked_of(
    found: Found,
    filters: SearchFilters,
    left_out: frozenset[UUID],
    scored: Callable[[], Sequence[ScoredSpan]],
) -> Asked:
    """The question that `found` belongs to, with a way to seek further within the same bounds. `scored`
    gives the spans of `found`, scored when they are first asked for.
    """
    question = found.question
    kind = kind_of(question.text, question.language)

    def seek(text: str) -> Sequence[Candidate]:
        if text == question.text:
            return [Candidate(each.span, each.score) for each in scored()]
        sought = find_passages(text, question.language, found.scope, filters, left_out=left_out)
        return [Candidate(each.span, each.score) for each in score_spans(sought.question, spans_of(sought))]

    judge = judge_at_hand()
    can_say = judge is not None and VERDICT in judge.thresholds
    return Asked(
        text=question.text,
        language=question.language,
        kind=kind,
        scope=found.scope,
        filters=filters,
        seek=seek,
        is_sure=lambda: is_answered(scored(), kind),
        judge=judge.judge if judge is not None and can_say else None,
        least_support=judge.thresholds[VERDICT] if judge is not None and can_say else 1.0,
        left_out=left_out,
    )
