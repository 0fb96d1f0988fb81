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


def _bare(text: str) -> str:
    return _APART.sub(" ", text.casefold()).strip()
