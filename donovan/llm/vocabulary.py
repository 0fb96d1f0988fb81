"""From messages to tokens and back, by the vocabulary and the chat template that the model file carries.

Whatever reads or teaches the model goes through here, so that a training text is, token for token, what the
model host feeds the model later.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp

from donovan.llm.chat import ChatTemplate
from donovan.llm.interface import Message, ModelUnavailable
from donovan.llm.native import load_model
from donovan.llm.weights import Weights


class Vocabulary:
    """The words of a loaded native model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.handle: Any = llama_cpp.llama_model_get_vocab(model)
        found = llama_cpp.llama_model_chat_template(model, None)
        self._template = ChatTemplate(
            found.decode() if found else "",
            beginning=self._token_text("bos"),
            end=self._token_text("eos"),
        )

    @property
    def end(self) -> int:
        """The token with which the model ends its answer. Raises ModelUnavailable where it has none."""
        token = int(llama_cpp.llama_vocab_eos(self.handle))
        if token < 0:
            raise ModelUnavailable("The language model file names no token that ends an answer.")
        return token

    def is_end(self, token: int) -> bool:
        return bool(llama_cpp.llama_vocab_is_eog(self.handle, token))

    def prompt(self, messages: Sequence[Message], *, answer_follows: bool = True) -> list[int]:
        """The tokens of a conversation. Only in the template's own parts do control tokens mean anything."""
        tokens: list[int] = []
        for piece in self._template.pieces(messages, answer_follows=answer_follows):
            tokens += self.tokens(piece.text, special=piece.is_template)
        return tokens

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode(errors="replace")
        buffer = (llama_cpp.llama_token * (len(data) + 2))()
        count = llama_cpp.llama_tokenize(self.handle, data, len(data), buffer, len(buffer), False, special)
        if count < 0:
            raise ModelUnavailable("The language model cannot read this text.")
        return list(buffer[:count])

    def bytes_of(self, token: int, *, special: bool = False) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        size = llama_cpp.llama_token_to_piece(self.handle, token, buffer, len(buffer), 0, special)
        return bytes(buffer.raw[: max(size, 0)])

    def _token_text(self, which: str) -> str:
        token = getattr(llama_cpp, f"llama_vocab_{which}")(self.handle)
        return self.bytes_of(token, special=True).decode(errors="replace") if token >= 0 else ""


def vocabulary_of(weights: Weights) -> Vocabulary:
    """The vocabulary of a file, without its weights. Raises ModelUnavailable."""
    return Vocabulary(load_model(weights, only_vocabulary=True))
