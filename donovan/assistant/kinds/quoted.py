"""What the kinds that quote have in common: which candidates count, each wording once, in place."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from donovan.assistant.kinds.registry import Candidate, Statement
from donovan.assistant.models import Claim
from donovan.assistant.spans import Span, overlap
from donovan.assistant.stating import as_quoted
from donovan.assistant.verify import reads_like_instruction

_APART = re.compile(r"[\W_]+")


def worth_quoting(candidates: Sequence[Candidate], *, share: float, most: int) -> list[Candidate]:
    """The candidates worth quoting, best first.

    Kept are up to `most` with at least `share` of the best one's chance, none of which overlaps another or
    addresses the program; each with the prose beside it where it does not answer surely by itself.
    """
    chosen: list[Candidate] = []
    for each in candidates:
        if len(chosen) == most or each.chance < share * candidates[0].chance:
            break
        if reads_like_instruction(each.span.text):
            continue
        shown = as_quoted(each.span, each.chance, [other.span for other in chosen])
        if shown is not None and not any(overlap(shown, other.span) for other in chosen):
            chosen.append(replace(each, span=shown))
    return chosen


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
