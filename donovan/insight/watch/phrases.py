"""A watchlist: phrases looked for in the text of a page, by their words and not by their endings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from donovan.assistant.spans import cut
from retrieval.words import analysis_of, terms

MOST_PHRASES = 200
LONGEST_PHRASE = 200
MATCHES_PER_PAGE = 5


@dataclass(frozen=True)
class Place:
    """A sentence, row or field of a page that holds a phrase: its offsets, its words, the phrase."""

    start: int
    end: int
    quote: str
    phrase: str


def phrases_in(text: str) -> list[str]:
    """The phrases of a watchlist, one a line, each once, without empty lines."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def places_of(phrases: Sequence[str], page_text: str, language: str) -> Iterator[Place]:
    """Where a page holds a phrase: its words one after the other, compared by their stems.

    At most `MATCHES_PER_PAGE` sentences of a page, each once, with the first phrase it holds.
    """
    analysis = analysis_of(language or "en")
    wanted = [(phrase, terms(phrase, analysis)) for phrase in phrases]
    wanted = [(phrase, stems) for phrase, stems in wanted if stems]
    page_stems = set(terms(page_text, analysis))
    wanted = [(phrase, stems) for phrase, stems in wanted if page_stems.issuperset(stems)]
    if not wanted:
        return
    found = 0
    for start, end in cut(page_text):
        quote = page_text[start:end]
        stems_here = terms(quote, analysis)
        phrase = next((phrase for phrase, stems in wanted if _stands_in(stems, stems_here)), "")
        if phrase:
            yield Place(start, end, quote, phrase)
            found += 1
            if found == MATCHES_PER_PAGE:
                return


def _stands_in(stems: list[str], text: list[str]) -> bool:
    first, length = stems[0], len(stems)
    return any(text[place : place + length] == stems for place, stem in enumerate(text) if stem == first)
