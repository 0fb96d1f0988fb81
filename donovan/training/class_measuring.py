"""What a triage model is worth on the test split of its own data set, beside what serves now.

There is no fixed suite for classes: they are whatever the analysts made them. So the candidate and the model
in service name the class of the same held-out documents; where none serves, always naming the commonest class
of the training documents stands for it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from donovan.access.models import User
from donovan.access.scope import scope_for
from donovan.evaluation.figures import resampled_means
from donovan.feedback.datasets import reading
from donovan.insight.triage.features import document_features
from donovan.insight.triage.services import serving_triage
from donovan.training.models import Candidate
from retrieval.classifying import read_classifier
from retrieval.embedding import get_embedder
from retrieval.model_folders import read_model

_FEWEST = 10


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
        of_what = f"in {self.language}" if self.language else "over all"
        return (
            f"{of_what} {self.before:.3f} became {self.after:.3f} ({self.after - self.before:+.3f}, "
            f"95 % interval {self.low:+.3f} to {self.high:+.3f}, {self.n} documents)"
        )

    def is_worse(self, margin: float) -> bool:
        return self.after - self.before < -margin and self.high < 0.0


def measure_classes(candidate: Candidate, person: User) -> list[ClassDifference]:
    """The difference over all test documents, then in each language with enough of them; none without a test
    split. Raises DatasetError, ModelTampered, EmbedderUnavailable.
    """
    named = f"{candidate.facts['dataset']}@{candidate.facts['dataset_version']}"
    version = reading.find_version(named, scope_for(person))
    tests = list(reading.read_split(version, "test"))
    if not tests:
        return []
    right = np.array([str(one["value"]["class"]) for one in tests])
    texts = [(str(one["input"].get("title", "")), str(one["input"]["text"])) for one in tests]
    features = document_features(get_embedder(), texts)
    after = _named(read_classifier(read_model(candidate.folder, candidate.digest)).best(features)) == right
    serving, _why = serving_triage()
    if serving is not None:
        before = _named(serving.best(features)) == right
    else:
        commonest = Counter(str(one["value"]["class"]) for one in reading.read_split(version, "train"))
        before = right == commonest.most_common(1)[0][0]
    return list(_differences([str(one.get("language", "")) for one in tests], before, after))


def _named(best: Sequence[tuple[str, float]]) -> Any:
    return np.array([shown for shown, _confidence in best])


def _differences(languages: Sequence[str], before: Any, after: Any) -> Iterator[ClassDifference]:
    by = after.astype(float) - before.astype(float)
    codes = np.array(languages)
    for language in ("", *sorted(set(languages) - {""})):
        rows = np.ones(len(by), dtype=bool) if not language else codes == language
        if language and rows.sum() < _FEWEST:
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
