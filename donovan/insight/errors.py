"""What can go wrong in this room, as a sentence for the person."""


class InsightError(Exception):
    """It cannot be done; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
