"""What kinds of work there are. A room registers its kinds when the application starts; what does the work is
loaded by its name, in the process that does it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.work.leases import Held
    from ingest.work.models import Job

DEFAULT_QUEUE = "celery"
HERE = ""
"""In place of a queue: no worker does it but the process that asks for it."""

GIVEN_UP = "The worker stopped each time while it did this, so it is left alone. Ask for it again."
UNEXPECTED = "Something went wrong ({name}). Ask for it again."


class Handler:
    """What does the work of one kind."""

    refusals: tuple[type[Exception], ...] = ()
    """Errors with a `sentence`, after which trying again would not help."""

    def run(self, held: "Held") -> str:
        """Do the work; what is to be said of it at the end. Raises what stands in `errors` and `refusals`.

        What is kept is kept inside `held.writing()` or `held.finishing()`, so that no zombie overwrites it.
        """
        raise NotImplementedError

    def follow(self, job: "Job") -> None:
        """Bring the room's row to the state of its job. Called inside the transaction that changes it."""


class Calling(Handler):
    """For what is done again and again: calls one function, which finds out for itself what is to be done."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function

    def run(self, held: "Held") -> str:
        self._function()
        return ""


@dataclass(frozen=True)
class Kind:
    """The rules of one kind of work.

    `title` is what the operator's page calls it. `handler` is "module:name" of a Handler, or one itself.
    `attempts` is how often it is acquired without reaching a checkpoint before it is given up; `tries` the
    same for errors that nobody expected. With `every` it is done again and again, and has no subject.
    With `after` it is enqueued for each subject of which that is announced.
    """

    name: str
    title: str
    handler: str | Handler
    queue: str = DEFAULT_QUEUE
    rank: int = 0
    lease: timedelta = timedelta(seconds=60)
    attempts: int = 3
    tries: int = 1
    retry_after: timedelta = timedelta(0)
    given_up: str = GIVEN_UP
    unexpected: str = UNEXPECTED
    every: timedelta | None = None
    after: str = ""


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known to this process. Registering one again replaces it."""
    _kinds.update({kind.name: kind for kind in kinds})


def unregister(*kinds: Kind) -> None:
    for kind in kinds:
        _kinds.pop(kind.name, None)


def kind_named(name: str) -> Kind | None:
    """The kind, or None where this process does not know it."""
    return _kinds.get(name)


def known(queue: str | None = None) -> list[Kind]:
    """Every kind that this process knows, or those of one queue."""
    return [kind for kind in _kinds.values() if queue in (None, kind.queue)]


def handler_of(kind: Kind) -> Handler:
    """What does the work of this kind. Loads the room's modules at its first use."""
    if isinstance(kind.handler, Handler):
        return kind.handler
    module, _, name = kind.handler.partition(":")
    found = getattr(import_module(module), name)
    if not isinstance(found, Handler):
        raise TypeError(f"{kind.handler} is no handler.")
    return found


def load_handlers(queues: Iterable[str]) -> None:
    """Load what works on these queues: a worker does so before it forks, so that its children share it."""
    for queue in queues:
        for kind in known(queue):
            handler_of(kind)
