"""A model behind an OpenAI-compatible endpoint on the enclave (llama-server, vLLM and their like).

Only the address in the settings is ever spoken to: redirects are not followed, and proxies and certificates
named in the environment are not used.
"""

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from donovan.llm.interface import (
    Event,
    Finished,
    FinishReason,
    GenerationRequest,
    ModelUnavailable,
    PromptTooLong,
    Restarted,
    Started,
    Token,
    never,
)
from donovan.llm.speed import Speed, Speedometer

CONNECT_SECONDS = 5.0
READ_SECONDS = 120.0
POLL_SECONDS = 0.05
LONGEST_LINE = 1024 * 1024
CONTEXT_TOKENS = 8192
# Without the endpoint's tokenizer: few texts have more tokens than one for each three bytes.
BYTES_PER_TOKEN = 3

_meters: dict[str, Speedometer] = {}
"""By address: a model object lives for one request."""


class _ConnectionLost(Exception):
    """The endpoint broke off in the middle."""


class OpenAIModel:
    """An endpoint that speaks /v1/chat/completions with streaming.

    `url` is the base address, with or without /v1. `name` is the model's name as the endpoint knows it;
    where it is empty the endpoint's only or first model is used. Raises ModelUnavailable for an address
    that is none.
    """

    digest = ""

    def __init__(self, url: str, *, name: str = "", context_tokens: int = CONTEXT_TOKENS) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ModelUnavailable(
                f"DONOVAN_LLM_URL is {url!r}, which is not an address like http://model.enclave:8080. "
                f"Correct it."
            )
        self._base = url.rstrip("/").removesuffix("/v1")
        self._name = name
        self.context_tokens = context_tokens

    @property
    def name(self) -> str:
        if not self._name:
            self._name = self._first_model()
        return self._name

    def count_tokens(self, text: str) -> int:
        """An estimate from above: the endpoint has no way to ask."""
        return -(-len(text.encode()) // BYTES_PER_TOKEN)

    def speed(self) -> Speed | None:
        """As the answers of this endpoint came so far, with the way to it and its queue."""
        return _meters[self._base].speed if self._base in _meters else None

    def generate(
        self, request: GenerationRequest, *, is_cancelled: Callable[[], bool] = never
    ) -> Iterator[Event]:
        """See the interface. A connection that breaks in the middle is made again once."""
        prompt_tokens = sum(self.count_tokens(message.content) for message in request.messages)
        if prompt_tokens >= self.context_tokens:
            raise PromptTooLong(
                f"This is too long for the language model: about {prompt_tokens:,} tokens, of which it can "
                f"hold "
                f"{self.context_tokens - 1:,}. Ask about less at a time."
            )
        try:
            yield from self._generate_once(request, prompt_tokens, is_cancelled)
            return
        except _ConnectionLost:
            yield Restarted("The language model's endpoint broke off and is being asked again.")
        try:
            yield from self._generate_once(request, prompt_tokens, is_cancelled)
        except _ConnectionLost as error:
            raise ModelUnavailable(
                f"The language model at {self._base} broke off twice while working on this. Ask again later."
            ) from error

    def _generate_once(
        self, request: GenerationRequest, prompt_tokens: int, is_cancelled: Callable[[], bool]
    ) -> Iterator[Event]:
        reader = _Reader(self._base, self._body(request))
        started = time.monotonic()
        produced = 0
        first_at: float | None = None
        reason: FinishReason = "stop"
        yield Started()
        try:
            for piece in reader.pieces(is_cancelled):
                if isinstance(piece, str):
                    first_at = first_at or time.monotonic()
                    produced += 1
                    yield Token(piece)
                    continue
                reason = "length" if piece.get("finish_reason") == "length" else reason
                prompt_tokens = int(piece.get("prompt_tokens", prompt_tokens))
                produced = int(piece.get("completion_tokens", produced))
            if is_cancelled():
                reason = "cancelled"
        finally:
            reader.close()
        ended = time.monotonic()
        if first_at is not None and reason != "cancelled":
            _meters.setdefault(self._base, Speedometer()).add(
                read=prompt_tokens,
                read_seconds=first_at - started,
                written=produced - 1,
                write_seconds=ended - first_at,
            )
        yield Finished(reason, prompt_tokens, produced, round(ended - started, 4))

    def _body(self, request: GenerationRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.stop:
            body["stop"] = list(request.stop)
        return body

    def _first_model(self) -> str:
        try:
            with _client() as client:
                answer = client.get(f"{self._base}/v1/models")
            _raise_for(answer.status_code, b"", self._base)
            names = [str(model["id"]) for model in answer.json()["data"]]
        except httpx.HTTPError as error:
            raise ModelUnavailable(_unreachable(self._base, error)) from error
        except (ValueError, KeyError, TypeError):
            names = []
        if not names:
            raise ModelUnavailable(f"The endpoint {self._base} does not name a model. Check DONOVAN_LLM_URL.")
        return names[0]


class _Reader:
    """One streamed answer, read in a thread of its own so that a cancellation never waits for the network."""

    def __init__(self, base: str, body: dict[str, Any]) -> None:
        self._base = base
        self._body = body
        self._heard: queue.SimpleQueue[str | dict[str, Any] | Exception | None] = queue.SimpleQueue()
        self._is_closed = threading.Event()
        self._response: httpx.Response | None = None
        threading.Thread(target=self._read, name="endpoint", daemon=True).start()

    def pieces(self, is_cancelled: Callable[[], bool]) -> Iterator[str | dict[str, Any]]:
        """Text, and dictionaries with what the endpoint says about the generation. Ends early when
        cancelled.
        """
        while not is_cancelled():
            try:
                piece = self._heard.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self) -> None:
        self._is_closed.set()
        if self._response is not None:
            self._response.close()

    def _read(self) -> None:
        try:
            with (
                _client() as client,
                client.stream("POST", f"{self._base}/v1/chat/completions", json=self._body) as response,
            ):
                self._response = response
                if response.status_code != httpx.codes.OK:
                    _raise_for(response.status_code, response.read()[:4000], self._base)
                self._read_lines(response)
        except ModelUnavailable as error:
            self._heard.put(error)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            self._heard.put(ModelUnavailable(_unreachable(self._base, error)))
        except httpx.TimeoutException:
            self._heard.put(
                ModelUnavailable(
                    f"The language model at {self._base} said nothing for {READ_SECONDS:.0f} seconds. Ask "
                    f"again later."
                )
            )
        except (httpx.HTTPError, httpx.StreamError, OSError):
            self._heard.put(_ConnectionLost())

    def _read_lines(self, response: httpx.Response) -> None:
        for line in response.iter_lines():
            if self._is_closed.is_set():
                return
            if not line.startswith("data:"):
                continue
            data = line[5:].strip()
            if data == "[DONE]":
                self._heard.put(None)
                return
            if len(data) > LONGEST_LINE:
                raise ModelUnavailable(
                    f"The endpoint {self._base} sends lines that are too long to be an answer."
                )
            self._take(data)
        # The stream has to end with its end mark; whatever stops before it was cut off.
        self._heard.put(_ConnectionLost())

    def _take(self, data: str) -> None:
        try:
            message = json.loads(data)
            choices = message.get("choices") or []
            for choice in choices[:1]:
                text = (choice.get("delta") or {}).get("content")
                if text:
                    self._heard.put(str(text))
                if choice.get("finish_reason"):
                    self._heard.put({"finish_reason": choice["finish_reason"]})
            usage = message.get("usage")
            if usage:
                self._heard.put(
                    {k: int(usage[k]) for k in ("prompt_tokens", "completion_tokens") if k in usage}
                )
        except (ValueError, AttributeError, TypeError) as error:
            raise ModelUnavailable(
                f"The endpoint {self._base} answers in a way that cannot be read. Check that it is "
                f"OpenAI-compatible."
            ) from error


def _client() -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False, trust_env=False
    )


def _unreachable(base: str, error: Exception) -> str:
    return f"The language model at {base} cannot be reached ({type(error).__name__}). Check that it runs."


def _raise_for(status: int, body: bytes, base: str) -> None:
    if status == httpx.codes.OK:
        return
    text = body.decode(errors="replace").lower()
    if status in {400, 413} and ("context" in text or "too long" in text):
        raise PromptTooLong("This is too long for the language model. Ask about less at a time.")
    if 300 <= status < 400:
        raise ModelUnavailable(
            f"The endpoint {base} sends requests elsewhere (status {status}). Donovan speaks only to the "
            f"address in "
            "DONOVAN_LLM_URL: set it to the final one."
        )
    raise ModelUnavailable(
        f"The language model at {base} refused the request (status {status}). Its log says why."
    )
