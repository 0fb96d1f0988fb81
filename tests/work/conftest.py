"""A kind of work that tests steer: its handler does what it is told, and writes down what it follows."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from ingest.work import waking
from ingest.work.leases import Held
from ingest.work.models import Job
from ingest.work.registry import Handler, Kind, register, unregister


class Steered(Handler):
    """Does what it is told, and keeps every state that the room's row would have had."""

    def __init__(self) -> None:
        self.does: Callable[[Held], str] = lambda held: ""
        self.states: list[str] = []

    def run(self, held: Held) -> str:
        return self.does(held)

    def follow(self, job: Job) -> None:
        self.states.append(job.state)


@pytest.fixture
def steered() -> Steered:
    return Steered()


@pytest.fixture
def kind(steered: Steered) -> Iterator[Kind]:
    """Three attempts, two tries, a lease of an hour: only a test that says so lets it run out."""
    made = Kind("test.work", "test", steered, queue="testing", lease=timedelta(hours=1), attempts=3, tries=2)
    register(made)
    yield made
    unregister(made)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queues for which a message was sent, in order, in place of the broker."""
    sent: list[str] = []
    monkeypatch.setattr(
        waking.current_app, "send_task", lambda name, args, **_: sent.append(args[0]), raising=False
    )
    return sent
