"""The model itself, through llama.cpp: prompt in, tokens out, one generation at a time.

Two things are done with care. Work is not done twice: the memory of the last prompt and of the last few
system prompts is kept, and only what is new is read. And it can be repeated: a prompt is always read in the
same steps, from the same places on, and memory is taken up again only at such a place, so that the text at
temperature 0 does not depend on what was asked before.

Only the system prompt, which holds no document text, is shared between requesters. Otherwise the time to
the first word would tell one person what another has just asked.
"""

import codecs
import ctypes
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import llama_cpp

from donovan.llm.adapting import AdapterBytes, Adapting
from donovan.llm.interface import FinishReason, GenerationRequest, ModelUnavailable, PromptTooLong
from donovan.llm.native import load_model
from donovan.llm.vocabulary import Vocabulary
from donovan.llm.weights import Weights

# Prompt tokens read at once. Larger steps need more memory and answer a cancellation later.
STEP_TOKENS = 64
KEPT_SYSTEM_PROMPTS = 6
LONGEST_KEPT_SYSTEM_PROMPT = 512
_SEQUENCE = 0


class Engine:
    """A loaded model. Not safe for several threads: the host has one for inference.

    `context_tokens` is the room of one conversation; `threads` should be the number of cores. Raises
    ModelUnavailable if the weights are not the expected ones or cannot be loaded.
    """

    def __init__(self, weights: Weights, *, context_tokens: int, threads: int) -> None:
        self.weights = weights
        self.context_tokens = context_tokens
        self._model: Any = load_model(weights)
        self.vocabulary = Vocabulary(self._model)
        self._context = self._new_context(threads)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._adapting = Adapting(self._model, self._context)
        # What is in memory: the last prompt's tokens as far as they were read in steps, and where those
        # steps ended.
        self._read: list[int] = []
        self._steps: list[int] = []
        self._requester = ""
        self._system_prompts: OrderedDict[tuple[int, ...], bytes] = OrderedDict()

    def count_tokens(self, text: str) -> int:
        return len(self.vocabulary.tokens(text))

    def use(self, adapter: AdapterBytes | None) -> None:
        """Generate with this adapter from now on (None: without any). Raises ModelUnavailable.

        What is in memory was computed by the model before, so it is forgotten.
        """
        if self._adapting.use(adapter):
            self._forget()

    def generate(self, request: GenerationRequest, is_cancelled: Callable[[], bool]) -> Iterator["Generated"]:
        """The generation, token by token; the first one comes with an empty text once the prompt is read.

        Raises PromptTooLong if no room is left for an answer.
        """
        prompt, system_length = self._prompt(request)
        room = self.context_tokens - len(prompt)
        if room < 1:
            raise PromptTooLong(
                f"This is too long for the language model: {len(prompt):,} tokens, of which it can hold "
                f"{self.context_tokens - 1:,}. Ask about less at a time."
            )
        reused = self._take_up(prompt, system_length, request.requester)
        if not self._read_prompt(prompt, reused, system_length, is_cancelled):
            yield Generated("", len(prompt), reused, "cancelled")
            return
        yield Generated("", len(prompt), reused)
        sampler = _Sampler(request.temperature, request.seed)
        text = _TextOut(request.stop)
        limit = min(request.max_tokens, room)
        try:
            for produced in range(limit):
                if is_cancelled():
                    yield Generated(text.rest(), len(prompt), reused, "cancelled")
                    return
                token = sampler.sample(self._context)
                if self.vocabulary.is_end(token):
                    yield Generated(text.rest(), len(prompt), reused, "stop")
                    return
                piece = text.add(self.vocabulary.bytes_of(token))
                if text.is_stopped:
                    yield Generated(piece, len(prompt), reused, "stop", is_token=True)
                    return
                yield Generated(piece, len(prompt), reused, is_token=True)
                if produced + 1 < limit:
                    self._decode([token], len(prompt) + produced, wants_logits=True)
            yield Generated(text.rest(), len(prompt), reused, "length")
        finally:
            sampler.close()

    def chances_after(self, tokens: list[int]) -> list[float]:
        """How much the model wants each of its words next, unscaled: for comparing two forms of one model."""
        self._forget()
        for start in range(0, len(tokens), STEP_TOKENS):
            end = min(start + STEP_TOKENS, len(tokens))
            self._decode(tokens[start:end], start, wants_logits=end == len(tokens))
        words = llama_cpp.llama_vocab_n_tokens(self.vocabulary.handle)
        wanted = llama_cpp.llama_get_logits_ith(self._context, -1)[:words]
        self._forget()
        return [float(value) for value in wanted]

    def _new_context(self, threads: int) -> Any:
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = self.context_tokens
        parameters.n_batch = parameters.n_ubatch = STEP_TOKENS
        parameters.n_seq_max = 1
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.no_perf = True
        context = llama_cpp.llama_init_from_model(self._model, parameters)
        if not context:
            raise ModelUnavailable(
                f"There is not enough memory for a context of {self.context_tokens:,} tokens. Close "
                f"something, or use "
                "a smaller model."
            )
        return context

    def _prompt(self, request: GenerationRequest) -> tuple[list[int], int]:
        """The prompt's tokens, and how many of them at the beginning are the system prompt alone."""
        prompt = self.vocabulary.prompt(request.messages)
        if request.messages[0].role != "system":
            return prompt, 0
        system = self.vocabulary.prompt(request.messages[:1], answer_follows=False)
        return prompt, min(_common(prompt, system), len(prompt) - 1)

    def _take_up(self, prompt: list[int], system_length: int, requester: str) -> int:
        """Bring the memory to the longest reusable beginning of `prompt`; return its length.

        What is in memory always lies there in order and without gaps: the order of its cells is the order
        of sums, and so decides over the last digits of what is computed.
        """
        steps = set(_step_ends(len(prompt), system_length))
        shared = _common(self._read, prompt)
        allowed = shared if requester == self._requester else min(shared, system_length)
        # Every step before a common end is the same in both prompts, because ends depend on the system
        # prompt alone.
        reused = max(
            (end for end in self._steps if end in steps and end <= min(allowed, len(prompt) - 1)), default=0
        )
        kept = self._system_prompts.get(tuple(prompt[:system_length])) if system_length > reused else None
        self._requester = requester
        if kept is not None and self._restore(kept):
            self._system_prompts.move_to_end(tuple(prompt[:system_length]))
            reused = system_length
            self._steps = _step_ends(system_length, system_length)
        else:
            llama_cpp.llama_memory_seq_rm(self._memory, _SEQUENCE, reused, -1)
            self._steps = [end for end in self._steps if end <= reused]
        self._read = prompt[:reused]
        return reused

    def _restore(self, kept: bytes) -> bool:
        llama_cpp.llama_memory_clear(self._memory, False)
        self._read, self._steps = [], []
        buffer = (ctypes.c_uint8 * len(kept)).from_buffer_copy(kept)
        return bool(llama_cpp.llama_state_seq_set_data(self._context, buffer, len(kept), _SEQUENCE))

    def _read_prompt(
        self, prompt: list[int], reused: int, system_length: int, is_cancelled: Callable[[], bool]
    ) -> bool:
        """Read what is not yet in memory; False if the request was cancelled meanwhile."""
        start = reused
        for end in _step_ends(len(prompt), system_length):
            if end <= start:
                continue
            if is_cancelled():
                return False
            self._decode(prompt[start:end], start, wants_logits=end == len(prompt))
            self._read = prompt[:end]
            self._steps.append(end)
            if end == system_length:
                self._keep_system_prompt(tuple(prompt[:end]))
            start = end
        return True

    def _keep_system_prompt(self, tokens: tuple[int, ...]) -> None:
        if tokens in self._system_prompts or len(tokens) > LONGEST_KEPT_SYSTEM_PROMPT:
            return
        buffer = (ctypes.c_uint8 * llama_cpp.llama_state_seq_get_size(self._context, _SEQUENCE))()
        size = llama_cpp.llama_state_seq_get_data(self._context, buffer, len(buffer), _SEQUENCE)
        if not size:
            return
        self._system_prompts[tokens] = bytes(buffer[:size])
        if len(self._system_prompts) > KEPT_SYSTEM_PROMPTS:
            self._system_prompts.popitem(last=False)

    def _decode(self, tokens: list[int], position: int, *, wants_logits: bool) -> None:
        batch = llama_cpp.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for index, token in enumerate(tokens):
                batch.token[index] = token
                batch.pos[index] = position + index
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = _SEQUENCE
                batch.logits[index] = wants_logits and index + 1 == len(tokens)
            code = llama_cpp.llama_decode(self._context, batch)
        finally:
            llama_cpp.llama_batch_free(batch)
        if code != 0:
            self._forget()
            raise ModelUnavailable(f"The language model stopped with code {code} while reading. Ask again.")

    def _forget(self) -> None:
        llama_cpp.llama_memory_clear(self._memory, True)
        self._read, self._steps = [], []
        self._system_prompts.clear()


class Generated:
    """One step of a generation. `reason` is set on the last one."""

    __slots__ = ("is_token", "prompt_tokens", "reason", "reused_tokens", "text")

    def __init__(
        self,
        text: str,
        prompt_tokens: int,
        reused_tokens: int,
        reason: FinishReason | None = None,
        *,
        is_token: bool = False,
    ) -> None:
        self.text = text
        self.prompt_tokens = prompt_tokens
        self.reused_tokens = reused_tokens
        self.reason = reason
        self.is_token = is_token


class _Sampler:
    """llama.cpp's sampler for one request: greedy at temperature 0, else drawn with the seed."""

    def __init__(self, temperature: float, seed: int) -> None:
        self._chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        if temperature <= 0:
            llama_cpp.llama_sampler_chain_add(self._chain, llama_cpp.llama_sampler_init_greedy())
            return
        llama_cpp.llama_sampler_chain_add(self._chain, llama_cpp.llama_sampler_init_temp(temperature))
        llama_cpp.llama_sampler_chain_add(self._chain, llama_cpp.llama_sampler_init_dist(seed & 0xFFFFFFFF))

    def sample(self, context: Any) -> int:
        return int(llama_cpp.llama_sampler_sample(self._chain, context, -1))

    def close(self) -> None:
        llama_cpp.llama_sampler_free(self._chain)


class _TextOut:
    """Turns token bytes into whole characters, and holds back what may be the beginning of a stop text."""

    def __init__(self, stop: tuple[str, ...]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stop = stop
        self._held = ""
        self.is_stopped = False

    def add(self, data: bytes) -> str:
        self._held += self._decoder.decode(data)
        ends = [place for text in self._stop if (place := self._held.find(text)) >= 0]
        if ends:
            self.is_stopped = True
            out, self._held = self._held[: min(ends)], ""
            return out
        keep = max((_overlap(self._held, text) for text in self._stop), default=0)
        out, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return out

    def rest(self) -> str:
        """What was held back, when no more tokens come."""
        out, self._held = self._held + self._decoder.decode(b"", final=True), ""
        return out


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    return next((size for size in range(min(len(stop), len(text)), 0, -1) if text.endswith(stop[:size])), 0)


def _common(first: list[int], second: list[int]) -> int:
    """The length of the common beginning."""
    return next(
        (index for index, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )


def _step_ends(length: int, system_length: int) -> list[int]:
    """Where the steps end in which a prompt is read: the system prompt by itself, then the rest."""
    ends = [*range(STEP_TOKENS, system_length, STEP_TOKENS)]
    if system_length:
        ends.append(system_length)
    ends += range(system_length + STEP_TOKENS, length, STEP_TOKENS)
    if length > system_length:
        ends.append(length)
    return ends
