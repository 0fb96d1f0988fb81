"""What insight does now and then, over all documents."""

import logging
import time

from donovan.insight.anomalies.texts.services import compare_texts, labels_to_compare
from donovan.insight.errors import InsightError
from donovan.insight.processing.runner import catch_up
from donovan.insight.tables.services import sweep_files
from donovan.insight.triage.services import classify_waiting
from ingest.work.registry import Calling

logger = logging.getLogger(__name__)
SECONDS_AT_ONCE = 30.0
"""So that a report in the same queue gets its turn."""


def _classify() -> None:
    classify_waiting(time.monotonic() + SECONDS_AT_ONCE)


def _compare() -> None:
    """Which documents are unlike the others of their collection."""
    until = time.monotonic() + SECONDS_AT_ONCE
    for label in labels_to_compare():
        if time.monotonic() > until:
            break
        try:
            compare_texts(label)
        except InsightError as error:
            logger.warning("The texts of a collection were not compared: %s", error.sentence)


CATCH_UP, CLASSIFY, COMPARE_TEXTS, CLEAR = map(Calling, (catch_up, _classify, _compare, sweep_files))
