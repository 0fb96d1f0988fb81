"""The plain way of a first attempt: the first passages and the question into the model, unchecked."""

from collections.abc import Sequence

from donovan.llm import get_language_model
from donovan.llm.interface import GenerationRequest, Message, Token

PLAIN_PASSAGES = 3
PASSAGE_CHARACTERS = 900


def write_plainly(
    question: str, passages: Sequence[tuple[str, str]], *, instruction: str, tokens: int
) -> str:
    """What the model of this installation writes when it is told `instruction` and given (title, text)."""
    given = "\n\n".join(f"{title}\n{text[:PASSAGE_CHARACTERS]}" for title, text in passages)
    request = GenerationRequest(
        messages=(Message("system", instruction), Message("user", f"{given}\n\nQuestion: {question}")),
        max_tokens=tokens,
    )
    model = get_language_model()
    return "".join(event.text for event in model.generate(request) if isinstance(event, Token))
