"""What insight does now and then, over all documents."""

import logging
import time

from donovan.insight.anomalies.texts.services import compare_texts, labels_to_compare
from donovan.insight.errors import InsightError
from donovan.insight.processing import runner
from donovan.insight.tables.services import sweep_files
from donovan.insight.triage.services import classify_waiting
from ingest.work.leases import Held
from ingest.work.registry import Handler

logger = logging.getLogger(__name__)
SECONDS_AT_ONCE = 30.0
"""So that a report in the same queue gets its turn."""


class _CatchUp(Handler):
    def run(self, held: Held) -> str:
        runner.catch_up()
        return ""


class _Classify(Handler):
    def run(self, held: Held) -> str:
        classify_waiting(time.monotonic() + SECONDS_AT_ONCE)
        return ""


class _CompareTexts(Handler):
    """Which documents are unlike the others of their collection."""

    def run(self, held: Held) -> str:
        until = time.monotonic() + SECONDS_AT_ONCE
        for label in labels_to_compare():
            if time.monotonic() > until:
                break
            try:
                compare_texts(label)
            except InsightError as error:
                logger.warning("The texts of a collection were not compared: %s", error.sentence)
        return ""


class _Clear(Handler):
    """The files of tables that no document has any more."""

    def run(self, held: Held) -> str:
        sweep_files()
        return ""


CATCH_UP, CLASSIFY, COMPARE_TEXTS, CLEAR = _CatchUp(), _Classify(), _CompareTexts(), _Clear()
