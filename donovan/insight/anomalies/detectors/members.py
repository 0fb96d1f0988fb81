"""The outlier detectors that vote on the rows of a table: PyOD's, each at its defaults."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.gmm import GMM
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.inne import INNE
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.pca import PCA

from donovan.insight.anomalies.detectors.grid import Floats

MEMBERS: Final[Mapping[str, Callable[[int], Any]]] = {
    "IForest": lambda seed: IForest(random_state=seed, n_jobs=1),
    "ECOD": lambda _: ECOD(),
    "COPOD": lambda _: COPOD(),
    "HBOS": lambda _: HBOS(),
    "KNN": lambda _: KNN(),
    "LOF": lambda _: LOF(),
    "PCA": lambda seed: PCA(random_state=seed),
    "INNE": lambda seed: INNE(random_state=seed),
    "GMM": lambda seed: GMM(random_state=seed),
}
_LARGEST: Final = float(np.finfo(np.float32).max)


def member_scores(name: str, rows: Floats, learnt_from: Floats, seed: int) -> Floats:
    """How unusual the member finds each of `rows`; higher is more. It learns from `learnt_from`."""
    detector = MEMBERS[name](seed)
    detector.fit(learnt_from)
    is_same = rows is learnt_from
    scores = detector.decision_scores_ if is_same else detector.decision_function(rows)
    told: Floats = np.nan_to_num(np.asarray(scores, dtype=np.float64).ravel(), posinf=_LARGEST)
    return told
