"""What results are worth against gold. Pure functions; every share is 0 to 1."""

import math
import unicodedata
from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Levenshtein


def ndcg(ranked: Sequence[str], gold: Mapping[str, float], depth: int = 10) -> float:
    """Normalised discounted cumulative gain of a ranking of ids down to `depth`.

    Gains are linear in the grade, as in the BEIR benchmark (Järvelin & Kekäläinen 2002, trec_eval's
    ndcg_cut).
    """
    gain = math.fsum(gold.get(name, 0.0) / math.log2(rank + 2) for rank, name in enumerate(ranked[:depth]))
    best = sorted((grade for grade in gold.values() if grade > 0), reverse=True)[:depth]
    ideal = math.fsum(grade / math.log2(rank + 2) for rank, grade in enumerate(best))
    return gain / ideal if ideal else 0.0


def recall(ranked: Sequence[str], gold: Mapping[str, float], depth: int = 100) -> float:
    """Share of the relevant ids that are among the first `depth`."""
    relevant = {name for name, grade in gold.items() if grade > 0}
    return len(relevant.intersection(ranked[:depth])) / len(relevant) if relevant else 0.0


def normalise_for_reading(text: str) -> str:
    """Text as it is compared to judge OCR.

    Unicode NFKC (ligatures and full-width forms become plain), curly quotes and long dashes become straight
    and short ones, every run of white space - line ends too - becomes one space, none at the ends. Case,
    accents and punctuation count.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    return " ".join(plain.split())


_TYPOGRAPHY = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "—": "-",
        "−": "-",
        "‐": "-",
        "\u00ad": None,
    }
)


def character_errors(read: str, gold: str) -> tuple[int, int]:
    """Least number of characters to insert, delete or replace, and the characters of the gold, both
    normalised.
    """
    read, gold = normalise_for_reading(read), normalise_for_reading(gold)
    return Levenshtein.distance(read, gold), len(gold)


def word_errors(read: str, gold: str) -> tuple[int, int]:
    """Least number of words to insert, delete or replace, and the words of the gold, both normalised."""
    read_words, gold_words = normalise_for_reading(read).split(), normalise_for_reading(gold).split()
    return Levenshtein.distance(read_words, gold_words), len(gold_words)
