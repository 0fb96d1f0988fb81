"""Splitting what a model wrote into statements that can each be checked."""

import re

from donovan.assistant.spans import cut

LONGEST_CLAIM = 600
MOST_CLAIMS = 12

_MARKS = re.compile(
    r"^\s*(?:[-*•·–—]+|\(?\d{1,2}[.)]|#+|(?:the\s+)?(?:short\s+)?answer(?:\s+is)?\s*:|response\s*:|a\s*:)\s+",
    re.IGNORECASE,
)
_CITED = re.compile(r"(?<!\s)\s*[\[(](?:\d{1,2}|source \d{1,2}|evidence \d{1,2})(?:\s*,\s*\d{1,2})*[\])]")
_UNFINISHED = re.compile(r"[.!?。！？…][\"”’»)\]]*$")


def split_draft(draft: str, *, is_whole: bool = True) -> list[str]:
    """The statements of a draft in order, each once, without list marks, markup and citation marks.

    A last sentence that was cut off (`is_whole` False) is left out: half a statement cannot be judged.
    """
    text = re.sub(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", "", draft)
    text = _CITED.sub("", text)
    pieces = [text[start:end] for start, end in cut(text)]
    if pieces and not is_whole and not _UNFINISHED.search(pieces[-1]):
        pieces.pop()
    claims: list[str] = []
    for piece in pieces:
        claim = " ".join(_MARKS.sub("", piece).split())
        if (
            any(character.isalnum() for character in claim)
            and len(claim) <= LONGEST_CLAIM
            and claim not in claims
        ):
            claims.append(claim)
    return claims[:MOST_CLAIMS]
