"""How a handler says what becomes of its job, where it is not simply done."""

from datetime import timedelta


class Refused(Exception):
    """It cannot be done, and trying again would not help; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class LeaseLost(Exception):
    """Somebody else has the job now, or it was settled: what this worker has found is thrown away."""


class Stopped(Exception):
    """Somebody wanted the job cancelled, and the handler has left off."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SubjectGone(Exception):
    """What the job was about is no longer there."""


class TryAgain(Exception):
    """Something outside is missing or ended early: the job goes back to wait, with why in a sentence.

    `counts` says whether it is one of the attempts that the kind allows. What is missing for a while, as a
    model that does not answer, should not count.
    """

    def __init__(self, sentence: str, *, after: timedelta = timedelta(0), counts: bool = True) -> None:
        super().__init__(sentence)
        self.sentence, self.after, self.counts = sentence, after, counts
