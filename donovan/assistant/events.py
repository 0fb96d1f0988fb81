"""What an answer in the making says, one typed event after the other. All data can be written as JSON."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AskEvent:
    """One step. `labels` are the access labels of whatever `data` shows; a reader who lost one is shown nothing more.

    kind        data
    evidence    passages: [{passage_id, document, title, page, start, end, text, score, marking}], coverage: {...}
    queued      position: how many requests the model takes before this one
    restarted   sentence
    draft       text: the next piece of the unverified draft
    claim       ordinal, text, supported: bool, reason (text is empty unless supported)
    notice      sentence
    refused     sentence
    progress    done, total, what: e.g. "pages read"
    answer      text, marking
    failed      sentence, code
    done        state
    """

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
