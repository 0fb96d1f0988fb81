"""A table against the newest earlier version of it in the same collection."""

from collections.abc import Iterator, Mapping, Sequence

from donovan.insight.anomalies.checks.settings import Settings
from donovan.insight.anomalies.checks.sheets import Sheet
from donovan.insight.anomalies.checks.suspicions import Suspicion
from ingest.models import Document


def against_earlier(
    document: Document, sheets: Sequence[Sheet], settings_of: Mapping[str, Settings]
) -> Iterator[Suspicion]:
    yield from ()
