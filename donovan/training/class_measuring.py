"""What a triage model is worth on the test split of its own data set, beside what serves now.

There is no fixed suite for classes: they are whatever the analysts made them. So the candidate and the model
in service name the class of the same held-out documents; where none serves, always naming the commonest class
of the training documents stands for it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.evaluation.figures import resampled_means
from donovan.feedback.datasets import reading
from donovan.insight.triage.features import document_features
from donovan.insight.triage.services import serving_triage
from donovan.library.media import language_name
from donovan.training.margins import FEWEST_OF_A_LANGUAGE
from donovan.training.models import Candidate
from retrieval.classifying import read_classifier
from retrieval.embedding import get_embedder
from retrieval.model_folders import read_model


@dataclass(frozen=True)
class ClassDifference:
    """Share of right classes before and after, over all test documents or one language; 95 % interval."""

    language: str
    before: float
    after: float
    low: float
    high: float
    n: int

    @property
    def words(self) -> str:
        of_what = f"in {language_name(self.language)}" if self.language else "over all"
        return (
            f"{of_what} {self.before:.3f} became {self.after:.3f} ({self.after - self.before:+.3f}, "
            f"95 % interval {self.low:+.3f} to {self.high:+.3f}, {self.n} documents)"
        )

    def is_worse(self, margin: float) -> bool:
        return self.after - self.before < -margin and self.high < 0.0


@dataclass(frozen=True)
class ClassFigures:
    """What was measured: the difference over all test documents, then in each language with enough of them.

    `before` says in words what the candidate is held against. `tested` and `learnt` count the documents of
    each language in the test split, and in what it was trained on; "" counts those that name none.
    `untypical` test documents it finds like none that it learnt from, and gives no class in service.
    """

    before: str
    differences: tuple[ClassDifference, ...]
    tested: Mapping[str, int]
    learnt: Mapping[str, int]
    claimed: frozenset[str]
    untypical: int = 0

    @property
    def overall(self) -> ClassDifference:
        return self.differences[0]

    @property
    def by_language(self) -> tuple[ClassDifference, ...]:
        return self.differences[1:]


def measure_classes(candidate: Candidate, person: User) -> ClassFigures | None:
    """The candidate beside what serves; None without a test split.

    Raises DatasetError, ModelTampered, EmbedderUnavailable.
    """
    named = f"{candidate.facts['dataset']}@{candidate.facts['dataset_version']}"
    version = reading.find_version(named, scope_for(person))
    rows = list(reading.read_all(version))
    tests = [one for one in rows if one["split"] == "test"]
    if not tests:
        return None
    learnt = [one for one in rows if one["split"] != "test"]
    right = np.array([str(one["value"]["class"]) for one in tests])
    texts = [(str(one["input"].get("title", "")), str(one["input"]["text"])) for one in tests]
    features = document_features(get_embedder(), texts)
    classifier = read_classifier(read_model(candidate.folder, candidate.digest))
    after = _named(classifier.best(features)) == right
    serving, why = serving_triage()
    if serving is not None:
        before = _named(serving.best(features)) == right
        words = f"{serving.shown}, which serves now"
    else:
        commonest = Counter(str(one["value"]["class"]) for one in learnt).most_common(1)[0][0]
        before = right == commonest
        none = "the promoted model cannot be used" if why else "no model serves in this role"
        words = f"always naming the commonest class, “{commonest}”, as {none}"
    return ClassFigures(
        words,
        tuple(_differences([_language(one) for one in tests], before, after)),
        Counter(_language(one) for one in tests),
        Counter(_language(one) for one in learnt),
        classifier.languages,
        classifier.is_typical(features).count(False),
    )


def _language(row: Mapping[str, Any]) -> str:
    return str(row.get("language", ""))


def _named(best: Sequence[tuple[str, float]]) -> Any:
    return np.array([shown for shown, _confidence in best])


def _differences(languages: Sequence[str], before: Any, after: Any) -> Iterator[ClassDifference]:
    by = after.astype(float) - before.astype(float)
    codes = np.array(languages)
    for language in ("", *sorted(set(languages) - {""})):
        rows = np.ones(len(by), dtype=bool) if not language else codes == language
        if language and rows.sum() < FEWEST_OF_A_LANGUAGE:
            continue
        low, high = np.quantile(resampled_means(by[rows]), [0.025, 0.975])
        yield ClassDifference(
            language,
            float(before[rows].mean()),
            float(after[rows].mean()),
            float(low),
            float(high),
            int(rows.sum()),
        )
