"""Hard negatives: passages that look right to the words or to the model and are not.

Mined by BM25 and by the model before its training (Xiong et al. 2021, "Approximate Nearest Neighbor Negative
Contrastive Learning"). A passage that beats the labelled one in both is more likely an answer nobody labelled
than a mistake, and is left out, as are near-copies of it (Qu et al. 2021, "RocketQA", on false negatives).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from donovan.training.trainers.retriever_rows import Judged, Passage, Question
from retrieval.lexical import LexicalQuery
from retrieval.postings import Counted, Postings, count
from retrieval.words import analysis_of, terms

DEEPEST = 20
"""How far down either ranking negatives are taken from."""

SAME_WORDS = 0.8
"""Passages that share more of their terms than this are copies of each other."""

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]


def postings_of(passages: Sequence[Passage]) -> Postings:
    """The passages as the lexical index counts them."""
    return count([Counted(p.title, "", p.text, analysis_of(p.language)) for p in passages])


def shares_of_words(question: str, postings: Postings) -> Floats:
    """BM25 of every passage as a share of the most that any could get, shape (passages,)."""
    asked = LexicalQuery(question, [postings])
    return asked.scores(postings) / max(asked.ceiling, 1e-9)


def mine(judged: Judged, questions: Matrix, passages: Matrix, most: int) -> list[list[int]]:
    """For each train question at most `most` passages, judged ones first, then by turns from both rankings.

    `questions` (n, d) and `passages` (m, d) are unit vectors of the train questions and of all passages.
    """
    postings = postings_of(judged.passages)
    kept: dict[int, frozenset[str]] = {}

    def words(place: int) -> frozenset[str]:
        if place not in kept:
            passage = judged.passages[place]
            kept[place] = frozenset(terms(passage.text, analysis_of(passage.language)))
        return kept[place]

    found = []
    for question, vector in zip(judged.train, questions, strict=True):
        cosine = (passages @ vector).astype(np.float64)
        share = shares_of_words(question.text, postings)
        chosen = list(question.rejected[:most])
        for place in _by_turns(cosine, share):
            if len(chosen) >= most:
                break
            if place not in chosen and _is_wrong(place, question, cosine, share):
                copies = (_overlap(words(place), words(good)) > SAME_WORDS for good in question.grades)
                if not any(copies):
                    chosen.append(place)
        found.append(chosen)
    return found


def _by_turns(cosine: Floats, share: Floats) -> list[int]:
    by_words = np.argsort(-share, kind="stable")[:DEEPEST].tolist()
    by_meaning = np.argsort(-cosine, kind="stable")[:DEEPEST].tolist()
    return [int(place) for pair in zip(by_words, by_meaning, strict=True) for place in pair]


def _is_wrong(place: int, question: Question, cosine: Floats, share: Floats) -> bool:
    if place in question.grades:
        return False
    good = list(question.grades)
    return not (cosine[place] >= cosine[good].max() and share[place] >= share[good].max())


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
