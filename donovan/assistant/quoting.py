"""When a quotation is needed beside a draft: when the checked sentences do not give the words of the span."""

import re
from collections.abc import Iterable

from donovan.assistant.keeping import CheckedClaim
from donovan.assistant.spans import Span

_APART = re.compile(r"[\W_]+")


def is_delivered(span: Span, claims: Iterable[CheckedClaim]) -> bool:
    """Whether one supported claim holds the whole value of the span, word by word."""
    wanted = _bare(span.value)
    return bool(wanted) and any(
        f" {wanted} " in f" {_bare(claim.text)} " for claim in claims if claim.is_supported
    )


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
