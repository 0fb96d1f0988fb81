"""What can go wrong in label projects, as a sentence for the person."""


class ProjectError(Exception):
    """It cannot be done; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
