"""What insight does with each document, in order. A later step may use what an earlier one kept."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from donovan.insight.anomalies.services import examine_document
from donovan.insight.anomalies.texts.services import examine_text
from donovan.insight.entities.services import extract_entities
from donovan.insight.tables.services import extract_tables
from donovan.insight.watch.services import match_document


@dataclass(frozen=True)
class Step:
    """`run` does the step for one document from nothing and returns a sentence about what came of it.

    It raises InsightError where it cannot. Raise `version` when the step should be done again everywhere.
    """

    name: str
    version: int
    shown: str
    run: Callable[[uuid.UUID], str]


STEPS = (
    Step("tables", 1, "tables", extract_tables),
    Step("entities", 2, "names and places", extract_entities),
    Step("anomalies", 1, "anomalies", examine_document),
    Step("texts", 1, "oddities of the text", examine_text),
    Step("watch", 1, "watches", match_document),
)
