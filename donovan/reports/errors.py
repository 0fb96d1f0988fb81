"""What can go wrong with reports, as a sentence for the person."""


class ReportError(Exception):
    """It cannot be done; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
