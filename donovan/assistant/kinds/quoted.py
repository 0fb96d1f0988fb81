"""What the kinds that quote have in common: which candidates count, each wording once, in place."""

import re
from collections.abc import Iterable, Sequence

from donovan.assistant.kinds.registry import Candidate, Statement
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span
from donovan.assistant.verify import reads_like_instruction

_APART = re.compile(r"[\W_]+")


def sure_enough(candidates: Sequence[Candidate], least: float, *, share: float, most: int) -> list[Candidate]:
    """The candidates worth quoting, best first, none if the best is below `least`.

    Kept are up to `most` with at least `share` of the best one's chance, none of which overlaps another or
    addresses the program.
    """
    if not candidates or candidates[0].chance < least:
        return []
    chosen: list[Candidate] = []
    for each in candidates:
        if len(chosen) == most or each.chance < share * candidates[0].chance:
            break
        if not reads_like_instruction(each.span.text) and not any(
            overlap(each.span, other.span) for other in chosen
        ):
            chosen.append(each)
    return chosen


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character of one page."""
    return (one.document_id, one.page) == (other.document_id, other.page) and (
        one.start < other.end and other.start < one.end
    )


def once(spans: Iterable[Span]) -> list[tuple[Span, ...]]:
    """The spans in order, those of the same words together."""
    groups: dict[str, list[Span]] = {}
    for span in spans:
        group = groups.setdefault(_APART.sub(" ", span.text.casefold()).strip(), [])
        if span not in group:
            group.append(span)
    return [tuple(group) for group in groups.values()]


def quotation(spans: Sequence[Span], head: str = "") -> Statement:
    """The words of the first span, cited at each place where they stand."""
    return Statement(spans[0].text, Claim.Origin.QUOTED, tuple(spans), head)


def number_of(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"1 {one}" if count == 1 else f"{count:,} {many}"
