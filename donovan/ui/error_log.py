"""What the log keeps of an error: its kind and the places it came through, never its words.

The words of an error often quote what it failed at, which may be a question or a page of a document.
"""

import logging
import traceback
from types import TracebackType

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesFormatter(logging.Formatter):
    """Time, logger and message, and below them the places of the error that was on its way."""

    def formatException(self, ei: _ErrorInfo) -> str:
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


def _told(error: BaseException) -> list[str]:
    """The error and, before it, each that it came of."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = _told(earlier) if earlier is not None else []
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in _frames(error)]
    return [*lines, f"{type(error).__module__}.{type(error).__qualname__}"]


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)
