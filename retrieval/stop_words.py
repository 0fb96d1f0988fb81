"""Words that every text of a language holds and that tell nothing of what it is about.

The lists are in `stop_words.txt`, with where they come from. They decide what is shown and compared, never
what is indexed: every word can be searched for.
"""

from functools import lru_cache
from pathlib import Path

from .words import PLAIN, analysis_of

_FILE = Path(__file__).with_name("stop_words.txt")


@lru_cache(maxsize=64)
def stop_words(analysis: str) -> frozenset[str]:
    """The stop words of an analysis of `retrieval.words`, folded; those of all languages without a stemmer
    for `PLAIN`.
    """
    found: set[str] = set()
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        language, *words = line.split()
        if not line.startswith("#") and analysis_of(language) == analysis:
            found.update(words)
    return frozenset(found)


@lru_cache(maxsize=1)
def every_stop_word() -> frozenset[str]:
    """The stop words of all languages together, folded."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split()[1:])


def is_stop_word(word: str, analysis: str) -> bool:
    """Whether a folded word tells nothing in texts of this analysis. English stands in texts of no known
    language too.
    """
    return word in stop_words(analysis) or (analysis == PLAIN and word in stop_words("en"))
