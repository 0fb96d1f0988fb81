"""What the reader learns from: examples of reading (does this span answer?) and of judging (is this
said?).
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from donovan.assistant.spans import cut

LONGEST_WINDOW = 640
"""Characters of a window; a text in Chinese characters is taken as holding three times as many."""

SUPPORTED, CONTRADICTED, UNTOLD, UNSUPPORTED = range(4)
"""Classes of a judgement. UNSUPPORTED says that it is one of the two before it, and not which."""


@dataclass(frozen=True)
class ReadExample:
    """A question, a window of text with the places of its spans, and which of them answer.

    `answers` are the places of the answer itself in `text`, empty where the set does not tell.
    """

    source: str
    question: str
    title: str
    text: str
    spans: tuple[tuple[int, int], ...]
    labels: tuple[bool, ...]
    answers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class JudgeExample:
    """A statement, the text it is held against, and one of the four classes above."""

    source: str
    statement: str
    evidence: str
    label: int


def is_dense(text: str) -> bool:
    """Whether a text is written in characters that each hold a word or a part of one."""
    head = text[:200]
    return sum("\u3040" <= letter <= "\u9fff" for letter in head) > len(head) / 4


def windows_about(
    text: str, answers: Sequence[tuple[int, int]], random_source: random.Random, *, with_other: float = 0.0
) -> Iterator[tuple[str, tuple[tuple[int, int], ...], tuple[bool, ...], tuple[tuple[int, int], ...]]]:
    """A window of whole spans around the first answer, at a random place in it; with the chance
    `with_other` also one of the same text that holds no answer.
    """
    longest = LONGEST_WINDOW // 3 if is_dense(text) else LONGEST_WINDOW
    cuts = [place for place in cut(text) if place[1] > place[0]]
    holding = [i for i, place in enumerate(cuts) if any(_meets(place, answer) for answer in answers)]
    if holding:
        yield _window(text, cuts, holding[0], answers, longest, random_source)
    others = [i for i in range(len(cuts)) if i not in holding]
    if others and random_source.random() < with_other:
        begin = random_source.choice(others)
        made = _window(text, cuts, begin, answers, longest, random_source)
        if not any(made[2]):
            yield made


def _window(  # noqa: PLR0917
    text: str,
    cuts: Sequence[tuple[int, int]],
    centre: int,
    answers: Sequence[tuple[int, int]],
    longest: int,
    random_source: random.Random,
) -> tuple[str, tuple[tuple[int, int], ...], tuple[bool, ...], tuple[tuple[int, int], ...]]:
    first = last = centre
    longest = random_source.randint(longest // 3, longest)
    while True:
        ways = [way for way in (-1, 1) if 0 <= (first - 1 if way < 0 else last + 1) < len(cuts)]
        if not ways:
            break
        way = random_source.choice(ways)
        begin, end = (first - 1, last) if way < 0 else (first, last + 1)
        if cuts[end][1] - cuts[begin][0] > longest:
            break
        first, last = begin, end
    start, stop = cuts[first][0], min(cuts[last][1], cuts[first][0] + 2 * longest)
    spans = tuple(
        (max(a, start) - start, min(b, stop) - start) for a, b in cuts[first : last + 1] if a < stop
    )
    kept = tuple((a - start, b - start) for a, b in answers if start <= a and b <= stop)
    labels = tuple(any(_meets(place, answer) for answer in kept) for place in spans)
    return text[start:stop], spans, labels, kept


def joined(sentences: Iterable[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Sentences as one text, and where each stands in it."""
    text, places = "", []
    for sentence in sentences:
        if text:
            text += " "
        places.append((len(text), len(text) + len(sentence)))
        text += sentence
    return text, tuple(places)


def _meets(place: tuple[int, int], other: tuple[int, int]) -> bool:
    return place[0] < other[1] and other[0] < place[1]
