"""Names listed by the language model (DONOVAN_NER_LLM=1; off as installed, for it takes seconds a page).

Only what stands in the text, letter for letter, is taken, wherever it stands in the part that was read: the
first CHARACTERS of each of the first PAGES pages.
"""

import re
from collections.abc import Sequence

from donovan.insight.entities.identity import normal_name
from donovan.insight.entities.kinds import Kind
from donovan.insight.entities.recognisers.people import normal_person
from donovan.insight.entities.recognition import Found
from donovan.insight.errors import InsightError
from donovan.llm.interface import (
    GenerationRequest,
    LanguageModel,
    Message,
    ModelUnavailable,
    Restarted,
    Role,
    Token,
)
from donovan.llm.prompts import load_prompt

NAME = "language model"
CHARACTERS = 1_500
PAGES = 20
_MOST_TOKENS = 200
_MOST_NAMES = 60
_CONFIDENCE = 0.6
_LINE = re.compile(
    r"^[ \t]*+(?:[-*][ \t]*+)?(?P<kind>person|organi[sz]ation|place)[ \t]*:[ \t]*"
    r"(?P<name>\S.{0,150}?)[ \t\r]*$",
    re.IGNORECASE | re.MULTILINE,
)
_KINDS = {"person": Kind.PERSON, "place": Kind.PLACE}
_ROLES: tuple[Role, ...] = ("system", "user", "assistant", "user")


class LanguageModelRecogniser:
    """Asks `model` for names. Raises InsightError where it cannot answer."""

    name = NAME

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def find(self, text: str, language: str) -> list[Found]:
        return self.find_in_pages([text], language)[0]

    def find_in_pages(self, texts: Sequence[str], language: str) -> list[list[Found]]:
        """The mentions of each page."""
        return [self._page(text[:CHARACTERS]) if at < PAGES else [] for at, text in enumerate(texts)]

    def _page(self, text: str) -> list[Found]:
        if not any(c.isalpha() for c in text):
            return []
        turns = load_prompt("names").text.split("\n---\n")
        contents = [*turns[:-1], turns[-1].replace("$text", text)]
        messages = tuple(Message(role, words) for role, words in zip(_ROLES, contents, strict=True))
        said = ""
        try:
            for event in self._model.generate(GenerationRequest(messages, _MOST_TOKENS, requester=NAME)):
                if isinstance(event, Restarted):
                    said = ""
                elif isinstance(event, Token):
                    said += event.text
        except ModelUnavailable as error:
            raise InsightError(
                f"{error.sentence} Take DONOVAN_NER_LLM away to find names by rules."
            ) from error
        return _occurring(text, said)


def _occurring(text: str, said: str) -> list[Found]:
    """The lines of the answer that name what stands in the text, at each of their places."""
    named: dict[str, Kind] = {}
    for match in _LINE.finditer(said):
        named.setdefault(match["name"], _KINDS.get(match["kind"].lower(), Kind.ORGANISATION))
    found = []
    for name, kind in list(named.items())[:_MOST_NAMES]:
        normal = normal_person(name) if kind == Kind.PERSON else normal_name(name)
        if not normal or not name[0].isalnum() or name.islower():
            continue
        found += [
            Found(*match.span(), kind, name, normal, confidence=_CONFIDENCE, recogniser=NAME)
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        ]
    return sorted(found, key=lambda m: (m.start, -m.end, m.kind))
