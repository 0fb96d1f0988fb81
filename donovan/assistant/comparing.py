"""A statement beside the words that it cites: what both hold, and where."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from donovan.assistant.clauses import clauses_of
from donovan.assistant.questions import Question
from donovan.assistant.spans import Span
from donovan.assistant.statements import Frame, frames_in
from donovan.assistant.terms import Term, is_stop_word, terms_of, with_leading_names
from donovan.assistant.words import CONNECTIVES

_HAN = re.compile(r"[\u3400-\u9fff]+")
_SAME_WORDS = 0.8
_CONTRACTED = re.compile(r"[’'](?:s|re|ll|ve|d|m)$")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Cited:
    """One cited span: its terms, those of the headings above it, its frames and its clauses."""

    span: Span

    @property
    def text(self) -> str:
        return self.span.text

    @property
    def language(self) -> str:
        return self.span.language or "en"

    @cached_property
    def body(self) -> list[Term]:
        return with_leading_names(terms_of(self.text, self.language))

    @cached_property
    def sure_names(self) -> list[Term]:
        """The terms of the body, only such words names as are one wherever they stand."""
        return terms_of(self.text, self.language)

    @cached_property
    def around(self) -> list[Term]:
        return terms_of(f"{self.span.context}\n", self.language)

    @property
    def label_end(self) -> int:
        return self.text.find(":") + 1 if self.span.field_name else 0

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        return frames_in(self.text, self.language)

    @cached_property
    def clauses(self) -> list[tuple[int, int]]:
        return clauses_of(self.text, self.language)


@dataclass(frozen=True)
class Comparison:
    """A statement and the spans it is held against. `question` is what it answers, if anything."""

    text: str
    cited: tuple[Cited, ...]
    question: Question | None = None

    @property
    def language(self) -> str:
        return self.cited[0].language

    @property
    def has_capitals(self) -> bool:
        """Whether the writing tells a name from a word at all."""
        letters = [character for character in self.text if character.isalpha()]
        return 2 * sum(letter.lower() != letter.upper() for letter in letters) > len(letters)

    @cached_property
    def said(self) -> list[Term]:
        return with_leading_names(terms_of(self.text, self.language))

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        return frames_in(self.text, self.language)

    @cached_property
    def is_verbatim(self) -> bool:
        """Whether the statement is words of one span as they stand."""
        bare = self.text.strip(" .。")
        return any(bare in one.text for one in self.cited)

    def holds(self, term: Term) -> bool:
        """Whether a cited span, or the headings above it, holds what the term says."""
        return any(term.is_supported_by(other) for one in self.cited for other in (*one.body, *one.around))

    @cached_property
    def is_in_words_of_page(self) -> bool:
        """Whether the statement is made of the words that it cites, and hardly of its own: then their order
        tells.
        """
        return sum(map(self.holds, self.said)) >= _SAME_WORDS * len(self.said)

    def is_free(self, term: Term) -> bool:
        """Whether the statement may have this word of its own: one that says that somebody says it, and as
        its first word one that only joins, or one that the page writes small, so that it is no name.
        """
        if term.kind != "word":
            return False
        word = term.surface.casefold()
        if not term.surface.isupper() and is_stop_word(_CONTRACTED.sub("", word), self.language):
            return True
        if word in CONNECTIVES and not self.text[: term.start].strip(" ¿¡“«\"'"):
            return True
        if any(frame.start <= term.start < frame.end for frame in self.frames):
            speaker = [place for frame in self.frames for place in _places(self.text, frame.speaker)]
            return not any(start <= term.start < end for start, end in speaker)
        if self.sure_names[self.said.index(term)].is_name or not term.is_name:
            return False
        return any(re.search(rf"(?<!\w){re.escape(word)}", one.span.passage_text) for one in self.cited)

    @cached_property
    def sure_names(self) -> list[Term]:
        """The terms of the statement, only such words names as are one wherever they stand."""
        return terms_of(self.text, self.language)

    @cached_property
    def covered(self) -> frozenset[int]:
        """Places of Han pairs of the statement that only join two stretches which the spans hold."""
        return frozenset(
            place for match in _HAN.finditer(self.text) for place in self._joints(match[0], match.start())
        )

    def _joints(self, run: str, offset: int) -> list[int]:
        texts = [text for one in self.cited for text in (one.text, one.span.context)]
        joints, place = [], 0
        while place < len(run):
            length = 1
            while place + length < len(run) and any(run[place : place + length + 1] in t for t in texts):
                length += 1
            if place and length >= 2:
                joints.append(offset + place - 1)
            place += length
        return joints

    def aligned(self, one: Cited) -> list[tuple[int, int]]:
        """(index in `said`, index in the body) for each term that stands in both and whose place is certain:
        it is there once, or as often here as there.
        """
        pairs = []
        for index, term in enumerate(self.said):
            theirs = [i for i, other in enumerate(one.body) if term.is_supported_by(other)]
            mine = [i for i, other in enumerate(self.said) if _is_same(term, other)]
            if len(theirs) == 1 and len(mine) == 1:
                pairs.append((index, theirs[0]))
            elif theirs and len(theirs) == len(mine):
                pairs.append((index, theirs[mine.index(index)]))
        return pairs

    def draws_from(self, one: Cited, start: int, end: int, but: tuple[int, int] = (-1, -1)) -> bool:
        """Whether the statement holds a word of this stretch of a span that stands nowhere else in what it
        cites. The stretch `but` does not count.
        """

        def is_inside(term: Term) -> bool:
            return start <= term.start < end and not but[0] <= term.start < but[1]

        inside = [term for term in one.body if is_inside(term)]
        outside = [term for term in one.body if not is_inside(term)] + one.around
        outside += [term for other in self.cited if other is not one for term in other.body]
        return any(
            any(term.is_supported_by(other) for other in inside)
            and not any(term.is_supported_by(other) for other in outside)
            for term in self.said
        )


def comparison(text: str, spans: Sequence[Span], question: Question | None = None) -> Comparison:
    """`text` beside the spans. There must be one at least."""
    return Comparison(text, tuple(Cited(span) for span in spans), question)


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case, the month of May left out: it is no verb."""
    return [word.casefold() for word in _WORD.findall(text) if word != "May"]


def _places(text: str, part: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in re.finditer(re.escape(part), text)] if part else []


def _is_same(term: Term, other: Term) -> bool:
    if term.kind != other.kind:
        return False
    return term.key == other.key if term.kind == "word" else term.is_supported_by(other)
