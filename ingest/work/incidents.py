"""The number that joins what a person sees of a failure with what the log keeps of it.

Each request and each attempt at a job has one. What is logged meanwhile carries it, and the page or the
notice of a failure names it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Without letters that are mistaken for figures when they are read out.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_current: ContextVar[str] = ContextVar("incident", default="")


def new_number() -> str:
    """Forty bits of chance, to be read out: "7F3K-92QD"."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def current_number() -> str:
    """The number of what is being done here; empty outside any request and job."""
    return _current.get()


def begin(number: str) -> None:
    """From here on, what is logged in this context carries `number`."""
    _current.set(number)


@contextmanager
def under(number: str) -> Iterator[str]:
    """What is logged within the block carries `number`; afterwards the number before it holds again."""
    token = _current.set(number)
    try:
        yield number
    finally:
        _current.reset(token)


def told(number: str) -> str:
    """The sentence that names it to a person; empty where there is none."""
    return f" Incident {number}." if number else ""
