"""Which lines of unmarked text are headings: numbered titles, annexes, and short lines in capitals."""

import re

_NUMBERED = re.compile(r"^(?P<number>\d{1,2}(\.\d{1,2}){0,3})[.)]?\s+(?P<words>\S.*)$")
_NAMED = re.compile(
    r"^(ANNEX|APPENDIX|TAB|ENCLOSURE|SECTION|CHAPTER|PART|Annex|Appendix|Enclosure|Section|Chapter|Part)\s+[A-Z0-9IVX]{1,4}\b"
)
_LONGEST = 90


def heading_level(line: str) -> int:
    """1 to 4 for a line that stands alone and looks like a heading, 0 for any other."""
    words = line.strip()
    if (
        not 3 <= len(words) <= _LONGEST
        or (words[-1] in ".,;:?!" and not words.endswith(":"))
        or "//" in words
    ):
        return 0
    letters = [character for character in words if character.isalpha()]
    if len(letters) < 3 or "|" in words or "\t" in words:
        return 0
    if _NAMED.match(words):
        return 1
    is_capital = all(not character.islower() for character in letters) and any(c.isupper() for c in letters)
    numbered = _NUMBERED.match(words)
    if numbered:
        title = numbered["words"]
        if is_capital or (title[0].isupper() and len(title.split()) <= 8 and not title.endswith(".")):
            return min(4, 1 + numbered["number"].count("."))
        return 0
    return 2 if is_capital and 2 <= len(words.split()) <= 10 and len(letters) >= len(words) * 0.6 else 0
