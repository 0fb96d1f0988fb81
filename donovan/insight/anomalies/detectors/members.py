"""The outlier detectors that vote on the rows of a table: PyOD's, by tails, cuts, clusters and neighbours."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from pyod.models.copod import COPOD
from pyod.models.gmm import GMM
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.inne import INNE
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.mcd import MCD

from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.anomalies.detectors.threads import one_thread

_WIDEST: Final = 500
_MOST_COLUMNS_FOR_MCD: Final = 200

MEMBERS: Final[Mapping[str, Callable[[int, int], Any]]] = {
    "IForest": lambda seed, _: IForest(random_state=seed, n_jobs=1),
    "COPOD": lambda _, __: COPOD(),
    "HBOS": lambda _, __: HBOS(),
    "INNE": lambda seed, _: INNE(random_state=seed),
    "GMM": lambda seed, _: GMM(random_state=seed),
    "MCD": lambda seed, _: MCD(random_state=seed),
    "KNN": lambda _, rows: KNN(n_neighbors=min(5, rows - 1)),
    "KNN wide": lambda _, rows: KNN(n_neighbors=_wide(rows), method="mean"),
    "LOF": lambda _, rows: LOF(n_neighbors=min(20, rows - 1)),
    "LOF wide": lambda _, rows: LOF(n_neighbors=max(_wide(rows), min(20, rows - 1))),
}


def _wide(rows: int) -> int:
    """A tenth of the rows: outliers that lie together are then still far from most of their neighbours."""
    return max(min(rows // 10, _WIDEST), min(5, rows - 1))


_LARGEST: Final = float(np.finfo(np.float32).max)


def member_scores(name: str, rows: Floats, learnt_from: Floats, seed: int) -> Floats:
    """How unusual the member finds each of `rows`; higher is more. It learns from `learnt_from`."""
    if name == "MCD" and rows.shape[1] > _MOST_COLUMNS_FOR_MCD:
        raise ValueError(f"it is too slow for {rows.shape[1]} columns")
    detector = MEMBERS[name](seed, len(learnt_from))
    with one_thread():
        detector.fit(learnt_from)
        is_same = rows is learnt_from
        scores = detector.decision_scores_ if is_same else detector.decision_function(rows)
    told: Floats = np.nan_to_num(np.asarray(scores, dtype=np.float64).ravel(), posinf=_LARGEST)
    return told
