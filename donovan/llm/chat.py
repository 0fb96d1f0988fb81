"""From messages to the pieces of a prompt, by the chat template that the model file carries.

The template comes out of a file and runs sandboxed. The text of messages never goes through it: the
template is rendered with marks in place of the texts, so that what a document says can neither be read as
template code nor turn into one of the model's control tokens.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from donovan.llm.interface import Message, ModelUnavailable

# ChatML, the form most small instruction models know, for a file that carries no template.
DEFAULT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Piece:
    """A part of a prompt. Only in the template's own parts do control tokens mean anything."""

    text: str
    is_template: bool


class ChatTemplate:
    """A compiled chat template. `beginning` and `end` are the texts of the model's begin and end tokens."""

    def __init__(self, source: str, *, beginning: str = "", end: str = "") -> None:
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        try:
            self._template = environment.from_string(source or DEFAULT_TEMPLATE)
        except TemplateError as error:
            raise ModelUnavailable(f"The chat template in the model file cannot be read: {error}.") from error
        self._beginning = beginning
        self._end = end

    def pieces(self, messages: Sequence[Message], *, answer_follows: bool = True) -> list[Piece]:
        """The prompt for these messages, in order. Raises ModelUnavailable where it refuses them."""
        mark = secrets.token_hex(8)
        marks = [f"{mark}x{number}x" for number in range(len(messages))]
        turns = [{"role": m.role, "content": place} for m, place in zip(messages, marks, strict=True)]
        try:
            rendered = self._template.render(
                messages=turns,
                add_generation_prompt=answer_follows,
                bos_token=self._beginning,
                eos_token=self._end,
            )
        except (TemplateError, TypeError) as error:
            raise ModelUnavailable(f"The chat template in the model file refuses this: {error}.") from error
        pieces: list[Piece] = []
        rest = rendered
        for message, place in zip(messages, marks, strict=True):
            before, found, after = rest.partition(place)
            if not found:
                raise ModelUnavailable("The chat template in the model file leaves out one of the messages.")
            pieces += [Piece(before, True), Piece(message.content, False)]
            rest = after
        pieces.append(Piece(rest, True))
        return [piece for piece in pieces if piece.text]
