"""Round the engine: what must stay whole leaves the text before Apertium sees it and comes back in its place.

Apertium has no way to say "leave this alone". A superblank keeps its text, but not its place: transfer moves
words about and blanks stay where they were, so the sentence falls apart around a hole. A word that no
dictionary has is the better stand-in: it is treated as a name, moves with its phrase, and comes out as it
went in, behind a star. So each stretch becomes such a word of its own. What does not come back exactly once,
numbers included, is tried again with more left out, and then the sentence is translated in pieces around it.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from donovan.llm.protecting import Kept, Known, nothing_known, protected
from donovan.llm.translators import Rendered
from ingest.values.number_forms import rewritten

Engine = Callable[[Sequence[str]], list[str]]
"""Lines of text in, as many lines out, in order, with the marks that Apertium leaves."""

_MARKS = "*@#"
_UNUSED = range(0xF8D0, 0xF8F0)
_PREFIXES = ("Qzq", "Xqx", "Zqz", "Qxq", "Wqw", "Kqk", "Jqj")
_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(rf"(?P<mark>[{_MARKS}])?(?P<word>\w+(?:['’-]\w+)*)|(?P<space>\s+)|(?P<other>.)", re.DOTALL)


@dataclass(frozen=True)
class Languages:
    """Between what is translated: codes as the reader of values knows them."""

    source: str
    target: str


@dataclass
class _Line:
    """One sentence on its way: what stays whole in it, and with what words it stands for that."""

    text: str
    kept: list[Kept]
    languages: Languages
    prefix: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        folded = self.text.casefold()
        self.prefix = next((each for each in _PREFIXES if each.casefold() not in folded), _PREFIXES[0])
        free = (chr(code) for code in _UNUSED if chr(code) not in self.text)
        self.hidden = dict(zip(_MARKS, free, strict=False))

    @property
    def masked(self) -> str:
        """The text for the engine."""
        parts, position = [], 0
        for number, kept in enumerate(self.kept):
            parts += [self.text[position : kept.start], f"{self.prefix}{_letters(number)}w"]
            position = kept.end
        parts.append(self.text[position:])
        return "".join(parts).translate({ord(mark): other for mark, other in self.hidden.items()})

    @property
    def bare(self) -> str:
        """The text without what stays whole."""
        parts, position = [], 0
        for kept in self.kept:
            parts.append(self.text[position : kept.start])
            position = kept.end
        return " ".join([*parts, self.text[position:]])

    def come_back(self, raw: str) -> Rendered | None:
        """The translation, or None where a stand-in or a number did not come back as often as it went in."""
        stand_in = re.compile(rf"[{_MARKS}]?{self.prefix}([a-j]+)w", re.IGNORECASE)
        parts = stand_in.split(raw)
        numbers = [_number(letters) for letters in parts[1::2]]
        if sorted(numbers) != list(range(len(self.kept))) or self.broken(" ".join(parts[::2])):
            return None
        built = _Built({other: mark for mark, other in self.hidden.items()})
        figures = set(_FIGURE.findall(self.bare))
        for place, part in enumerate(parts):
            if place % 2:
                built.put(self.kept[_number(part)].said)
            else:
                built.take(_FIGURE.sub(lambda found: self._figure(found[0], figures), part))
        return built.rendered()

    def broken(self, raw: str) -> frozenset[str]:
        """The numbers of the text that `raw` does not hold as often as the text."""
        wanted, held = Counter(_FIGURE.findall(self.bare)), Counter(_FIGURE.findall(raw))
        return frozenset(figure for figure, times in wanted.items() if held[figure] != times)

    def with_figures(self) -> "_Line":
        """The same, with every number among what stays whole."""
        figures = [
            Kept(*found.span(), rewritten(found[0], self.languages.source, self.languages.target))
            for found in _FIGURE.finditer(self.text)
            if not any(kept.start < found.end() and found.start() < kept.end for kept in self.kept)
        ]
        return _Line(self.text, sorted([*self.kept, *figures], key=lambda each: each.start), self.languages)

    def _figure(self, written: str, own: set[str]) -> str:
        if written not in own:
            return written
        return rewritten(written, self.languages.source, self.languages.target)


class _Built:
    """A translation as it is put together: the text, and where in it stand words that were not translated."""

    def __init__(self, shown: dict[str, str]) -> None:
        self._shown = str.maketrans(shown)
        self._parts: list[str] = []
        self._length = 0
        self._places: list[tuple[int, int]] = []

    def put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def take(self, raw: str) -> None:
        """A stretch as Apertium gave it: its marks go, and what they said is kept as places."""
        for found in _WORD.finditer(raw):
            if found["space"]:
                self._space()
            elif found["other"]:
                if found["other"] not in _MARKS:
                    self.put(found["other"].translate(self._shown))
            else:
                start = self._length
                self.put(found["word"].translate(self._shown))
                if found["mark"] in ("*", "@") and not found["word"].isdigit():
                    self._mark(start, self._length)

    def rendered(self) -> Rendered:
        text = "".join(self._parts).rstrip()
        words = dict.fromkeys(text[start:end] for start, end in self._places)
        return Rendered(text, tuple(words), places=tuple(self._places))

    def _space(self) -> None:
        if self._parts and not self._parts[-1].endswith(" "):
            self.put(" ")

    def _mark(self, start: int, end: int) -> None:
        # Parts of one token (“*ab-*cd”) are one word that was left.
        if self._places and self._places[-1][1] >= start - 1 and self._parts[-2:-1] != [" "]:
            start = self._places.pop()[0]
        self._places.append((start, end))


def translated(
    lines: Sequence[str],
    engine: Engine,
    languages: Languages,
    known: Known = nothing_known,
) -> list[Rendered]:
    """Each line translated by `engine`, with all that must stay whole in it, exactly once.

    `known` gives the stretches of a line that the caller knows better: terms and names, as they are to stand.
    """
    found = [_Line(line, protected(line, known(line)), languages) for line in lines]
    results = _attempt(found, engine)
    again = [place for place, result in enumerate(results) if result is None]
    for place, result in zip(
        again, _attempt([found[place].with_figures() for place in again], engine), strict=True
    ):
        results[place] = result
    return [
        result if result is not None else _in_pieces(line.with_figures(), engine)
        for line, result in zip(found, results, strict=True)
    ]


def _attempt(lines: Sequence[_Line], engine: Engine) -> list[Rendered | None]:
    wordy = [line for line in lines if _has_words(line.bare)]
    raws = iter(engine([line.masked for line in wordy]) if wordy else [])
    return [line.come_back(next(raws) if _has_words(line.bare) else line.masked) for line in lines]


def _in_pieces(line: _Line, engine: Engine) -> Rendered:
    """The stretches between what stays whole, translated one by one and put together as they stood."""
    ends = [0, *(kept.end for kept in line.kept)]
    starts = [*(kept.start for kept in line.kept), len(line.text)]
    pieces = [
        _Line(line.text[start:end], [], line.languages) for start, end in zip(ends, starts, strict=True)
    ]
    made = _attempt(pieces, engine)
    text, places = "", []
    for number, (piece, result) in enumerate(zip(pieces, made, strict=True)):
        said = result if result is not None else Rendered(piece.text.strip())
        before = " " if piece.text[:1].isspace() and text else ""
        places += [(start + len(text + before), end + len(text + before)) for start, end in said.places]
        text += before + said.text + (" " if piece.text[-1:].isspace() and piece.text.strip() else "")
        if number < len(line.kept):
            text += line.kept[number].said
    text = text.rstrip()
    return Rendered(
        text, tuple(dict.fromkeys(text[start:end] for start, end in places)), places=tuple(places)
    )


def _has_words(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def _number(letters: str) -> int:
    return int("".join(str("abcdefghij".index(letter)) for letter in letters.lower()))
