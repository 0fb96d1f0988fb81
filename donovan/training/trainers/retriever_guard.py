"""What the model should not forget: texts whose vectors are to stay where the base model puts them.

An installation's other languages and subjects are not among the labels. Texts at hand stand for them, and
where there are none, texts made of the model's own words: sequences drawn from its vocabulary, the frequent
words more often, each script by itself. A network kept from drifting on random inputs forgets less of what it
learnt from real ones (Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal").
"""

import random
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

LEAST_WORDS, MOST_WORDS = 4, 40
LEAST_LETTERS, MOST_LETTERS = 2, 8
LATIN_SHARE = 0.7
MOST_GIVEN = 2_000


def guard_texts(given: Sequence[str], vocabulary: Mapping[str, int], made: int, seed: int) -> list[str]:
    """The texts to hold fast to: `given` ones, at most MOST_GIVEN drawn by `seed`, and `made` ones."""
    rng = random.Random(seed)  # noqa: S311  # a sample, not a secret
    chosen = [text for text in given if text.strip()]
    if len(chosen) > MOST_GIVEN:
        chosen = rng.sample(chosen, MOST_GIVEN)
    return chosen + made_texts(vocabulary, rng, made)


def made_texts(vocabulary: Mapping[str, int], rng: random.Random, count: int) -> list[str]:
    """Sequences of words without a meaning, of one script each. No word, no text."""
    words, letters = _words_and_letters(vocabulary)
    texts = []
    scripts = sorted(letters)
    for _ in range(count):
        length = rng.randint(LEAST_WORDS, MOST_WORDS)
        if scripts and (not words or rng.random() >= LATIN_SHARE):
            of_script = letters[scripts[rng.randrange(len(scripts))]]
            texts.append(" ".join(_made_word(of_script, rng) for _ in range(length)))
        elif words:
            # Vocabularies of this kind are in order of frequency, which falls with the rank (Zipf).
            texts.append(" ".join(words[int(len(words) ** rng.random()) % len(words)] for _ in range(length)))
    return texts


def _made_word(letters: Sequence[str], rng: random.Random) -> str:
    return "".join(rng.choice(letters) for _ in range(rng.randint(LEAST_LETTERS, MOST_LETTERS)))


def _words_and_letters(vocabulary: Mapping[str, int]) -> tuple[list[str], dict[str, list[str]]]:
    """Latin words of two letters and more by rank, and the letters of every other script of some size."""
    words: list[str] = []
    letters: dict[str, list[str]] = defaultdict(list)
    for token in sorted(vocabulary, key=lambda token: vocabulary[token]):
        if token.isascii():
            if token.isalpha() and len(token) > 1:
                words.append(token)
        elif len(token) == 1 and token.isalpha():
            letters[unicodedata.name(token, "? ").split()[0]].append(token)
    return words, {script: found for script, found in letters.items() if len(found) >= 20}
