"""Middle and spread that a few wild values do not move."""

from typing import Final

import numpy as np

from donovan.insight.anomalies.detectors.grid import Floats

# Of a normal distribution: standard deviation over median absolute deviation, and over interquartile range.
_OF_MAD: Final = 1.4826
_OF_IQR: Final = 0.7413


def spread(values: Floats) -> float:
    """A robust standard deviation: from the median absolute deviation, or where more than half of the values
    are one value, from the interquartile range, or else from the standard deviation. 0.0 for constants.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    deviation = float(_OF_MAD * np.median(np.abs(known - np.median(known))))
    if deviation <= 0:
        low, high = np.percentile(known, [25, 75])
        deviation = float(_OF_IQR * (high - low))
    return deviation if deviation > 0 else float(np.std(known))


def standardised(values: Floats) -> Floats:
    """Robust standard deviations from the middle; 0 throughout for constants. NaN stays."""
    middle = np.nanmedian(values) if np.isfinite(values).any() else 0.0
    scale = spread(values)
    return (values - middle) / scale if scale > 0 else np.where(np.isfinite(values), 0.0, np.nan)
