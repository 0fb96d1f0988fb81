"""How unlike all before it each stretch of a series is: discords of matrix profiles of several lengths."""

import importlib
import warnings
from typing import Final

import numpy as np
import stumpy
from stumpy import cache

from donovan.insight.anomalies.detectors.grid import Floats
from donovan.insight.anomalies.detectors.robust import standardised

LENGTHS: Final = (12, 24, 48)
_FEWEST_WINDOWS: Final = 8
_LONGEST: Final = 20_000
_LEARNING: Final = 0.15
_MOST_LEARNING: Final = 750


def _keep_compiled() -> None:
    """Let Numba keep what it compiles of stumpy: 20 seconds the first time, a quarter of one after."""
    for module, name in cache.get_njit_funcs():
        try:
            getattr(importlib.import_module(f"stumpy.{module}"), name).enable_caching()
        except RuntimeError:
            return  # There is no folder to keep it in; it is compiled anew each time.


_keep_compiled()


def novelty(known: Floats, is_bridged: np.ndarray) -> Floats | None:
    """For each slot, robust standard deviations by which the stretches around it are farther than usual from
    their nearest match before; None for a series too short.

    Distances are Euclidean, of the values themselves: a normalised profile would not see a change of level
    (matrix profile: Yeh et al. 2016; left discords: Lu et al. 2022). In the first part of a series, of which
    there is little before, the nearest match on either side counts. Stretches that are mostly bridged holes
    count 0.
    """
    stride = -(-len(known) // _LONGEST)
    values = _thinned(known, stride)
    lengths = [length for length in LENGTHS if length * _FEWEST_WINDOWS <= len(values)]
    if not lengths or values.max() <= values.min():
        return None
    total = np.zeros(len(values))
    bridged = _thinned(is_bridged.astype(np.float64), stride)
    for length in lengths:
        distances = _distances(values, length)
        holes = np.convolve(bridged, np.ones(length) / length, mode="valid")
        distances[holes > 0.25] = np.median(distances)
        outside = np.clip(standardised(distances), -5.0, None)
        total[length // 2 : length // 2 + len(outside)] += outside
    total /= len(lengths)
    spread_out: Floats = np.repeat(total, stride)[: len(known)]
    return spread_out


def _distances(values: Floats, length: int) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that stretches repeat exactly is no mistake here
        profile = stumpy.aamp(values, length)
    nearest = profile[:, 0].astype(np.float64)
    left = profile[:, 2].astype(np.int64)
    learning = int(min(_LEARNING * len(values), _MOST_LEARNING))
    windows = np.lib.stride_tricks.sliding_window_view(values, length)
    late = np.arange(len(left)) >= learning
    late &= left >= 0
    nearest[late] = np.sqrt(((windows[late] - windows[left[late]]) ** 2).sum(axis=1))
    told: Floats = np.where(np.isfinite(nearest), nearest, 0.0)
    return told


def _thinned(values: Floats, stride: int) -> Floats:
    if stride == 1:
        return np.ascontiguousarray(values)
    padded = np.pad(values, (0, -len(values) % stride), mode="edge")
    thinned: Floats = padded.reshape(-1, stride).mean(axis=1)
    return thinned
