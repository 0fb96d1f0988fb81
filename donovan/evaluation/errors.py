"""What an evaluation says when it cannot be done."""

import uuid

from ingest.work.errors import Stopped


class UnusableData(Exception):
    """The folder or file given is missing, malformed or empty. `sentence` says which, where, and what is
    expected.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class EvaluationRefused(UnusableData):
    """This person may not do this, or it cannot be kept as it is; `sentence` says why."""


class SuiteInterrupted(KeyboardInterrupt):
    """A person at the keyboard ended the run with `run_id`, which can be gone on with."""

    def __init__(self, run_id: uuid.UUID) -> None:
        super().__init__()
        self.run_id = run_id


class SuiteStopped(Stopped):
    """Somebody asked the run to stop."""
