"""Each library's detector alone, at its defaults: what the product's own choice is compared with.

Random choices get the seed, so that a comparison can be made again; nothing else is set. A detector sees a
series as PyOD's TimeSeriesOD cuts it into windows ("windows"), or each value by itself ("values").
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import ruptures
import stumpy
from pyod.models.abod import ABOD
from pyod.models.cblof import CBLOF
from pyod.models.cof import COF
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.gmm import GMM
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.inne import INNE
from pyod.models.kde import KDE
from pyod.models.knn import KNN
from pyod.models.loda import LODA
from pyod.models.lof import LOF
from pyod.models.mad import MAD
from pyod.models.mcd import MCD
from pyod.models.ocsvm import OCSVM
from pyod.models.pca import PCA
from pyod.models.qmcd import QMCD
from pyod.models.sampling import Sampling
from pyod.models.ts_od import TimeSeriesOD
from pyod.models.ts_spectral_residual import SpectralResidual
from statsmodels.tsa.seasonal import STL

from donovan.insight.anomalies.detectors.character import character_of
from donovan.insight.anomalies.detectors.grid import Floats, lay_on_grid
from donovan.insight.anomalies.detectors.robust import standardised

WINDOW: Final = 50
THRESHOLD: Final = 6.0

_CHEAP: Final = (IForest, KNN, LOF, ECOD, COPOD, HBOS, PCA, INNE, GMM, CBLOF, MCD, LODA)
TABLE_DETECTORS: Final[Mapping[str, type]] = {
    each.__name__: each for each in (*_CHEAP, OCSVM, KDE, ABOD, COF, QMCD, Sampling)
}


def table_scores(name: str, matrix: Floats, seed: int) -> Floats:
    """Scores of the rows; higher is more unusual. Whatever the detector raises is let through."""
    detector = _at_defaults(TABLE_DETECTORS[name], seed)
    detector.fit(matrix)
    return _finite(detector.decision_scores_)


def series_scores(name: str, seconds: Floats, values: Floats, seed: int) -> tuple[Floats, float]:
    """Scores of the points, and the score from which on the detector itself calls a point unusual.

    PyOD's has its own threshold. The others have none and get the one of the product, six robust standard
    deviations over their middle score. Whatever the detector raises is let through.
    """
    family, _, way = name.partition(", ")
    if family.startswith("PyOD "):
        kind = family.removeprefix("PyOD ")
        column = values.reshape(-1, 1)
        if kind == "SpectralResidual":
            detector: Any = SpectralResidual()
        else:
            detector = _at_defaults(_OF_SERIES[kind], seed)
            if way == "windows":
                detector = TimeSeriesOD(detector=detector, window_size=WINDOW)
        detector.fit(column)
        return _finite(detector.decision_scores_), float(detector.threshold_)
    return standardised(_finite(_OTHERS[name](seconds, values))), THRESHOLD


def _at_defaults(kind: type, seed: int) -> Any:
    if "random_state" in inspect.signature(kind).parameters:
        return kind(random_state=seed)
    return kind()


def _finite(scores: Any) -> Floats:
    largest = float(np.finfo(np.float32).max)
    told: Floats = np.nan_to_num(
        np.asarray(scores, dtype=np.float64).ravel(), posinf=largest, neginf=-largest
    )
    return told


def _profile(kind: Callable[..., Any]) -> Callable[[Floats, Floats], Floats]:
    def scores(_: Floats, values: Floats) -> Floats:
        profile = _finite(kind(values.copy(), WINDOW)[:, 0])
        padded = np.full(len(values), profile.min())
        padded[WINDOW // 2 : WINDOW // 2 + len(profile)] = profile
        return padded

    return scores


def _stl(seconds: Floats, values: Floats) -> Floats:
    """The residual of STL at the period found in the data, or without one at a period of one window."""
    period = character_of(lay_on_grid(seconds, values)).period
    rest: Floats = np.abs(np.asarray(STL(values, period=period or WINDOW).fit().resid))
    return rest


def _pelt(_: Floats, values: Floats) -> Floats:
    """At each change point how far the means of its two segments lie apart; on block means."""
    block = max(-(-len(values) // 1000), 1)
    means = values[: len(values) // block * block].reshape(-1, block).mean(axis=1)
    noise = float(np.var(np.diff(means))) / 2
    breaks = ruptures.Pelt(model="l2").fit(means.reshape(-1, 1)).predict(pen=3 * np.log(len(means)) * noise)
    scores = np.zeros(len(values))
    for one, two, three in zip([0, *breaks], breaks, breaks[1:], strict=False):
        scores[two * block] = abs(means[two:three].mean() - means[one:two].mean())
    return scores


def _rolling(_: Floats, values: Floats) -> Floats:
    """Standard deviations from the mean of the window before."""
    windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW)[:-1]
    scores = np.zeros(len(values))
    scale = windows.std(axis=1) + 1e-6 * (values.std() + 1e-12)
    scores[WINDOW:] = np.abs(values[WINDOW:] - windows.mean(axis=1)) / scale
    return scores


def _ewma(_: Floats, values: Floats) -> Floats:
    """Distance from the exponentially weighted mean before, with the usual weight of 0.2."""
    mean, scores = values[0], np.zeros(len(values))
    for place in range(1, len(values)):
        scores[place] = abs(values[place] - mean)
        mean += 0.2 * (values[place] - mean)
    return scores


_OTHERS: Final[Mapping[str, Callable[[Floats, Floats], Floats]]] = {
    "stumpy stump": _profile(stumpy.stump),
    "stumpy aamp": _profile(stumpy.aamp),
    "statsmodels STL": _stl,
    "ruptures PELT": _pelt,
    "rolling z": _rolling,
    "EWMA": _ewma,
}
_OF_SERIES: Final[Mapping[str, type]] = {each.__name__: each for each in (*_CHEAP, OCSVM, MAD)}
SERIES_DETECTORS: Final = (
    *(f"PyOD {each.__name__}, windows" for each in _CHEAP),
    *(f"PyOD {name}, values" for name in _OF_SERIES),
    "PyOD SpectralResidual",
    *_OTHERS,
)
