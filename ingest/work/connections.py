"""What becomes of a database that is busy, or whose connection was cut off while work was being done."""

from django.db import InterfaceError, OperationalError, connection

UNREACHABLE = (OperationalError, InterfaceError)
"""Raised where the database is busy for too long, or its connection is gone."""


def reconnect() -> None:
    """Let go of a connection of this thread that no longer answers: the next query opens another.

    Within a transaction it does nothing, since whoever began that has to end it.
    """
    if connection.errors_occurred and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def is_unreachable(error: BaseException | None) -> bool:
    """Whether an error is one of these, or was raised because of one."""
    while error is not None and not isinstance(error, UNREACHABLE):
        error = error.__cause__
    return error is not None
