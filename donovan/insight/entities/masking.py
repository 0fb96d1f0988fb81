"""Markings are no names: what stands in a banner or portion mark is hidden from the recognisers."""

import re

_LEVELS = r"(?:TOP\s?SECRET|SECRET|CONFIDENTIAL|UNCLASSIFIED|RESTRICTED|OFFICIAL|CUI|FOUO|NOFORN|ORCON)"
_PORTION = re.compile(r"\((?:TS|S|C|R|U|CUI|FOUO|NU|NR|NC|NS)(?:/{1,2}[A-Z][A-Z0-9 ,/-]{0,60})?\)")
_BANNER = re.compile(
    rf"(?<![\w/-]){_LEVELS}(?:/{{1,2}}[A-Z][A-Z0-9-]*(?:(?: TO)? [A-Z]{{3}}(?:, [A-Z]{{3}})*)?)*(?![\w-])"
)


def without_markings(text: str) -> str:
    """The text with its markings replaced by as many blanks, so that offsets stay true."""
    return _BANNER.sub(_blanks, _PORTION.sub(_blanks, text))


def _blanks(match: "re.Match[str]") -> str:
    return " " * len(match.group())
