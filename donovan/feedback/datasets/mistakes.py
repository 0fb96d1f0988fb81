"""The mistakes of a file, several at a time, so that who wrote it need not send it again for each."""

from types import TracebackType

from donovan.feedback.datasets.errors import BadInput

MISTAKES_SHOWN = 5


class Mistakes:
    """The first mistakes of a file, in the order in which they were met.

    Readers of every format go through it in one way: `with mistakes:` around each part of a file that can be
    wrong by itself. A BadInput that is raised inside is noted, and what follows is looked at too. Once as
    many are noted as are shown, the next one is let through, and ends the reading.
    """

    def __init__(self) -> None:
        self._noted: list[BadInput] = []
        self._is_cut = False

    def __enter__(self) -> "Mistakes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        is_noted = isinstance(error, BadInput) and len(self._noted) < MISTAKES_SHOWN
        if isinstance(error, BadInput) and is_noted:
            self._noted.append(error)
        return is_noted

    def __bool__(self) -> bool:
        return bool(self._noted)

    def end(self, last: BadInput) -> None:
        """Note the mistake after which the file was not read on."""
        if len(self._noted) < MISTAKES_SHOWN:
            self._noted.append(last)
        else:
            self._is_cut = True

    def refuse(self, example: str) -> None:
        """Raises BadInput with all of them, if there are any; `example` stands with those of shape."""
        if self._noted:
            raise BadInput.of_all(self._noted, example=example, is_cut=self._is_cut)
