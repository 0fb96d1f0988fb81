"""Keeping a lease alive while a library or a model holds the thread that does the work: its heartbeat."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from ingest.work.connections import UNREACHABLE, reconnect


@contextmanager
def kept_alive(renew: Callable[[], object], *, seconds: float, name: str) -> Iterator[None]:
    """Call `renew` every so many seconds, from a thread of its own, until the block is left.

    A database that is busy for half a minute costs one renewal; a lease should therefore outlive several.
    """
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(seconds):
            try:
                renew()
            except UNREACHABLE:
                reconnect()
        connection.close()

    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        # Not longer: the thread may be waiting for a database that this very block keeps busy.
        thread.join(timeout=1.0)
