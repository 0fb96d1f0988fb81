"""A word of a question as the papers write it: "phone" where they say "telephone"."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from retrieval.embedding import get_embedder
from retrieval.embedding_errors import EmbedderUnavailable

LEAST_LIKE = 0.7
"""Cosine of two single words from which they may stand for each other; the reader is always told."""

_LEAST_SHARED = 5
_MOST_COMPARED = 60


def nearest_word(word: str, written: Counter[str], language: str) -> str:
    """The word among `written` (small letters, with how many papers have it) that means what `word` means, or
    nothing.

    By embeddings, for words written small: a name means nothing but itself. Compared are the words that
    share a part with it ("phone", "telephone") and the commonest.
    """
    if word[:1].isupper() or not word.isalpha():
        return ""
    shared = sorted(other for other in written if _share_part(word, other))[:_MOST_COMPARED]
    common = sorted(written, key=lambda other: (-written[other], other))[:_MOST_COMPARED]
    return _by_meaning(word, tuple(dict.fromkeys([*shared, *common])), language)


def _share_part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _LEAST_SHARED and (longer.endswith(shorter) or longer.startswith(shorter))


@lru_cache(maxsize=256)
def _by_meaning(word: str, others: tuple[str, ...], language: str) -> str:
    if not others:
        return ""
    try:
        embedder = get_embedder()
        if not embedder.reads(language):
            return ""
        vectors = embedder.encode([word, *others], is_query=False)
    except EmbedderUnavailable:
        return ""
    likeness = vectors[1:] @ vectors[0]
    best = int(likeness.argmax())
    return others[best] if float(likeness[best]) >= LEAST_LIKE else ""


def any_of(words: Iterable[str]) -> str:
    """Words in quotation marks for a sentence."""
    return ", ".join(f"“{word}”" for word in words)
