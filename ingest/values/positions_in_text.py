"""Positions that stand in a text, in any notation, kept only when they lie on the globe."""

import re
from collections.abc import Iterator

from .positions import NoPosition, Position, position

_DEGREES = r"\d{1,3}(?:[.,]\d+)?\s?[°º]\s?(?:\d{1,2}(?:[.,]\d+)?\s?['’′]\s?(?:\d{1,2}(?:[.,]\d+)?\s?(?:[\"”″]|''|′′)\s?)?)?"  # noqa: E501
_PATTERNS = (
    (re.compile(rf"(?<![\w.]){_DEGREES}[NS][\s,;/]{{0,3}}{_DEGREES}[EW]\b"), 0.99),
    (re.compile(rf"\b[NS]\s?{_DEGREES}[\s,;/]{{0,3}}[EW]\s?{_DEGREES}"), 0.99),
    (re.compile(r"(?<![\w.])\d{1,2}\.\d{2,}\s?[NS][\s,;/]{0,3}\d{1,3}\.\d{2,}\s?[EW]\b"), 0.98),
    (re.compile(r"(?<![\w.])\d{4}(?:\d{2})?[NS][\s,/]{0,2}\d{5}(?:\d{2})?[EW]\b"), 0.98),
    (re.compile(r"(?<![\w.°-])[-+]?\d{1,2}\.\d{3,}\s?[,;]\s?[-+]?\d{1,3}\.\d{3,}(?![\w°]|\.\d)"), 0.95),
    (re.compile(r"\b(?:[1-9]|[1-5]\d|60)\s?[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?(?:\d{5}\s\d{5}|\d{4}\s\d{4}|\d{3}\s\d{3}|\d{2}\s\d{2}|\d{10}|\d{8}|\d{6}|\d{4})\b"), 0.97),  # noqa: E501
    (re.compile(r"\b(?:[1-9]|[1-5]\d|60)\s?[C-HJ-NP-X]\s(?:E\s?)?\d{6}(?:\.\d+)?\s?m?E?[\s,]+(?:N\s?)?\d{7}(?:\.\d+)?(?:\s?m?N\b)?"), 0.97),  # noqa: E501
)  # fmt: skip


def positions_in(text: str) -> Iterator[tuple[int, int, Position, float]]:
    """Start, end, position, and how sure it is (0 to 1) that one is meant; notation by notation."""
    for pattern, confidence in _PATTERNS:
        for match in pattern.finditer(text):
            try:
                yield *match.span(), position(match.group()), confidence
            except NoPosition:
                continue
