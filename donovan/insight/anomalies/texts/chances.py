"""How likely something is by chance alone."""

import math


def at_least(successes: int, trials: int, share: float) -> float:
    """The chance of `successes` or more in `trials`, each with the chance `share` (binomial upper tail)."""
    if successes <= 0:
        return 1.0
    if successes > trials:
        return 0.0
    share = min(max(share, 1e-12), 1 - 1e-12)
    return min(1.0, math.fsum(_exactly(k, trials, share) for k in range(successes, trials + 1)))


def none_in(trials: int, share: float) -> float:
    """The chance that something of this share does not happen once in `trials`."""
    return float((1 - min(max(share, 0.0), 1.0)) ** trials)


def _exactly(successes: int, trials: int, share: float) -> float:
    logarithm = (
        math.lgamma(trials + 1)
        - math.lgamma(successes + 1)
        - math.lgamma(trials - successes + 1)
        + successes * math.log(share)
        + (trials - successes) * math.log1p(-share)
    )
    return math.exp(logarithm)
