"""Conversations as tokens, and the order in which they are learned: the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from donovan.llm.vocabulary import Vocabulary
from donovan.training.trainers.language_model.options import ASK, Options
from donovan.training.trainers.language_model.rows import (
    MOST_FACTS_CHARACTERS,
    Answered,
    Preferred,
    cropped,
    messages,
)

_CHARACTERS_A_TOKEN = 3.0
_TRIES = 4
_BATCHES_SORTED_TOGETHER = 8


@dataclass(frozen=True)
class Continued:
    """A prompt and its continuation in tokens. Only the continuation is learned."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    weight: float

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


@dataclass(frozen=True)
class Pair:
    """A prompt with the better and the worse continuation."""

    better: Continued
    worse: Continued

    def __len__(self) -> int:
        return len(self.better) + len(self.worse)


class Sequences:
    """Makes training sequences with the words of one model."""

    def __init__(self, vocabulary: Vocabulary, options: Options) -> None:
        self._vocabulary = vocabulary
        self._options = options

    def answered(self, form: str, row: Answered) -> Continued:
        """The training sequence of a corrected answer in one form of prompt."""
        prompt = self._prompt(form, row, row.answer)
        return Continued(prompt, self._answer(row.answer), row.weight)

    def preferred(self, form: str, row: Preferred) -> Pair:
        """The two sequences of a preference, which share their prompt."""
        prompt = self._prompt(form, row, row.better)
        better, worse = (
            Continued(prompt, self._answer(text), row.weight) for text in (row.better, row.worse)
        )
        return Pair(better, worse)

    def _prompt(self, form: str, row: Answered | Preferred, answer: str) -> tuple[int, ...]:
        longest = self._options.longest_prompt
        characters = int(longest * _CHARACTERS_A_TOKEN)
        if form == ASK:
            characters = min(characters, MOST_FACTS_CHARACTERS)
        tokens: list[int] = []
        for _ in range(_TRIES):
            shown = cropped(row.context, row.question, answer, characters)
            tokens = self._vocabulary.prompt(messages(form, row.question, shown))
            if len(tokens) <= longest:
                break
            characters = int(characters * longest / len(tokens) * 0.9)
        # The end of a prompt says what is asked and that an answer follows: what does not fit goes at its
        # front.
        return tuple(tokens[-longest:])

    def _answer(self, text: str) -> tuple[int, ...]:
        tokens = self._vocabulary.tokens(text)
        if len(tokens) < self._options.longest_answer:
            return (*tokens, self._vocabulary.end)
        # A long answer is learned as far as it goes; that it ends there must not be learned.
        return tuple(tokens[: self._options.longest_answer])


def form_of(number: int, epoch: int, forms: Sequence[str]) -> str:
    """Each example takes the forms in turn, so that over the epochs it is seen in all of them."""
    return forms[(number + epoch) % len(forms)]


def batches(lengths: Sequence[int], size: int, seed: str) -> list[list[int]]:
    """Indexes in batches, drawn by `seed`; those of near length together, so that little is padding."""
    draw = random.Random(seed)  # noqa: S311 - an order, not a secret
    order = list(range(len(lengths)))
    draw.shuffle(order)
    window = size * _BATCHES_SORTED_TOGETHER
    made = []
    for start in range(0, len(order), window):
        near = sorted(order[start : start + window], key=lambda index: lengths[index])
        made += [near[at : at + size] for at in range(0, len(near), size)]
    draw.shuffle(made)
    return made
