"""What can go wrong with data sets, each as a sentence for the person who asked."""


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
    """A file that cannot be imported. `where` names the place in it: “line 12”, “item 3”, or a file."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(f"{where}: {sentence} Nothing was imported." if where else sentence)
        self.where = where
