"""What can go wrong in label projects, as a sentence for the person."""


class ProjectError(Exception):
    """It cannot be done; `sentence` says why and what helps. `field` names what was given wrongly, where it
    is one thing, and `row` its place in a list, from 0.
    """

    def __init__(self, sentence: str, *, field: str = "", row: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.field, self.row = sentence, field, row
