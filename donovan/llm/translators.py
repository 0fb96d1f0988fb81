"""What a translation engine is, and the one that is a language model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from donovan.llm.figures import is_faithful
from donovan.llm.interface import GenerationRequest, LanguageModel, Message, ModelUnavailable, Token, never
from donovan.llm.languages import is_known, name_of
from donovan.llm.prompts import load_prompt
from donovan.llm.protecting import Known, nothing_known, protected
from donovan.llm.weights import PACKAGED_DIGEST

PROMPT_NAME = "translate"
_DIVIDER = "\n---\n"
_LEAST_TOKENS = 48


class TranslationUnavailable(Exception):
    """There is no translation; `sentence` says why and what helps."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Rendered:
    """One translated sentence, and the words that the engine did not know: `unknown`, and where they stand in
    `text` (`places`, start and end).

    `is_translated` is false where the engine gave nothing that could be a translation: then `text` is the
    source.
    """

    text: str
    unknown: tuple[str, ...] = ()
    is_translated: bool = True
    places: tuple[tuple[int, int], ...] = ()


class Translator(Protocol):
    """An engine that translates sentences. `engine` is its name as people read it; `known` tells terms and
    names of a sentence, and an engine that can obeys them.
    """

    engine: str

    def can_translate(self, source: str, target: str) -> bool: ...

    def model_for(self, source: str, target: str) -> str: ...

    def notice_for(self, source: str, target: str) -> str: ...

    def translate(
        self,
        sentences: Sequence[str],
        *,
        source: str,
        target: str,
        requester: str = "",
        is_cancelled: Callable[[], bool] = never,
        known: Known = nothing_known,
    ) -> Iterator[Rendered]: ...


def _keeps(source: str, target: str) -> bool:
    """Whether every marking, grid, code and address of the source stands whole in the target."""
    return all(kept.said in target for kept in protected(source))


class LanguageModelTranslator:
    """Translation by the language model of this installation, a sentence at a time.

    A small model writes fluent sentences about something else. What does not hold the numbers and names of
    the source, or is of another length, is not shown: the sentence stays in the original and is counted.
    """

    engine = "language model"

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def prompt(self) -> str:
        return load_prompt(PROMPT_NAME).identity

    def can_translate(self, source: str, target: str) -> bool:
        return is_known(target) and (not source or is_known(source))

    def model_for(self, source: str, target: str) -> str:
        return self._model.name

    def notice_for(self, source: str, target: str) -> str:
        if self._model.digest == PACKAGED_DIGEST:
            return (
                "The packaged language model translated this. It is too small to translate: take nothing "
                "from it "
                "but a first guess at the subject."
            )
        return "The language model translated this; small models translate poorly: check before use."

    def translate(
        self,
        sentences: Sequence[str],
        *,
        source: str,
        target: str,
        requester: str = "",
        is_cancelled: Callable[[], bool] = never,
        known: Known = nothing_known,
    ) -> Iterator[Rendered]:
        """One result for each sentence, in order. Raises TranslationUnavailable."""
        for sentence in sentences:
            if is_cancelled():
                return
            if not any(character.isalpha() for character in sentence):
                yield Rendered(sentence)
                continue
            text = self._one(sentence, source, target, requester, is_cancelled)
            if is_cancelled():
                return
            is_good = (
                bool(text) and text != sentence and is_faithful(sentence, text) and _keeps(sentence, text)
            )
            yield Rendered(text if is_good else sentence, is_translated=is_good)

    def _one(
        self, sentence: str, source: str, target: str, requester: str, is_cancelled: Callable[[], bool]
    ) -> str:
        rendered = load_prompt(PROMPT_NAME).render(
            source=name_of(source) if source else "its language", target=name_of(target), text=sentence
        )
        system, _divider, user = rendered.partition(_DIVIDER)
        try:
            request = GenerationRequest(
                messages=(Message("system", system.strip()), Message("user", user.strip())),
                max_tokens=_LEAST_TOKENS + 2 * self._model.count_tokens(sentence),
                stop=("\n",),
                requester=requester,
            )
            pieces: list[str] = []
            for event in self._model.generate(request, is_cancelled=is_cancelled):
                if isinstance(event, Token):
                    pieces.append(event.text)
                elif not hasattr(event, "reason"):
                    # Queued, started or started again: whatever came before is void.
                    pieces.clear()
        except ModelUnavailable as error:
            raise TranslationUnavailable(error.sentence) from error
        return " ".join("".join(pieces).split())
