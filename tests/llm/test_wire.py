"""The line protocol keeps what it carries and refuses what it does not know."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donovan.llm.interface import Finished, GenerationRequest, Message, Queued, Started, Token
from donovan.llm.wire import (
    LineSocket,
    ProtocolError,
    event_from,
    event_message,
    request_from,
    request_message,
)


@given(st.text(max_size=200), st.text(max_size=50), st.integers(1, 500), st.floats(0, 2))
def test_a_request_arrives_as_it_was_sent(text: str, who: str, most: int, temperature: float) -> None:
    request = GenerationRequest((Message("user", text),), most, temperature, 7, ("\n",), who)
    assert request_from(request_message(request)) == request


@pytest.mark.parametrize("event", [Queued(3), Started(), Token("é\n"), Finished("stop", 3, 4, 0.5)])
def test_an_event_arrives_as_it_was_sent(event: object) -> None:
    assert event_from(event_message(event)) == event


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"messages": [], "max_tokens": 1},
        {"messages": [{"role": "root", "content": ""}], "max_tokens": 1},
        {"messages": [{"role": "user", "content": ""}], "max_tokens": 0},
        {"messages": [{"role": "user", "content": ""}], "max_tokens": 1, "temperature": 99},
        {"messages": "text", "max_tokens": 1},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        request_from(message)


@pytest.mark.parametrize(
    "message", [{"event": "other"}, {"event": "token"}, {"event": "token", "text": "", "x": 1}]
)
def test_an_event_that_makes_no_sense_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        event_from(message)


def test_lines_are_put_together_from_pieces_and_the_end_is_seen() -> None:
    ours, theirs = socket.socketpair()
    line = LineSocket(ours)
    theirs.sendall(b'{"a": 1}\n{"b"')
    assert line.receive(1) == {"a": 1}
    with pytest.raises(TimeoutError):
        line.receive(0.01)
    theirs.sendall(b": 2}\n[1]\n")
    assert line.receive(1) == {"b": 2}
    with pytest.raises(ProtocolError):
        line.receive(1)
    theirs.close()
    assert line.receive(1) is None
    line.close()
