"""The part of a passage that shows best why it was found, cut into plain and matched pieces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.query_language import small_words_of

SNIPPET_LENGTH = 360
_WORD = re.compile(r"\w+", re.UNICODE)
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SHORTEST_TERM = 3
_FEWEST_SHARED = 4


@dataclass(frozen=True)
class SnippetPiece:
    text: str
    is_match: bool = False


def query_terms(query: str) -> list[str]:
    """The words of a query that are worth marking; script without spaces is cut into pairs of signs."""
    terms: list[str] = []
    for word in _WORD.findall(query.lower()):
        if _WITHOUT_SPACES.search(word):
            terms += [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
        elif len(word) >= _SHORTEST_TERM or word.isdigit():
            terms.append(word)
    small = small_words_of(query)
    telling = [term for term in terms if term not in small]
    return list(dict.fromkeys(telling or terms))


def _pattern(terms: Sequence[str]) -> re.Pattern[str] | None:
    """Matches a term and its other endings: all but the last two letters of a longer word must agree."""
    parts: list[str] = []
    for term in sorted(terms, key=len, reverse=True):
        if _WITHOUT_SPACES.search(term):
            parts.append(re.escape(term))
        else:
            shared = term[: max(_FEWEST_SHARED, len(term) - 2)]
            ending = r"\w{0,3}" if len(term) > _FEWEST_SHARED and not term.isdigit() else ""
            parts.append(rf"\b{re.escape(shared)}{ending}\b")
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def snippet(text: str, query: str, marks: Sequence[tuple[int, int]] | None = None) -> list[SnippetPiece]:
    """At most SNIPPET_LENGTH characters of the passage around its densest matches, cut at white space.

    `marks` are the matches where the words of the query do not tell them: start and end, in order.
    """
    pattern = _pattern(query_terms(query)) if marks is None else None
    matches = [match.span() for match in pattern.finditer(text)] if pattern else list(marks or ())
    start, end = _window(text, matches)
    pieces: list[SnippetPiece] = [SnippetPiece("… ")] if start > 0 else []
    at = start
    for first, last in matches:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append(SnippetPiece(text[at:first]))
        pieces.append(SnippetPiece(text[first:last], is_match=True))
        at = last
    if at < end:
        pieces.append(SnippetPiece(text[at:end]))
    if end < len(text):
        pieces.append(SnippetPiece(" …"))
    return pieces


def _window(text: str, matches: Sequence[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= SNIPPET_LENGTH:
        return 0, len(text)
    best = 0
    most = 0
    for first, _ in matches:
        within = {text[a:b].lower() for a, b in matches if a >= first and b <= first + SNIPPET_LENGTH}
        if len(within) > most:
            best, most = first, len(within)
    start = max(0, min(best - SNIPPET_LENGTH // 5, len(text) - SNIPPET_LENGTH))
    if start > 0:
        space = text.find(" ", start, start + 40)
        start = space + 1 if space >= 0 else start
    end = min(start + SNIPPET_LENGTH, len(text))
    if end < len(text):
        space = text.rfind(" ", end - 40, end)
        end = space if space > start else end
    return start, end
