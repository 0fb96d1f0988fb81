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


def answered_as(form: str, row: Answered, vocabulary: Vocabulary, options: Options) -> Continued:
    """The training sequence of a corrected answer in one form of prompt."""
    prompt = _prompt(form, row.question, row.context, row.answer, vocabulary, options)
    return Continued(prompt, _answer(row.answer, vocabulary, options), row.weight)


def preferred_as(form: str, row: Preferred, vocabulary: Vocabulary, options: Options) -> Pair:
    """The two sequences of a preference, which share their prompt."""
    prompt = _prompt(form, row.question, row.context, row.better, vocabulary, options)
    better, worse = (
        Continued(prompt, _answer(text, vocabulary, options), row.weight) for text in (row.better, row.worse)
    )
    return Pair(better, worse)


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


def _prompt(
    form: str,
    question: str,
    context: tuple[str, ...],
    answer: str,
    vocabulary: Vocabulary,
    options: Options,
) -> tuple[int, ...]:
    characters = int(options.longest_prompt * _CHARACTERS_A_TOKEN)
    if form == ASK:
        characters = min(characters, MOST_FACTS_CHARACTERS)
    tokens: list[int] = []
    for _ in range(_TRIES):
        shown = cropped(context, question, answer, characters)
        tokens = vocabulary.prompt(messages(form, question, shown))
        if len(tokens) <= options.longest_prompt:
            break
        characters = int(characters * options.longest_prompt / len(tokens) * 0.9)
    # The end of a prompt says what is asked and that an answer follows: what does not fit goes at its front.
    return tuple(tokens[-options.longest_prompt :])


def _answer(text: str, vocabulary: Vocabulary, options: Options) -> tuple[int, ...]:
    tokens = vocabulary.tokens(text)
    if len(tokens) < options.longest_answer:
        return (*tokens, vocabulary.end)
    # A long answer is learned as far as it goes; that it ends there must not be learned.
    return tuple(tokens[: options.longest_answer])
