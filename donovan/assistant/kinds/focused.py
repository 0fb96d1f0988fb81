"""A summary with a focus: the statements that bear on what is asked, as their documents have them, in order.

A summary is of few papers: those that bear on the focus most, by the chances of all their statements
together. Each is quoted with its place; how many documents and pages they come from is said, and of how many
that were looked at.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from donovan.assistant.kinds.quoted import number_of, once, quotation, worth_quoting
from donovan.assistant.kinds.registry import Asked, Candidate, QuestionKind, Taken

NAME = "focused summary"
MOST_QUOTED = 8
SHARE = 0.1
LEADING = 0.5
"""The share of the leading document's chances that another must have to be quoted beside it."""


def answer(asked: Asked) -> Taken | None:
    """The statements that bear on the focus, or None where none does surely."""
    if not asked.is_sure():
        return None
    candidates = asked.seek(asked.text)
    leading = _leading(candidates)
    of_leading = [each for each in candidates if each.span.document_id in leading]
    chosen = worth_quoting(of_leading, share=SHARE, most=MOST_QUOTED)
    if not chosen:
        return None
    order = list(dict.fromkeys(each.span.document_id for each in chosen))
    spans = sorted(
        (each.span for each in chosen),
        key=lambda span: (order.index(span.document_id), span.page, span.start),
    )
    groups = once(spans)
    looked_at = len({each.span.document_id for each in candidates})
    several = len(order) > 1
    return Taken(
        kind=NAME,
        form="list",
        statements=tuple(quotation(group, group[0].title if several else "") for group in groups),
        notices=(
            f"The statements that bear on this, from {number_of(len(order), 'document', 'documents')} of the "
            f"{looked_at:,} that were looked at closely; the rest of those documents is left out.",
        ),
        facts={"documents_quoted": len(order), "documents_looked_at": looked_at},
    )


def _leading(candidates: Sequence[Candidate]) -> set[UUID]:
    """The documents whose statements together have most of the chance."""
    together: defaultdict[UUID, float] = defaultdict(float)
    for each in candidates:
        together[each.span.document_id] += each.chance
    most = max(together.values(), default=0.0)
    return {document for document, chance in together.items() if chance >= LEADING * most}


FOCUSED_SUMMARY = QuestionKind(NAME, frozenset({"summary"}), answer, order=40)
