"""What an evaluation says when its data cannot be used."""


class UnusableData(Exception):
    """The folder or file given is missing, malformed or empty. `sentence` says which, where, and what is
    expected.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
