"""Where a sentence holds terms of the glossary: whole words, in any of their endings, the longest first."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from donovan.assistant.glossary.models import Term
from donovan.llm.protecting import Kept
from retrieval.words import analysis_of, terms

SHORTEST_WITH_ENDINGS = 4
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_BETWEEN = re.compile(r"[\s-]+")


@dataclass
class Matcher:
    """The entries for one pair of languages. `used` are the labels of those that were found so far."""

    entries: Sequence[Term]
    language: str
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._by_first: dict[str, list[tuple[list[str], Term]]] = defaultdict(list)
        for entry in self.entries:
            words = [self._key(word) for word in _WORD.findall(entry.term)]
            if words:
                self._by_first[words[0]].append((words, entry))
        for rows in self._by_first.values():
            rows.sort(key=lambda row: -len(row[0]))

    def known(self, text: str) -> list[Kept]:
        """The places of terms in `text`, none within another, with what is to stand there."""
        places = [(found.start(), found.end()) for found in _WORD.finditer(text)] if self._by_first else []
        keys = [self._key(text[start:end]) for start, end in places]
        found: list[Kept] = []
        number = 0
        while number < len(places):
            row = self._at(text, places, keys, number)
            if row is None:
                number += 1
                continue
            words, entry = row
            start, end = places[number][0], places[number + len(words) - 1][1]
            self.used.add(entry.label)
            found.append(Kept(start, end, _as_written(entry, text[start:end])))
            number += len(words)
        return found

    def _at(
        self, text: str, places: list[tuple[int, int]], keys: list[str], number: int
    ) -> tuple[list[str], Term] | None:
        for words, entry in self._by_first.get(keys[number], ()):
            last = number + len(words)
            if keys[number:last] == words and all(
                _BETWEEN.fullmatch(text[places[one][1] : places[one + 1][0]])
                for one in range(number, last - 1)
            ):
                return words, entry
        return None

    def _key(self, word: str) -> str:
        """What words are compared by: the stem, or for short words and abbreviations the word itself."""
        if word.isupper():
            return word
        folded = terms(word, "plain")
        if len(word) < SHORTEST_WITH_ENDINGS:
            return folded[0] if folded else word
        stems = terms(word, analysis_of(self.language))
        return stems[0] if stems else word


def _as_written(entry: Term, written: str) -> str:
    """The rendering, with a capital where a common word begins a sentence."""
    if entry.term[:1].islower() and written[:1].isupper():
        return entry.rendering[:1].upper() + entry.rendering[1:]
    return entry.rendering
