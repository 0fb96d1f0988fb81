"""Location and spread that a few wrong values cannot move, and how far a value lies out."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from statistics import NormalDist, median

_MAD_TO_SIGMA = 1.4826
_NORMAL = NormalDist()


def median_of(values: Sequence[float]) -> float:
    return float(median(values))


def spread(residuals: Sequence[float], rare_share: float) -> float:
    """A standard deviation that allows for long tails and forgets the few largest residuals.

    The larger of two estimates: the median absolute deviation, and the largest absolute residual among all
    but the share that may be wrong, divided by where the normal distribution has that quantile. The second
    keeps tables with naturally long tails from raising an alarm.
    """
    sizes = sorted(abs(residual) for residual in residuals)
    count = len(sizes)
    forgotten = max(1 if count < 15 else 2 if count < 30 else 3, math.ceil(rare_share * count))
    place = max(0, count - forgotten - 1)
    quantile = _NORMAL.inv_cdf(0.5 + 0.5 * (place + 0.5) / count)
    return max(_MAD_TO_SIGMA * float(median(sizes)), sizes[place] / max(quantile, 0.3))


def skewness(values: Sequence[float]) -> float:
    """Skewness by octiles between -1 and 1 (Hinkley, Biometrika 62, 1975): nothing in the tails moves it."""
    ordered = sorted(values)
    last = len(ordered) - 1
    low, middle, high = (ordered[round(last * share)] for share in (0.125, 0.5, 0.875))
    return ((high - middle) - (middle - low)) / (high - low) if high > low else 0.0


def step_of(values: Sequence[float]) -> float:
    """The smallest step that the values come in: 5 for 335, 460, 255; 0.1 for 23.6, 23.4."""
    for digits in range(7):
        if all(abs(value - round(value, digits)) < 1e-9 * max(1.0, abs(value)) for value in values):
            return float(10**-digits)
    return 0.0


def standing_apart(distances: Sequence[float], threshold: float, most: int) -> list[int]:
    """Places of distances above `threshold` that stand clear of the rest, or none where too many do.

    What lies out must be half as far again from the middle as the largest of what does not: the outermost of
    a long tail that thins out evenly is no outlier.
    """
    order = sorted(range(len(distances)), key=lambda place: -distances[place])
    beyond = [place for place in order if distances[place] > threshold]
    while beyond:
        rest = order[len(beyond)] if len(beyond) < len(order) else None
        if rest is None or distances[beyond[-1]] >= 1.5 * distances[rest]:
            break
        beyond.pop()
    return sorted(beyond) if len(beyond) <= most else []


def nearest(ordered: Sequence[tuple[float, float]], at: float, own: int, count: int) -> list[float]:
    """The second members of the `count` pairs nearest to `at` in a sorted list, leaving out place `own`."""
    right = bisect_left(ordered, (at, -math.inf))
    left = right - 1
    found: list[float] = []
    while len(found) < count and (left >= 0 or right < len(ordered)):
        take_left = right >= len(ordered) or (left >= 0 and at - ordered[left][0] <= ordered[right][0] - at)
        place = left if take_left else right
        if take_left:
            left -= 1
        else:
            right += 1
        if place != own:
            found.append(ordered[place][1])
    return found
