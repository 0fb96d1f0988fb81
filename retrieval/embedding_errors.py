"""What can go wrong between a text and its vector."""


class EmbedderUnavailable(Exception):
    """Neither an embedding host nor a usable model. `sentence` says why, and what to do, in plain words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class EmbedderChanged(EmbedderUnavailable):
    """Another model has just taken over. Whoever asks again gets it."""
