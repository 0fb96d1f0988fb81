"""What the detectors say, which load heavy libraries and therefore run in a process of their own."""

from collections.abc import Iterator, Mapping, Sequence

from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Sheet
from donovan.insight.anomalies.checks.suspicions import Suspicion


def found_by_engines(sheets: Sequence[Sheet], settings_of: Mapping[str, Settings]) -> Iterator[Suspicion]:
    """Unusual rows and events in time; sheets that are too small for that are left out and noted."""
    yield from ()
