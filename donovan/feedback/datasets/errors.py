"""What can go wrong with data sets, each as a sentence for the person who asked."""

from collections.abc import Sequence


class DatasetError(Exception):
    """It cannot be done; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class DatasetNotFound(DatasetError):
    """There is no such data set that the person may read: nobody is told which of the two it is."""

    def __init__(self) -> None:
        super().__init__("There is no such data set that you may read.")


class DatasetTampered(DatasetError):
    """A version on the disk is not what it was when it was made, and is refused."""


class BadInput(DatasetError):
    """A file that cannot be imported. `where` names the place in it: “line 12”, “item 3”, or a file; `what`
    says what is wrong there, `is_shape` that an example of a right row would help.
    """

    def __init__(self, where: str, what: str, *, is_shape: bool = False) -> None:
        end = "\nNothing was imported." if "\n" in what else " Nothing was imported."
        super().__init__(f"{where}: {what}{end}" if where else what)
        self.where = where
        self.what = what
        self.is_shape = is_shape

    @classmethod
    def of_all(cls, mistakes: Sequence["BadInput"], *, example: str, is_cut: bool) -> "BadInput":
        """All mistakes in one, at the place of the first; `is_cut` says that there are more."""
        first, *others = mistakes
        lines = [first.what, *(f"{each.where}: {each.what}" for each in others)]
        if is_cut:
            lines.append("More is wrong after that.")
        is_shape = any(each.is_shape for each in mistakes)
        if is_shape and example:
            lines.append(f"What is right looks like this: {example}")
        return cls(first.where, "\n".join(lines), is_shape=is_shape)
