"""How well vectors and words rank the dev questions: nDCG@10, and which languages the vectors help in."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from donovan.evaluation import metrics
from donovan.training.trainers.retriever_model import Model
from donovan.training.trainers.retriever_negatives import postings_of, shares_of_words
from donovan.training.trainers.retriever_rows import Passage, Question
from retrieval.fusion import fuse

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

FEWEST_OF_A_LANGUAGE = 20
"""With fewer dev questions nothing is said of a language."""


def ndcg_of(scores: Floats, grades: Mapping[int, int]) -> float:
    """nDCG@10 of one question whose passages have `scores`; equal scores rank by place."""
    order = np.argsort(-scores, kind="stable")[:10]
    return metrics.ndcg([str(i) for i in order], {str(place): float(g) for place, g in grades.items()})


def dense_scores(questions: Matrix, passages: Matrix) -> Floats:
    return (questions @ passages.T).astype(np.float64)


def ndcgs(scores: Floats, questions: Sequence[Question]) -> Floats:
    """nDCG@10 of each question, shape (n,); `scores` is (n, passages)."""
    rows = [ndcg_of(row, question.grades) for row, question in zip(scores, questions, strict=True)]
    return np.array(rows, dtype=np.float64)


def fused_scores(dense: Floats, share: Floats) -> Floats:
    """What search would say did the model read every question and passage."""
    read = np.ones(dense.shape[1], dtype=np.bool_)
    return np.stack([fuse(d, s, 1.0, read) for d, s in zip(dense, share, strict=True)])


def languages_read(
    questions: Sequence[Question], fused: Floats, words: Floats, base: frozenset[str]
) -> frozenset[str]:
    """The languages that search may trust the model in.

    `fused` and `words` (n,) are nDCG@10 of each dev question with and without the model. What the base reads
    stays. Another language is added when the model makes search better in it by more than one standard error
    of the mean difference, over enough dev questions: to trust it wrongly costs what words had right.
    """
    added = set()
    for language in {question.language for question in questions} - base:
        of = np.array([question.language == language for question in questions])
        if of.sum() >= FEWEST_OF_A_LANGUAGE:
            gain = fused[of] - words[of]
            if gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)):
                added.add(language)
    return base | added


@dataclass(frozen=True)
class Figures:
    """Mean nDCG@10 on dev by meaning, by both as search fuses them and by words; languages to trust it in.

    `each` is nDCG@10 by meaning of every dev question.
    """

    dense: float
    fused: float
    words: float
    languages: tuple[str, ...]
    each: tuple[float, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError for anything but what `as_json` gave."""
        languages = tuple(str(code) for code in said["languages"])
        each = tuple(float(one) for one in said["each"])
        return cls(float(said["dense"]), float(said["fused"]), float(said["words"]), languages, each)


class Measure:
    """The dev questions, their passages and what words alone say of them, ready for any number of models."""

    def __init__(
        self, questions: Sequence[Question], passages: Sequence[Passage], base: frozenset[str]
    ) -> None:
        self._questions, self._passages, self._base = questions, passages, base
        postings = postings_of(passages)
        self._share = np.stack([shares_of_words(question.text, postings) for question in questions])
        self._words = ndcgs(self._share, questions)

    def figures(self, model: Model) -> Figures:
        """What `model` is worth with its present weights."""
        asked = model.encode([question.text for question in self._questions], is_query=True)
        passages = model.encode([passage.whole for passage in self._passages], is_query=False)
        dense = dense_scores(asked, passages)
        fused = ndcgs(fused_scores(dense, self._share), self._questions)
        each = ndcgs(dense, self._questions)
        read = languages_read(self._questions, fused, self._words, self._base)
        trusted = np.array([bool({question.language, "*"} & read) for question in self._questions])
        return Figures(
            dense=round(float(each.mean()), 5),
            fused=round(float(np.where(trusted, fused, self._words).mean()), 5),
            words=round(float(self._words.mean()), 5),
            languages=tuple(sorted(read)),
            each=tuple(round(float(one), 5) for one in each),
        )
