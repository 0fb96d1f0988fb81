"""What the reader is held to while it learns from labels: what it says of a few invented texts with their
questions (`anchors.json`, in six languages), and of the texts at hand where nobody judged: questions put to
other windows, sentences against their windows, and sentences with one thing changed.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from donovan.training.reader.corruptions import corrupted, names_in
from donovan.training.reader.examples import SUPPORTED, UNTOLD, JudgeExample, ReadExample
from donovan.training.trainers.reader_lessons import Lesson, Place, cut_windows

ANCHORS = Path(__file__).resolve().parents[1] / "reader" / "anchors.json"
MOST_CHANGES = 100
Example = TypeVar("Example", ReadExample, JudgeExample)
SHORTEST = 8
"""Characters of a sentence that is worth changing."""


@dataclass(frozen=True)
class _Text:
    """A window, and the questions that were asked about it."""

    title: str
    text: str
    spans: tuple[Place, ...]
    asked: frozenset[str]

    @property
    def sentences(self) -> list[str]:
        found = [self.text[start:end] for start, end in self.spans]
        return [one for one in found if len(one) >= SHORTEST]


@lru_cache(maxsize=1)
def anchors() -> tuple[Lesson, ...]:
    """The invented texts, each under its questions."""
    found = []
    for said in json.loads(ANCHORS.read_text(encoding="utf-8")):
        ((text, spans),) = cut_windows(said["text"])
        for question, right in said["asked"]:
            labels = tuple(place == right for place in range(len(spans)))
            window = ReadExample("anchors", question, said["title"], text, spans, labels)
            found.append(Lesson(question, (window,), group=said["title"]))
    return tuple(found)


def guard_examples(
    lessons: Sequence[Lesson], most: int, seed: int
) -> tuple[list[ReadExample], list[JudgeExample]]:
    """At most `most` examples of reading and as many of judging, half of them of the invented texts, of which
    those of reading hold their answer every second time. Labels of the others say nothing.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    known, at_hand = _made(anchors(), chance), _made(lessons, chance)
    right = [window for lesson in anchors() for window in lesson.reading]
    chance.shuffle(right)
    mixed = [one for pair in zip(right, known[0], strict=False) for one in pair]
    return _half(mixed, at_hand[0], most), _half(known[1], at_hand[1], most)


def _half(first: Sequence[Example], others: Sequence[Example], most: int) -> list[Example]:
    drawn = list(first[: (most + 1) // 2])
    return drawn + list(others[: most - len(drawn)])


def _made(lessons: Sequence[Lesson], chance: random.Random) -> tuple[list[ReadExample], list[JudgeExample]]:
    """Examples whose labels say nothing, shuffled."""
    texts = list(_texts(lessons))
    questions = sorted({lesson.question for lesson in lessons})
    reading, judging = [], []
    for place, one in enumerate(texts):
        others = [question for question in questions if question not in one.asked]
        for question in chance.sample(others, min(2, len(others))):
            nothing = (False,) * len(one.spans)
            reading.append(ReadExample("guard", question, one.title, one.text, one.spans, nothing))
        if not one.sentences:
            continue
        sentence, other = chance.choice(one.sentences), texts[(place + 1) % len(texts)]
        judging.append(JudgeExample("guard", sentence, one.text, UNTOLD))
        judging.append(JudgeExample("guard", sentence, other.text, UNTOLD))
        if changed := corrupted(sentence, "en", names_in(other.sentences), chance):
            judging.append(JudgeExample("guard", changed[0], one.text, UNTOLD))
    chance.shuffle(reading)
    chance.shuffle(judging)
    return reading, judging


def changes_in(lessons: Sequence[Lesson], seed: int) -> list[tuple[JudgeExample, JudgeExample]]:
    """Sentences at hand against the windows that they stand in, each beside the same with one thing
    changed.
    """
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    texts = list(_texts(lessons))
    names = names_in([sentence for one in texts for sentence in one.sentences])
    found = []
    for one in texts:
        for sentence in one.sentences:
            if changed := corrupted(sentence, "en", names, chance):
                true = JudgeExample("changes", sentence, one.text, SUPPORTED)
                found.append((true, JudgeExample("changes", changed[0], one.text, changed[1])))
    chance.shuffle(found)
    return found[:MOST_CHANGES]


def _texts(lessons: Sequence[Lesson]) -> Iterator[_Text]:
    """Every window once, those of the evidence of claims too."""
    asked: dict[tuple[str, str, tuple[Place, ...]], set[str]] = {}
    for lesson in lessons:
        windows = [(one.title, one.text, one.spans) for one in lesson.reading]
        if lesson.judging is not None:
            windows += [("", text, spans) for text, spans in cut_windows(lesson.judging.evidence)]
        for window in windows:
            asked.setdefault(window, set()).add(lesson.question)
    for (title, text, spans), questions in asked.items():
        yield _Text(title, text, spans, frozenset(questions))
