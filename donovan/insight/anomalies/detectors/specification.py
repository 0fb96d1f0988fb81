"""What was asked of the detectors, as data: saved as JSON, read back, and run again with the same result."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from donovan.insight.errors import InsightError

VERSION = 1

SERIES_METHODS = ("gaps", "stale", "spikes", "levels", "season", "discords")
TABLE_METHODS = (
    "IForest",
    "COPOD",
    "HBOS",
    "INNE",
    "GMM",
    "MCD",
    "KNN",
    "KNN wide",
    "LOF",
    "LOF wide",
)


@dataclass(frozen=True)
class _Specification(ABC):
    """What both kinds share. `methods` empty: chosen by the data. `seed`: of every random choice."""

    version: int = VERSION
    seed: int = 0
    methods: tuple[str, ...] = ()
    budget: int = 0
    threshold: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "methods": list(self.methods)}

    @classmethod
    @abstractmethod
    def known_methods(cls) -> tuple[str, ...]:
        """The names that `methods` may hold."""

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Read a saved specification; what is absent takes its default.

        Raises InsightError for an unknown field, an unknown method, a number out of range, or a version that
        this program does not know.
        """
        known = {field.name: field for field in fields(cls)}
        for name in saved:
            if name not in known:
                raise InsightError(
                    f"The specification has an unknown field {name!r}. Known are {', '.join(known)}."
                )
        values: dict[str, Any] = {}
        for name, value in saved.items():
            values[name] = _read(name, value, getattr(cls, name))
        specification = cls(**values)
        if specification.version != VERSION:
            raise InsightError(
                f"The specification is of version {specification.version}; this program runs "
                f"version {VERSION}. Save it anew."
            )
        for method in specification.methods:
            if method not in cls.known_methods():
                raise InsightError(
                    f"There is no method {method!r}. There are {', '.join(cls.known_methods())}."
                )
        return specification


def _read(name: str, value: Any, usual: Any) -> Any:
    if isinstance(usual, tuple):
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise InsightError(f"In the specification, {name} must be a list of words.")
        return tuple(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or value < 0 or (isinstance(usual, int) and value != int(value)):
        kind = "a whole number" if isinstance(usual, int) else "a number"
        raise InsightError(f"In the specification, {name} must be {kind} from 0; it is {value!r}.")
    return type(usual)(value)


@dataclass(frozen=True)
class SeriesSpecification(_Specification):
    """A question to a series.

    budget: at most this many alarms; 0: by the length of the series.
    threshold: how far outside, in robust standard deviations of the series' own past behaviour, an alarm must
      lie; 0 raises as many as the budget allows.
    period: points of one cycle; 0: found in the data.
    """

    threshold: float = 6.0
    period: int = 0

    @classmethod
    def known_methods(cls) -> tuple[str, ...]:
        return SERIES_METHODS


@dataclass(frozen=True)
class TableSpecification(_Specification):
    """A question to the rows of a table.

    budget: at most this many rows; 0: one in a hundred, at least one and at most 200.
    threshold: how far the combined score of a row must lie above that of the middle row, in robust standard
      deviations; 0 names as many rows as the budget allows.
    fit_rows: detectors learn from at most this many rows and score all.
    """

    threshold: float = 6.0
    fit_rows: int = 10_000

    @classmethod
    def known_methods(cls) -> tuple[str, ...]:
        return TABLE_METHODS
