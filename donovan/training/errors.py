"""What can go wrong in this room, as a sentence for the person."""


class TrainingError(Exception):
    """It cannot be done; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class WrongField(TrainingError):
    """What was typed into one field of a form cannot be used; `field` is its name."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotAllowed(TrainingError):
    """The person may not do this."""
