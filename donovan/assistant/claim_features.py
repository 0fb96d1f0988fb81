"""What a trained verifier looks at in a claim and its evidence. Training and serving share this one place.

Embeddings of claim c and evidence e give c, e, |c-e| and c*e (Conneau et al. 2017, InferSent); beside them
stand a few plain counts that embeddings are known to miss: numbers, names, denials, words that are new.
"""

import re
from collections.abc import Sequence

import numpy as np

from donovan.assistant.words import CJK_NEGATIONS, HEDGES, NEGATIONS
from retrieval.embedder import Embedder
from retrieval.embedder import Vectors as Features

VERSION = 1
"""Raise it when a feature changes: a verifier trained with other features is not used."""

SUPPORTED = "supported"
UNSUPPORTED = "unsupported"

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?|\d[\d.,:]*")
_NUMBER = re.compile(r"\d[\d.,:]*")
_LEXICAL_WEIGHT = 1.0


def claim_features(
    embedder: Embedder, pairs: Sequence[tuple[str, Sequence[str]]], *, kept: dict[str, Features] | None = None
) -> Features:
    """Features of (claim, evidence texts), shape (pairs, 4 * dimensions + lexical). Of several texts the one
    nearest to the claim counts.

    `kept` is a memory of vectors by text that the caller may hand in. Raises EmbedderUnavailable.
    """
    vectors = kept if kept is not None else {}
    wanted = {text for claim, evidence in pairs for text in (claim, *(evidence or ("",)))}
    missing = sorted(wanted - set(vectors))
    for text, vector in zip(missing, embedder.encode(missing, is_query=False), strict=True):
        vectors[text] = vector
    return np.stack([_features(vectors, claim, list(evidence) or [""]) for claim, evidence in pairs])


def _features(vectors: dict[str, Features], claim: str, evidence: Sequence[str]) -> Features:
    said = vectors[claim]
    best = max(evidence, key=lambda text: float(said @ vectors[text]))
    shown = vectors[best]
    dense = [said, shown, np.abs(said - shown), said * shown]
    plain = [_LEXICAL_WEIGHT * value for value in lexical(claim, " ".join(evidence), float(said @ shown))]
    return np.concatenate([*dense, np.array(plain, dtype=np.float32)]).astype(np.float32)


def lexical(claim: str, evidence: str, cosine: float) -> list[float]:
    """The plain counts, each about 0 to 1."""
    said, shown = _words(claim), _words(evidence)
    words = {word.casefold() for word in said}
    there = {word.casefold() for word in shown}
    numbers = {word.rstrip(".,:") for word in said if _NUMBER.match(word)}
    numbers_there = {word.rstrip(".,:") for word in shown if _NUMBER.match(word)}
    names = {word.casefold() for word in said[1:] if word[:1].isupper()}
    return [
        cosine,
        _share(words - there, words),
        _share(numbers - numbers_there, numbers),
        _share(names - there, names),
        float(bool(numbers - numbers_there)),
        float(bool(names - there)),
        float(_denies(claim, words) != _denies(evidence, there)),
        float(bool((there & HEDGES) - words)),
        min(2.0, len(said) / max(1, len(shown))) / 2.0,
    ]


def _words(text: str) -> list[str]:
    return list(_WORD.findall(text))


def _share(part: set[str], whole: set[str]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _denies(text: str, words: set[str]) -> bool:
    return bool(words & NEGATIONS) or any(mark in text for mark in CJK_NEGATIONS)
