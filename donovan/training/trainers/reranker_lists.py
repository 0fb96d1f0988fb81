"""For each labelled question the candidates that search would show, their features and their grades."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from donovan.training.trainers.retriever_negatives import postings_of, shares_of_words
from donovan.training.trainers.retriever_rows import Judged, Question
from retrieval.embedder import Embedder, Vectors
from retrieval.fusion import fuse
from retrieval.query_language import is_read_by
from retrieval.reranking import Candidate, features_of_all

FEWEST_CANDIDATES = 5

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """One question's candidates in fused order. `features` is (n, k), `grades` (n,); `lost` are the grades of
    answering passages that are not among them; `kept` (n,) marks candidates to learn from.
    """

    features: Floats
    grades: Floats
    kept: npt.NDArray[np.bool_]
    lost: tuple[int, ...]
    weight: float


def lists_of(
    judged: Judged,
    embedder: Embedder,
    asked: Vectors,
    passages: Vectors,
    *,
    most: int,
    stop: Callable[[], None],
) -> list[Ranked]:
    """The lists of the train questions and then of the dev questions. `stop` may raise between two."""
    postings = postings_of(judged.passages)
    reads = np.array(
        [embedder.reads(passage.language or "en") for passage in judged.passages], dtype=np.bool_
    )
    found = []
    for question, vector in zip((*judged.train, *judged.dev), asked, strict=True):
        stop()
        share = shares_of_words(question.text, postings)
        is_read = reads & is_read_by(embedder, question.text)
        cosine = np.where(is_read, passages @ vector, 0.0).astype(np.float64)
        fused = fuse(cosine, share, 1.0, is_read)
        best = np.argsort(-fused, kind="stable")[:most]
        found.append(_ranked(judged, question, best, cosine=cosine, share=share, is_read=is_read))
    return found


def _ranked(
    judged: Judged,
    question: Question,
    best: npt.NDArray[np.int64],
    *,
    cosine: Floats,
    share: Floats,
    is_read: npt.NDArray[np.bool_],
) -> Ranked:
    good = list(question.grades)
    candidates = [
        Candidate(
            title=judged.passages[place].title,
            heading="",
            text=judged.passages[place].text,
            cosine=float(cosine[place]),
            bm25_share=float(share[place]),
            is_read=bool(is_read[place]),
            language=judged.passages[place].language,
        )
        for place in best
    ]
    grades = np.array([question.grades.get(int(place), 0) for place in best], dtype=np.float64)
    # One that beats every labelled answer by words and by meaning may be an answer that nobody labelled.
    beats = (cosine[best] >= cosine[good].max()) & (share[best] >= share[good].max())
    rejected = np.isin(best, np.array(question.rejected, dtype=np.int64))
    return Ranked(
        features=features_of_all(question.text, candidates),
        grades=grades,
        kept=(grades > 0) | rejected | ~beats,
        lost=tuple(grade for place, grade in question.grades.items() if place not in set(best.tolist())),
        weight=question.weight,
    )


def targets(lists: Sequence[Ranked]) -> list[Ranked]:
    """The lists that something can be learnt from: an answer is among the candidates, and something else."""
    return [
        one for one in lists if one.grades.max() > 0 and int(one.kept.sum()) > int((one.grades > 0).sum())
    ]
