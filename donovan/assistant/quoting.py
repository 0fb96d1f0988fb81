"""When a quotation is needed beside a draft: when the checked sentences do not give the words of the span."""

import re
from collections.abc import Iterable, Iterator, Sequence

from donovan.assistant.evidence import ScoredSpan
from donovan.assistant.persistence import CheckedClaim
from donovan.assistant.reconciliation.groups import Resolution
from donovan.assistant.spans import Span, overlap
from donovan.assistant.stating import as_quoted

_APART = re.compile(r"[\W_]+")


def is_delivered(span: Span, claims: Iterable[CheckedClaim]) -> bool:
    """Whether one supported claim holds the whole value of the span, word by word."""
    wanted = _bare(span.value)
    return bool(wanted) and any(
        f" {wanted} " in f" {_bare(claim.text)} " for claim in claims if claim.is_supported
    )


Quotation = tuple[Span, tuple[Span, ...], float | None]
"""A span that answers, the spans to quote for it (the first is shown, it may take in the sentences beside
it), and the chance that it answers."""


def quotations(resolution: Resolution, scored: Sequence[ScoredSpan]) -> Iterator[Quotation]:
    """What to quote, in order; nothing of it twice.

    Where statements supersede or contradict each other only the sentences themselves are quoted: one beside
    them may say what no longer holds.
    """
    quoted: list[Span] = []
    is_settled = not any(group.standing for group in resolution.groups)
    for alike in (words for group in resolution.groups for words in same_words(group.quoted)):
        chance = next((round(item.score, 4) for item in scored if overlap(item.span, alike[0])), None)
        shown = as_quoted(alike[0], chance if is_settled else None, quoted)
        if shown is not None:
            quoted.append(shown)
            yield alike[0], (shown, *alike[1:]), chance


def same_words(found: Iterable[Span]) -> list[list[Span]]:
    """The spans in order, those that say the same word for word together: one quotation, several sources."""
    groups: dict[str, list[Span]] = {}
    for span in found:
        group = groups.setdefault(_bare(span.text), [])
        if span not in group:
            group.append(span)
    return list(groups.values())


def _bare(text: str) -> str:
    return _APART.sub(" ", text.casefold()).strip()
