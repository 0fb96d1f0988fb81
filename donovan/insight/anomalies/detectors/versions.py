"""Which libraries made a result, so that it can be made again."""

from importlib.metadata import version
from typing import Final

_LIBRARIES: Final = ("numpy", "scipy", "scikit-learn", "pyod", "statsmodels", "ruptures", "stumpy")


def versions() -> dict[str, str]:
    return {name: version(name) for name in _LIBRARIES}
