"""Do the sources disagree? Shown where two documents give different values for the same thing asked."""

from collections.abc import Sequence

from donovan.assistant.dates import dates
from donovan.assistant.evidence import Weighed
from donovan.assistant.numbers import quantities
from donovan.assistant.questions import Question
from donovan.assistant.terms import stems_in

_ALIKE = 0.8


def disagreeing(question: Question, weighed: Sequence[Weighed]) -> Weighed | None:
    """The best span of another document whose value is not that of the best span, or None.

    Only values that can be compared are: numbers of one unit where a number is asked for, dates where a
    date is, in spans that cover what is asked equally well and are about the same names. Different words
    are no disagreement.
    """
    if not weighed or question.expects not in ("number", "date"):
        return None
    best = weighed[0]
    mine = values_of(question, best)
    if not mine:
        return None
    for other in weighed[1:]:
        if other.span.document_id == best.span.document_id or other.score < best.score * _ALIKE:
            continue
        if (
            other.features.asked < best.features.asked
            or other.features.subject < best.features.subject
        ):
            continue
        if not _same_matter(question, best, other):
            continue
        theirs = values_of(question, other)
        if theirs and not mine & theirs:
            return other
    return None


def values_of(question: Question, weighed: Weighed) -> frozenset[tuple[object, ...]]:
    """The values of the kind asked for, each in one form; those that the question itself gives are left
    out.
    """
    text, language = weighed.span.value, weighed.span.language or question.language
    if question.expects == "date":
        return frozenset((date.year % 100, date.month, date.day) for date in dates(text) if date.day)
    given = {value for quantity in quantities(question.text, language) for value in quantity.values}
    masked = text
    for date in dates(text):
        masked = masked[: date.start] + " " * (date.end - date.start) + masked[date.end :]
    return frozenset(
        (quantity.unit, value)
        for quantity in quantities(masked, language)
        for value in quantity.values
        if value not in given
    )


def _same_matter(question: Question, best: Weighed, other: Weighed) -> bool:
    """Whether both spans share the words of the question that the better one has."""
    language = best.span.language or question.language
    shared = question.stems & stems_in(best.span.text, language)
    theirs = stems_in(other.span.text, other.span.language or question.language)
    return bool(shared) and len(shared & theirs) >= max(2, round(0.8 * len(shared)))
