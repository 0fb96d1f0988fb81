"""The OpenAI-compatible provider, against a real HTTP server on loopback that streams like one."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from donovan.llm.interface import GenerationRequest, Message, ModelUnavailable, PromptTooLong, Restarted
from donovan.llm.openai import OpenAIModel
from tests.llm.contract import ProviderContract, asking, text_of

TEXT = "Red, green and a deep blue like the sea at noon in the harbour of the old town."


class _Endpoint(BaseHTTPRequestHandler):
    """Streams the same words for every request, and misbehaves on demand."""

    protocol_version = "HTTP/1.1"
    broken_requests: ClassVar[int] = 0
    seen: ClassVar[list[dict[str, object]]] = []

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        self._whole(200, {"data": [{"id": "small-model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).seen.append(body)
        question = body["messages"][-1]["content"]
        if question == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if question == "fail":
            self._whole(500, {"error": "out of order"})
            return
        if question == "window":
            self._whole(400, {"error": {"message": "This model's maximum context length is 12 tokens"}})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        if question == "garble":
            self._line("this is not JSON")
            return
        self._stream(body, breaks=question == "break" or type(self).broken_requests > 0)

    def _stream(self, body: dict[str, object], *, breaks: bool) -> None:
        text = TEXT
        for stop in body.get("stop", []):
            text = text.partition(stop)[0]
        pieces = text.split(" ")
        limit = min(len(pieces), int(str(body["max_tokens"])))
        for number, word in enumerate(pieces[:limit]):
            if breaks and number == 2:
                type(self).broken_requests -= 1
                return
            delta = {"content": word if number == 0 else f" {word}"}
            self._send({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        reason = "stop" if limit == len(pieces) else "length"
        self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        self._send({"choices": [], "usage": {"prompt_tokens": 17, "completion_tokens": limit}})
        self._line("[DONE]")

    def _send(self, message: dict[str, object]) -> None:
        self._line(json.dumps(message))

    def _line(self, data: str) -> None:
        try:
            self.wfile.write(f"data: {data}\n\n".encode())
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def _whole(self, status: int, message: dict[str, object]) -> None:
        data = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def model(address: str) -> OpenAIModel:
    _Endpoint.broken_requests = 0
    _Endpoint.seen.clear()
    return OpenAIModel(address)


class TestOpenAI(ProviderContract):
    @pytest.fixture
    def model(self, model: OpenAIModel) -> OpenAIModel:
        return model


def test_the_only_model_of_the_endpoint_is_used(model: OpenAIModel) -> None:
    assert model.name == "small-model"


def test_seed_and_temperature_reach_the_endpoint(model: OpenAIModel) -> None:
    list(model.generate(asking(temperature=0.7, seed=11)))
    assert _Endpoint.seen[-1]["temperature"] == 0.7
    assert _Endpoint.seen[-1]["seed"] == 11


def test_an_answer_that_breaks_off_is_asked_for_again(model: OpenAIModel) -> None:
    _Endpoint.broken_requests = 1
    events = list(model.generate(asking(max_tokens=100)))
    assert sum(isinstance(event, Restarted) for event in events) == 1
    assert text_of(events) == TEXT


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("break", "broke off twice"),
        ("redirect", "sends requests elsewhere"),
        ("fail", "status 500"),
        ("garble", "cannot be read"),
    ],
)
def test_a_misbehaving_endpoint_is_a_sentence(model: OpenAIModel, question: str, part: str) -> None:
    with pytest.raises(ModelUnavailable, match=part):
        list(model.generate(asking(question)))


def test_the_endpoints_own_limit_is_told_as_too_long(model: OpenAIModel) -> None:
    with pytest.raises(PromptTooLong):
        list(model.generate(asking("window")))


def test_nobody_at_the_address_is_a_sentence() -> None:
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        list(OpenAIModel("http://127.0.0.1:9", name="x").generate(asking()))


def test_a_proxy_in_the_environment_is_not_used(model: OpenAIModel, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert text_of(list(model.generate(asking())))


@pytest.mark.parametrize("url", ["", "model.enclave", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ModelUnavailable, match="DONOVAN_LLM_URL"):
        OpenAIModel(url)


def test_a_request_without_system_turn_is_sent_as_it_is(model: OpenAIModel) -> None:
    list(model.generate(GenerationRequest((Message("user", "hello"),), 5)))
    assert _Endpoint.seen[-1]["messages"] == [{"role": "user", "content": "hello"}]
